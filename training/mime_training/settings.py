"""What decides a run; the same settings and seed give the same result."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from mime_training.alignment import ORDERS
from mime_training.architecture import Layer, hidden_layers
from mime_training.errors import UserError

METHODS = ("parent", "head", "thresholds", "finetune")


@dataclass(frozen=True)
class Settings:
    """A run: of a parent, or of a task on one."""

    method: str
    task: str
    network: str = "vgg-small"
    channels: int = 1
    size: int = 28
    width: float = 1.0  # multiplier of the layers' outputs
    bits: int | None = None  # of the weights that tasks share and of activations, rounded while tasks are learned
    parent: str | None = None  # the parent's folder, where this is no parent
    reference: str | None = None  # the folder of a finished run that this one goes on from and is taught by
    data: str | None = None
    seed: int = 0
    epochs: int = 8
    batch: int = 64
    rate: float = 0.002  # of weights and head, at first
    threshold_rate: float = 0.1
    beta: float = 1e-8  # of the sum of exp(t)
    signed: bool = False  # thresholds below zero
    align: float = 0.0  # of the alignment term at first, falling to 0: lambda
    rows: int = 4
    order: str = "rows"
    shift: int = 2  # pixels that a training image is moved by, at most
    validation: float = 0.1  # share of the training images
    limit: int | None = None  # of training images

    def __post_init__(self):
        def check(holds: bool, what: str) -> None:
            if not holds:
                raise UserError(what)

        check(self.method in METHODS, f"the method is {self.method!r} and must be one of {', '.join(METHODS)}")
        check(self.order in ORDERS, f"the order of slots is {self.order!r} and must be one of {', '.join(ORDERS)}")
        check(self.channels in (1, 3), f"images have {self.channels} channels and must have 1 or 3")
        for name, low in (("size", 1), ("epochs", 0), ("batch", 1), ("rows", 1), ("shift", 0), ("seed", 0)):
            value = getattr(self, name)
            check(value >= low, f"{name} is {value} and must be {low} or more")
        check(0 < self.width <= 64, f"width is {self.width} and must be above 0 and at most 64")
        check(self.bits is None or 2 <= self.bits <= 16, f"bits is {self.bits} and must be from 2 to 16")
        check(self.bits is None or not self.signed, "rounded activations are 0 or more; leave out signed or bits")
        check(self.limit is None or self.limit >= 1, f"limit is {self.limit} and must be 1 or more")
        check(self.rows <= 1024, f"rows is {self.rows} and must be at most 1024")
        for name in ("rate", "threshold_rate"):
            value = getattr(self, name)
            check(0 < value < float("inf"), f"{name} is {value} and must be above 0")
        for name in ("beta", "align"):
            value = getattr(self, name)
            check(0 <= value < float("inf"), f"{name} is {value} and must be 0 or more")
        check(0 <= self.validation < 1, f"validation is {self.validation} and must be from 0 to below 1")
        check(
            (self.method == "parent") == (self.parent is None), "every method but parent, and only they, names a parent"
        )
        check(
            self.reference is None or self.method in ("thresholds", "finetune"),
            f"the method {self.method} goes on from no other run",
        )
        check(
            self.align == 0 or self.method in ("thresholds", "finetune"),
            f"the method {self.method} has no zeros to align; lambda must be 0",
        )

    def as_dictionary(self) -> dict:
        return dataclasses.asdict(self)

    @property
    def hidden_layers(self) -> list[Layer]:
        return hidden_layers(self.network, self.channels, self.size, self.width)

    @property
    def data_folder(self) -> Path | None:
        return Path(self.data) if self.data else None


def difference(old: dict, new: dict) -> str | None:
    """What differs first between the settings of a run that is there and those asked for."""
    for field in dataclasses.fields(Settings):
        # A run of before a setting was there has its default.
        there, here = (values.get(field.name, field.default) for values in (old, new))
        if there != here:
            return f"{field.name} is {there} there and {here} here"
    return None
