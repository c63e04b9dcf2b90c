"""Zeros that line up with the array's rows.

The rows of a tile work on neighbouring output positions and, in one step, read neighbouring pixels of
one channel of the layer's input. A step in which all of them are zero is not issued. So the term is,
for each layer that a convolution reads, the mean norm of strips of such pixels over the mean norm of
those that are not zero: its value is the fraction of strips that are not zero, and its gradient that
of a group norm which does not care for the scale of the activations.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from mime_training import distributed
from mime_training.architecture import Layer
from mime_training.errors import UserError

ORDERS = ("windows", "rows")


def strip_shape(layer: Layer, rows: int, order: str) -> tuple[int, int]:
    """Height and width of the pixels that an array of `rows` rows reads in one step of `layer`.

    A layer's positions go to the rows one after the other, or in windows of 2x2 where the layer is
    pooled and `order` is windows.
    """
    lines = 2 if layer.pool and order == "windows" and rows > 1 else 1
    columns = -(-rows // lines)
    if columns <= layer.size:
        return lines, columns
    return min(lines * -(-columns // layer.size), layer.size), layer.size


def alignment(after: list[Tensor], layers: list[Layer], rows: int, order: str) -> Tensor:
    """The term for activations `after` pooling of hidden layers; weighted by the reader's multiplications.

    In a fully connected layer the rows are different images, which have no zeros in common to teach.
    """
    value = torch.zeros((), device=after[0].device)
    weights = 0
    for a, reader in zip(after, layers[1:]):
        if reader.kind == "conv":
            value = value + reader.multiplications * nonzero_strips(a, strip_shape(reader, rows, order), reader.padding)
            weights += reader.multiplications
    return value / max(weights, 1)


def nonzero_strips(a: Tensor, shape: tuple[int, int], padding: int) -> Tensor:
    """The fraction of the strips of `a` [N, C, H, W] that are not zero, with a group norm's gradient."""
    edges = tuple(min(padding, side // 2) for side in shape)
    squares = F.avg_pool2d(a.square(), shape, 1, edges) * (shape[0] * shape[1])
    norms = squares.clamp_min(1e-20).sqrt() * (squares > 0)
    nonzero = distributed.total(norms.sum()) / distributed.total((squares > 0).sum()).clamp_min(1)
    return norms.mean() / nonzero.clamp_min(1e-20)


def rows_of_configuration(path: Path) -> int:
    """The rows of the array that a mime_config.json of mimegen describes."""
    try:
        parameters = json.loads(path.read_text())["parameters"]
        rows = next(parameter["value"] for parameter in parameters if parameter["name"] == "ROWS")
    except (ValueError, KeyError, TypeError, StopIteration):
        raise UserError(f"{path} is no mime_config.json: it must have a parameter ROWS") from None
    if type(rows) is not int or not 1 <= rows <= 1024:
        raise UserError(f"{path}: ROWS is {rows} and must be a number from 1 to 1024")
    return rows
