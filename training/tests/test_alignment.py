import json

import pytest
import torch

from mime_training.alignment import alignment, nonzero_strips, rows_of_configuration, strip_shape, strips_wrap
from mime_training.architecture import Layer, hidden_layers
from mime_training.errors import UserError
from mime_training.measure import issued_steps, positions


def layer(size: int, pool: bool, outputs: int = 2, inputs: int = 3) -> Layer:
    return Layer("conv", "conv", inputs, outputs, size, pool, 3, 1)


SHAPES = [
    # size, pooled, rows, order, height and width
    (28, False, 4, "rows", (1, 4)), (28, True, 4, "rows", (1, 4)), (28, True, 4, "windows", (2, 2)),
    (28, False, 4, "windows", (1, 4)), (28, True, 16, "windows", (2, 8)), (7, False, 16, "rows", (1, 16)),
    (4, True, 16, "windows", (2, 4)), (2, False, 64, "rows", (1, 4)), (28, True, 1, "windows", (1, 1)),
    (14, False, 5, "rows", (1, 5)), (1, False, 4, "rows", (1, 1)),
]  # fmt: skip


@pytest.mark.parametrize("size, pool, rows, order, shape", SHAPES)
def test_strip_shape(size, pool, rows, order, shape):
    assert strip_shape(layer(size, pool), rows, order) == shape


def test_strips_wrap_where_rows_do_not_divide_the_width():
    assert [strips_wrap(layer(size, False), 4, "rows") for size in (28, 14, 7, 4)] == [False, True, True, False]
    assert not strips_wrap(layer(14, True), 4, "windows") and strips_wrap(layer(14, False), 4, "windows")
    a = torch.zeros(1, 2, 3, 3)
    a[0, 0, 0, 2] = a[0, 0, 1, 0] = 1
    layers = [layer(3, False), layer(3, False, inputs=2)]
    # Of 2 channels with strips of 2 that begin at -1 to 8: three of twenty.
    assert alignment([a, a], layers, 2, "rows").item() == pytest.approx(3 / 20)


def activations(seed: int, size: int, zeros: float = 0.7) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    a = torch.rand(2, 3, size, size, generator=generator)
    return a * (torch.rand(a.shape, generator=generator) > zeros)


@pytest.mark.parametrize("shape", [(1, 4), (2, 2), (1, 1), (2, 8), (3, 5)])
def test_the_term_is_the_share_of_strips_that_are_not_zero(shape):
    a = activations(1, 9)
    edge = [min(1, side // 2) for side in shape]
    found = count = 0
    for top in range(-edge[0], 9 + edge[0] - shape[0] + 1):
        for left in range(-edge[1], 9 + edge[1] - shape[1] + 1):
            strips = a[:, :, max(top, 0) : top + shape[0], max(left, 0) : left + shape[1]]
            found += int((strips != 0).flatten(2).any(2).sum())
            count += 6
    assert nonzero_strips(a, shape, 1).item() == pytest.approx(found / count, rel=1e-6)


def test_the_gradient_is_that_of_a_group_norm():
    # One strip of (3, 4), one of zeros, no padding: the mean norm is 2.5, that of nonzero strips 5.
    a = torch.tensor([3.0, 4, 0, 0]).view(1, 1, 2, 2).requires_grad_()
    nonzero_strips(a, (1, 2), 0).backward()
    # d/da of (norm / 2) / 5 is a / norm / 10; nothing moves a strip of zeros.
    assert torch.allclose(a.grad.flatten(), torch.tensor([0.06, 0.08, 0, 0]))


def test_all_zeros():
    a = torch.zeros(1, 1, 4, 4, requires_grad=True)
    value = nonzero_strips(a, (1, 4), 1)
    value.backward()
    assert value.item() == 0 and a.grad.abs().sum() == 0


def test_readers_weigh_by_their_multiplications_and_full_ones_not_at_all():
    layers = hidden_layers("vgg-small", 1, 28)
    maps = [torch.zeros(1, each.outputs, each.pooled_size, each.pooled_size) for each in layers[:-1]]
    maps.append(torch.ones(1, 128))
    maps[1] += 1  # read by conv3: 14 * 14 * 32 * 16 * 9 multiplications
    maps[5] += 1  # read by fc1
    readers = [28 * 28 * 16 * 144, 14 * 14 * 32 * 144, 14 * 14 * 32 * 288, 49 * 64 * 288, 49 * 64 * 576]
    assert alignment(maps, layers, 4, "rows").item() == pytest.approx(readers[1] / sum(readers), rel=1e-6)


TILES = [(6, True, 4, "windows"), (6, True, 4, "rows"), (5, True, 3, "windows"), (7, False, 4, "rows"),
         (3, False, 16, "rows")]  # fmt: skip


@pytest.mark.parametrize("size, pool, rows, order", TILES)
def test_steps_against_loops(size, pool, rows, order):
    a, own = activations(2, size, 0.8), layer(size, pool)

    def reads(image: int, place: int, channel: int, tap: int) -> bool:
        """Whether a slot's product is not zero in the step of a channel and a tap."""
        y, x = place // size + tap // 3 - 1, place % size + tap % 3 - 1
        return 0 <= y < size and 0 <= x < size and a[image, channel, y, x] != 0

    slots = [(image, place) for image in range(2) for place in positions(own, order)]
    tiles = [slots[first : first + rows] for first in range(0, len(slots), rows)]
    issued = 0
    for tile in tiles:
        products = [(channel, tap) for channel in range(3) for tap in range(9)]
        steps = sum(any(reads(*slot, *product) for slot in tile) for product in products)
        issued += max(steps, 1)
    assert issued_steps(own, a, rows, order) == (issued, 27 * len(tiles))


def test_window_order_of_an_odd_size():
    assert positions(layer(3, True), "windows") == [0, 1, 3, 4, 2, 5, 6, 7, 8]


def test_rows_of_an_array(tmp_path):
    path = tmp_path / "mime_config.json"
    path.write_text(json.dumps({"parameters": [{"name": "COLS", "value": 8}, {"name": "ROWS", "value": 6}]}))
    assert rows_of_configuration(path) == 6
    for text in ("{", "[]", '{"parameters": []}'):
        path.write_text(text)
        with pytest.raises(UserError) as caught:
            rows_of_configuration(path)
        assert str(caught.value) == f"{path} is no mime_config.json: it must have a parameter ROWS"
    path.write_text('{"parameters": [{"name": "ROWS", "value": 0}]}')
    with pytest.raises(UserError) as caught:
        rows_of_configuration(path)
    assert str(caught.value) == f"{path}: ROWS is 0 and must be a number from 1 to 1024"
