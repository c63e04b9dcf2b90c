"""What a network does on images: accuracy, zeros, and the steps that an array has to issue."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mime_training.architecture import Layer
from mime_training.network import TaskNetwork


def reals(images: Tensor) -> Tensor:
    """Stored images as networks take them."""
    return images.float() / 255


@torch.no_grad()
def accuracy(network: nn.Module, images: Tensor, labels: Tensor, batch: int = 250) -> float:
    """The share of images whose class comes out, in percent."""
    network.eval()
    device = next(network.parameters()).device
    right = 0
    for part, wanted in zip(images.split(batch), labels.split(batch)):
        logits = network(reals(part.to(device)))
        right += int((logits.argmax(1).cpu() == wanted).sum())
    return 100 * right / len(images)


@torch.no_grad()
def activity(network: TaskNetwork, images: Tensor, rows: int, orders: list[str], batch: int = 128) -> dict:
    """Of each layer, the head last: the zeros it leaves before and after pooling, and the steps it takes.

    A step is issued unless its products of all rows of a tile are zero; `issued` is the issued share
    of the steps for each order of slots. Images of a batch follow each other in the slots, and columns
    are taken to be as many as are used.
    """
    network.eval()
    device = next(network.parameters()).device
    last = network.layers[-1]
    head = Layer("head", "fc", last.outputs, network.head.out_features, 1)
    layers = [*network.layers, head]
    counts = [{"before": 0, "after": 0, "outputs": 0, "pooled": 0, "steps": 0} for _ in layers]
    issued = {order: [0] * len(layers) for order in orders}
    for part in images.split(batch):
        x = reals(part.to(device))
        _, before, after = network.activations(x)
        for index, (layer, source) in enumerate(zip(layers, [x, *after])):
            count = counts[index]
            if layer is not head:
                count["before"] += int((before[index] == 0).sum())
                count["after"] += int((after[index] == 0).sum())
                count["outputs"] += before[index].numel()
                count["pooled"] += after[index].numel()
            for order in orders:
                steps, total = issued_steps(layer, source, rows, order)
                issued[order][index] += steps
            count["steps"] += total
    return {
        "images": len(images),
        "rows": rows,
        "layers": [
            {
                "name": layer.name,
                "zeros_before_pooling": ratio(count["before"], count["outputs"]),
                "zeros_after_pooling": ratio(count["after"], count["pooled"]),
                "issued": {order: issued[order][index] / count["steps"] for order in orders},
            }
            for index, (layer, count) in enumerate(zip(layers, counts))
        ],
        "speedup": {
            order: sum(c["steps"] * layer.outputs for c, layer in zip(counts, layers))
            / sum(steps * layer.outputs for steps, layer in zip(issued[order], layers))
            for order in orders
        },
    }


def ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def issued_steps(layer: Layer, source: Tensor, rows: int, order: str) -> tuple[int, int]:
    """The steps issued and all steps of the tiles of `source`, the layer's input."""
    nonzero = (source != 0).float()
    if layer.kind == "fc":
        slots = nonzero.flatten(1)
    else:
        products = F.unfold(nonzero, layer.kernel, padding=layer.padding)  # [N, K, positions]
        places = torch.tensor(positions(layer, order), device=source.device)
        slots = products[:, :, places].permute(0, 2, 1).flatten(0, 1)
    missing = -len(slots) % rows
    tiles = F.pad(slots, (0, 0, 0, missing)).view(-1, rows, slots.shape[1])
    # A tile takes one step at least.
    steps = (tiles.amax(1) > 0).sum(1).clamp_min(1)
    return int(steps.sum()), tiles.shape[0] * tiles.shape[2]


def positions(layer: Layer, order: str) -> list[int]:
    """Output positions in the order of their slots: row by row, or of pooled layers by 2x2 windows."""
    size = layer.size
    if order == "rows" or not layer.pool:
        return list(range(size * size))
    return [
        y * size + x
        for top in range(0, size, 2)
        for left in range(0, size, 2)
        for y, x in ((top, left), (top, left + 1), (top + 1, left), (top + 1, left + 1))
        if y < size and x < size
    ]
