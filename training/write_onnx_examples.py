"""Writes small networks as PyTorch's exporters leave them, with what PyTorch computes.

    python training/write_onnx_examples.py Tests/ONNXTests/Exported

NAME.onnx has an input `images`, an output `logits` and an open number of images. NAME.safetensors has
images as stored (`stored`, U8), as the network takes them (`images`, divided by 255) and `logits`.
"""

import re
import sys
from pathlib import Path

import onnx
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from mime_training.architecture import Layer
from mime_training.network import ParentNetwork, TaskNetwork
from mime_training.onnx_export import Form, Inference, export_onnx

LAYERS = [
    Layer("conv1", "conv", 1, 4, 8, True, 3, 1),
    Layer("conv2", "conv", 4, 6, 4, False, 3, 1),
    Layer("conv3", "conv", 6, 5, 4, True, 3, 1),
    Layer("fc1", "fc", 20, 10, 1),
]


def parent() -> ParentNetwork:
    network = ParentNetwork(LAYERS, 3)
    for norm in network.norms:
        nn.init.uniform_(norm.weight, 0.5, 1.5)
        nn.init.normal_(norm.bias, 0, 0.2)
        nn.init.normal_(norm.running_mean, 0, 0.2)
        nn.init.uniform_(norm.running_var, 0.5, 1.5)
    return network


def task(has_thresholds: bool, signed: bool = False) -> TaskNetwork:
    network = TaskNetwork(LAYERS, **parent().folded(), classes=3, has_thresholds=has_thresholds)
    for t in network.thresholds:
        nn.init.normal_(t, 0, 0.3)
        if not signed:
            t.data.abs_()
    return network


class Strided(nn.Module):
    """Kernels of other sizes and strides, a dropout that does nothing, an average over the last map."""

    def __init__(self, average: nn.Module):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 4, 5, stride=2, padding=2), nn.ReLU(), nn.Dropout(0.5),
            nn.Conv2d(4, 6, 1), nn.ReLU(), nn.MaxPool2d(2, 2),
            nn.Conv2d(6, 8, 2, padding=0), nn.ReLU(), average, nn.Flatten(), nn.Linear(8, 5),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x)


class Heads(nn.Module):
    """A map behind other layers than a fully connected one, as classifiers have it."""

    def __init__(self, *head: nn.Module, pads: int | str = 1):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 4, 4 if pads == "same" else 3, padding=pads), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(4, 6, 3, padding=1), nn.ReLU(), *head,
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x)


class Clamped(nn.Module):
    """Relu as a clamp, a size that is a product of sizes, a mean of positions in one axis."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.dense = nn.Linear(144, 5)
        self.head = nn.Linear(5, 3)

    def forward(self, x: Tensor) -> Tensor:
        y = torch.clamp(self.conv(x), min=0)
        y = y.view(-1, y.size(1) * y.size(2) * y.size(3))
        return self.head(torch.relu(self.dense(y)))


class FlatMean(nn.Module):
    """A mean over positions in one axis."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.head = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(torch.relu(self.conv(x)).flatten(2).mean(2))


class Selected(nn.Module):
    """Logits that are taken out of a map of one place."""

    def __init__(self):
        super().__init__()
        self.body = Heads(nn.AdaptiveAvgPool2d(1), nn.Conv2d(6, 3, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x)[:, :, 0, 0]


class Products(nn.Module):
    """Fully connected layers as MatMul and Add, with thresholds."""

    def __init__(self):
        super().__init__()
        self.first = nn.Parameter(torch.randn(16, 12) / 4)
        self.bias = nn.Parameter(torch.randn(12) / 4)
        self.threshold = nn.Parameter(torch.rand(12) / 4)
        self.second = nn.Parameter(torch.randn(12, 4) / 4)
        self.offset = nn.Parameter(torch.randn(4) / 4)

    def forward(self, x: Tensor) -> Tensor:
        y = torch.matmul(x.flatten(1), self.first) + self.bias
        return torch.matmul(torch.where(y >= self.threshold, y, 0.0), self.second) + self.offset


def shorten_paths(file: Path) -> None:
    """Takes the folders of this machine out of the traces that a node carries as a comment."""
    model = onnx.load(file, load_external_data=False)
    for node in model.graph.node:
        for note in node.metadata_props:
            note.value = re.sub(r'File "/[^"]*?/(training|site-packages)/', r'File "\1/', note.value)
    onnx.save(model, file)


def main(folder: Path) -> None:
    torch.manual_seed(6)
    one, three, square = (1, 8, 8), (3, 12, 12), (1, 4, 4)
    # Name, module, image, exporters, opset, whether weights go into a file of their own.
    both = (False, True)
    examples = [
        ("where", Inference(task(True), Form.where), one, both, None, False),
        ("mask", Inference(task(True), Form.mask), one, both, None, False),
        ("where-signed", Inference(task(True, signed=True), Form.where), one, both, None, False),
        ("relu", Inference(task(False)), one, both, None, False),
        ("batchnorm", parent(), one, both, None, False),
        ("global-average", Strided(nn.AdaptiveAvgPool2d(1)), three, both, None, False),
        ("average", Strided(nn.AvgPool2d(2)), three, both, None, False),
        ("matmul", Products(), square, both, None, False),
        ("where-opset13", Inference(task(True), Form.where), one, (False,), 13, False),
        ("mask-opset13", Inference(task(True), Form.mask), one, (False,), 13, False),
        ("where-opset20", Inference(task(True), Form.where), one, (False,), 20, False),
        ("where-opset21", Inference(task(True), Form.where), one, (True,), 21, False),
        ("uneven", Heads(nn.Flatten(), nn.Linear(96, 3), pads="same"), one, both, None, False),
        ("zero-pad", nn.Sequential(nn.ZeroPad2d(1), Heads(nn.Flatten(), nn.Linear(150, 3))), one, both, None, False),
        ("mean-of-logits", Heads(nn.Conv2d(6, 3, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()), one, both, None, False),
        (
            "one-place",
            Heads(
                nn.MaxPool2d(2),
                nn.Flatten(),
                nn.Unflatten(1, (24, 1, 1)),
                nn.Conv2d(24, 8, 1),
                nn.ReLU(),
                nn.Conv2d(8, 3, 1),
                nn.Flatten(),
            ),
            one,
            both,
            None,
            False,
        ),
        ("clamp", Clamped(), one, both, None, False),
        ("flat-mean", FlatMean(), one, both, None, False),
        ("selected", Selected(), one, both, None, False),
        ("mask-external", Inference(task(True), Form.mask), one, (True,), None, True),
    ]
    for name, module, shape, exporters, opset, external in examples:
        module.eval()
        stored = torch.randint(0, 256, (8, *shape), dtype=torch.uint8)
        stored[0], stored[1] = 0, 255
        images = stored.float() / 255
        with torch.no_grad():
            logits = module(images)
        for dynamo in exporters:
            file = folder / f"{'dynamo' if dynamo else 'torchscript'}-{name}.onnx"
            export_onnx(module, images[:2], file, dynamo, opset or (18 if dynamo else 17), external)
            shorten_paths(file)
            tensors = {"stored": stored, "images": images, "logits": logits}
            save_file(tensors, file.with_suffix(".safetensors"), metadata={"network": name})
            file.with_suffix(".safetensors").chmod(0o644)
            print(file)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: write_onnx_examples.py FOLDER")
    main(Path(sys.argv[1]))
