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
    pooled and `order` is windows. A width beyond the map's goes on in its next rows.
    """
    if layer.pool and order == "windows" and 1 < rows and 1 < layer.size:
        return 2, min(-(-rows // 2), layer.size)
    return 1, min(rows, layer.size * layer.size)


def strips_wrap(layer: Layer, rows: int, order: str) -> bool:
    """Whether some tiles have the end of one row of the map and the beginning of the next."""
    return strip_shape(layer, rows, order)[0] == 1 and layer.size % rows != 0


def alignment(after: list[Tensor], layers: list[Layer], rows: int, order: str) -> Tensor:
    """The term for activations `after` pooling of hidden layers; weighted by the reader's multiplications.

    In a fully connected layer the rows are different images, which have no zeros in common to teach.
    """
    value = torch.zeros((), device=after[0].device)
    weights = 0
    for a, reader in zip(after, layers[1:]):
        if reader.kind == "conv":
            if strips_wrap(reader, rows, order):
                a = a.flatten(2).unsqueeze(2)
            share = nonzero_strips(a, strip_shape(reader, rows, order), reader.padding)
            value = value + reader.multiplications * share
            weights += reader.multiplications
    return value / max(weights, 1)


def nonzero_strips(a: Tensor, shape: tuple[int, int], padding: int) -> Tensor:
    """The fraction of the strips of `a` [N, C, H, W] that are not zero, with a group norm's gradient.

    Strips begin at every pixel, and as far outside the map as the reader's padding lets them.
    """
    return NonzeroStrips.apply(a, shape, padding)


class NonzeroStrips(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a: Tensor, shape: tuple[int, int], padding: int) -> Tensor:
        edges = [min(padding, side // 2) for side in shape]
        squares = F.pad(a.square(), (edges[1], edges[1], edges[0], edges[0]))
        squares = sliding_sums(sliding_sums(squares, shape[1], 3), shape[0], 2)
        # Of strips of zeros the inverse is infinite; they have no part in the gradient.
        inverses = squares.rsqrt().nan_to_num_(posinf=0.0)
        mean = distributed.total((squares * inverses).sum()) / distributed.total(inverses.count_nonzero()).clamp_min(1)
        ctx.save_for_backward(a, inverses, 1 / (mean.clamp_min(1e-20) * squares.numel()))
        ctx.shape, ctx.edges = shape, edges
        return (inverses.count_nonzero() / squares.numel()).to(a.dtype)

    @staticmethod
    def backward(ctx, gradient: Tensor):
        a, inverses, factor = ctx.saved_tensors
        (height, width), (top, left) = ctx.shape, ctx.edges
        # A pixel is in all strips that begin up to a strip before it.
        inverses = F.pad(inverses, (width - 1 - left, width - 1 - left, height - 1 - top, height - 1 - top))
        sums = sliding_sums(sliding_sums(inverses, width, 3), height, 2)
        return sums.mul_(a).mul_(factor * gradient), None, None


def sliding_sums(x: Tensor, length: int, axis: int) -> Tensor:
    """Sums of `length` neighbours along an axis, which gets shorter by `length` - 1."""
    if length == 1:
        return x
    half = sliding_sums(x, length // 2, axis)
    count = x.shape[axis] - length + 1
    sums = half.narrow(axis, 0, count) + half.narrow(axis, length // 2, count)
    return sums.add_(x.narrow(axis, length - 1, count)) if length % 2 else sums


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
