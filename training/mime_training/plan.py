"""An experiment as a TOML file: parents, tasks and methods, for some seeds."""

import dataclasses
import tomllib
from dataclasses import dataclass
from pathlib import Path

from mime_training.errors import UserError
from mime_training.settings import Settings

TABLES = {"parent", "tasks", "methods"}
SETTINGS = {field.name for field in dataclasses.fields(Settings)} - {"seed", "parent", "reference"}


@dataclass(frozen=True)
class Method:
    """A way to learn a task; with `lambdas`, one of which is chosen for each task."""

    name: str
    settings: dict
    lambdas: tuple[float, ...]
    reference: str | None  # the method whose run of the same task and seed this one goes on from


@dataclass(frozen=True)
class Plan:
    seeds: tuple[int, ...]
    gain: float  # how many times fewer steps alignment is to leave
    common: dict
    parent: dict
    tasks: dict[str, dict]
    methods: tuple[Method, ...]

    @property
    def shares_parent(self) -> bool:
        """Whether the seeds have one parent, as its table names a seed."""
        return "seed" in self.parent

    def parent_settings(self, seed: int) -> Settings:
        return Settings(**{"method": "parent", "seed": seed, **self.common, **self.parent})

    def method(self, name: str) -> Method:
        return next(method for method in self.methods if method.name == name)

    def lambdas(self, method: Method, task: str) -> list[float]:
        """Those that are tried; of a method with lambdas a task may have its own."""
        own = self.tasks[task].get(method.name, {}).get("lambdas") if method.lambdas else None
        return sorted(set(own or method.lambdas))

    def settings(
        self, method: Method, task: str, seed: int, parent: Path, reference: Path | None = None, align: float = 0.0
    ) -> Settings:
        """Those of one run: what the task says goes before the method, and that before all."""
        values = {**self.common, **method.settings, **self.tasks[task]}
        for key in [key for key in values if isinstance(values[key], dict)]:
            own = values.pop(key)
            if key == method.name:
                values |= {name: value for name, value in own.items() if name != "lambdas"}
        folders = {"parent": str(parent), "reference": reference and str(reference)}
        return Settings(**{"task": task, **values}, **folders, seed=seed, align=align)


def read_plan(path: Path) -> Plan:
    try:
        content = tomllib.loads(path.read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: {error}") from None
    seeds = content.pop("seeds", [0])
    gain = content.pop("gain", 1.4)
    if type(gain) not in (int, float) or not 1 <= gain < float("inf"):
        raise UserError(f"{path}: gain is {gain!r} and must be a number from 1 on")
    tables = {name: content.pop(name, {}) for name in TABLES}
    if not isinstance(seeds, list) or not seeds or not all(type(seed) is int and seed >= 0 for seed in seeds):
        raise UserError(f"{path}: seeds must be a list of numbers from 0 on")
    if not tables["parent"] or not tables["tasks"] or not tables["methods"]:
        raise UserError(f"{path} must have the tables parent, tasks and methods")
    methods = []
    for name, own in tables["methods"].items():
        own = dict(own)
        lambdas, reference = tuple(own.pop("lambdas", ())), own.pop("reference", None)
        earlier = [method.name for method in methods if not method.lambdas]
        if (lambdas or reference is not None) and reference not in earlier:
            raise UserError(
                f"{path}: the reference of the method {name} is {reference!r} and must be a method before it that"
                f" has no lambdas: {' or '.join(earlier) or 'there is none'}"
            )
        methods.append(Method(name, own, lambdas, reference))
    places = {"": content, "parent": {key: value for key, value in tables["parent"].items() if key != "seed"}}
    for task, own in tables["tasks"].items():
        # A table of a method's name is for that method alone.
        inner = {name: own[name] for name in tables["methods"] if isinstance(own.get(name), dict)}
        places[task] = {key: value for key, value in own.items() if key not in inner}
        for name, values in inner.items():
            places[f"{task}.{name}"] = {key: value for key, value in values.items() if key != "lambdas"}
    places |= {method.name: method.settings for method in methods}
    for place, table in places.items():
        for key in table:
            if key not in SETTINGS:
                where = f" of {place}" if place else ""
                raise UserError(
                    f"{path}: there is no setting {key!r}{where}; the settings are {', '.join(sorted(SETTINGS))}"
                )
    return Plan(tuple(seeds), float(gain), content, tables["parent"], tables["tasks"], tuple(methods))
