"""IDX, the form of MNIST's files: a magic number, a length for each axis, bytes; gzipped or not."""

import gzip
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from mime_training.errors import UserError

UNSIGNED_BYTES = 0x08


def read_idx(path: Path, axes: int) -> Tensor:
    """The bytes of an IDX file with `axes` axes: 3 for images, 1 for labels."""
    with open(path, "rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    try:
        # Never more than the header says, however much a gzip file would expand to.
        with (gzip.open if is_gzip else open)(path, "rb") as file:
            header = file.read(4 + 4 * axes)
            shape = idx_shape(path, header, axes)
            size = int(np.prod(shape, dtype=object))
            chunks, read = [], 0
            while read <= size and (chunk := file.read(min(1 << 20, size + 1 - read))):
                chunks.append(chunk)
                read += len(chunk)
    except (OSError, EOFError, zlib.error) as error:
        if is_gzip and not isinstance(error, FileNotFoundError):
            raise UserError(f"{path}: the gzip data is damaged or ends early") from None
        raise
    if read != size:
        found = "more" if read > size else str(read)
        raise UserError(f"{path}: the header says {size} bytes of data and there are {found}")
    return torch.from_numpy(np.frombuffer(b"".join(chunks), np.uint8).reshape(shape).copy())


def idx_shape(path: Path, header: bytes, axes: int) -> tuple[int, ...]:
    if len(header) < 4 or header[:2] != b"\0\0":
        raise UserError(f"{path}: this is no IDX file; it must begin with two zero bytes, a type and a rank")
    if header[2] != UNSIGNED_BYTES:
        raise UserError(f"{path}: the IDX type is 0x{header[2]:02x} and must be 0x08, unsigned bytes")
    if header[3] != axes:
        raise UserError(f"{path}: the data has {header[3]} axes and must have {axes}")
    if len(header) < 4 + 4 * axes:
        raise UserError(f"{path}: the file ends in its header")
    shape = tuple(int.from_bytes(header[4 + 4 * axis :][:4], "big") for axis in range(axes))
    if 0 in shape:
        raise UserError(f"{path}: the header says {'x'.join(map(str, shape))}, which is empty")
    return shape
