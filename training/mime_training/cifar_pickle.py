"""CIFAR's Python form: a pickled dictionary with labels and an array of bytes.

A pickle is a program. This reads the few instructions that the published files consist of, and puts
stand-ins in the place of numpy's constructors, so that nothing is called and nothing is allocated
that is not in the file.
"""

import io
import pickle
import pickletools

import numpy as np
import torch
from torch import Tensor

from mime_training.errors import UserError

PIXELS = 3 * 32 * 32
INSTRUCTIONS = set(
    "PROTO FRAME STOP MARK EMPTY_DICT EMPTY_LIST EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 APPEND APPENDS SETITEM"
    " SETITEMS NONE NEWTRUE NEWFALSE BININT BININT1 BININT2 STRING BINSTRING SHORT_BINSTRING BINBYTES"
    " SHORT_BINBYTES BINUNICODE SHORT_BINUNICODE PUT BINPUT LONG_BINPUT GET BINGET LONG_BINGET MEMOIZE GLOBAL"
    " STACK_GLOBAL REDUCE BUILD".split()
)


class PickledType:
    """A numpy.dtype of the file."""

    def __init__(self, name=None, *_):
        self.name = name

    def __setstate__(self, _):
        pass


class PickledArray:
    """A numpy.ndarray of the file."""

    def __setstate__(self, state):
        _, self.shape, self.type, self.is_fortran, self.data = state


def make_array(*_) -> PickledArray:
    return PickledArray()


def encode(text: str, encoding: str) -> bytes:
    # How a newer Python writes bytes in the old form.
    return text.encode("latin-1") if encoding in ("latin1", b"latin1") else b""


STAND_INS = {
    ("numpy.core.multiarray", "_reconstruct"): make_array,
    ("numpy._core.multiarray", "_reconstruct"): make_array,
    ("numpy", "ndarray"): PickledArray,
    ("numpy", "dtype"): PickledType,
    ("_codecs", "encode"): encode,
}


class Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str):
        if (module, name) not in STAND_INS:
            raise pickle.UnpicklingError(f"it names {module}.{name}")
        return STAND_INS[module, name]


def read_batch(data: bytes, label_key: str, place: str) -> tuple[Tensor, Tensor]:
    """Images [N, 3, 32, 32] and labels of one file; `place` names it in errors."""
    try:
        for instruction, argument, _ in pickletools.genops(data):
            if instruction.name not in INSTRUCTIONS:
                raise pickle.UnpicklingError(f"it has the instruction {instruction.name}")
            if instruction.name in ("PUT", "LONG_BINPUT") and argument > len(data):
                raise pickle.UnpicklingError("it numbers more objects than it can hold")
        batch = Unpickler(io.BytesIO(data), encoding="latin1").load()
    except pickle.UnpicklingError as error:
        raise UserError(f"{place} is no pickle of CIFAR: {error}") from None
    except Exception:
        raise UserError(f"{place} is no pickle, or a damaged one") from None
    if not isinstance(batch, dict):
        raise UserError(f"{place} must hold a dictionary")
    batch = {key.decode() if isinstance(key, bytes) else key: value for key, value in batch.items()}
    images, labels = batch.get("data"), batch.get(label_key)
    if not isinstance(images, PickledArray) or not isinstance(labels, list):
        raise UserError(f"{place} must have an array 'data' and a list '{label_key}'")
    if not all(type(label) is int and 0 <= label < 1000 for label in labels):
        raise UserError(f"{place} has labels that are no class numbers")
    pixels = array_bytes(images)
    if pixels is None or not labels or len(pixels) != len(labels) * PIXELS:
        raise UserError(f"{place} must have {PIXELS} unsigned bytes in 'data' for each of its {len(labels)} labels")
    values = np.frombuffer(pixels, np.uint8).reshape(-1, 3, 32, 32).copy()
    return torch.from_numpy(values), torch.tensor(labels)


def array_bytes(array: PickledArray) -> bytes | None:
    """The bytes of an array of unsigned bytes in C's order; nil of any other."""
    data = getattr(array, "data", None)
    kind = getattr(getattr(array, "type", None), "name", None)
    if isinstance(data, str):
        data = data.encode("latin-1", "replace")
    is_plain = isinstance(data, bytes) and kind in ("u1", "|u1") and not array.is_fortran
    return data if is_plain else None
