"""A task's network as ONNX, by either of PyTorch's exporters."""

import logging
import warnings
from enum import StrEnum
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mime_training.files import replacing
from mime_training.network import TaskNetwork, pooled, preactivation


class Form(StrEnum):
    """How a threshold is written in standard operators."""

    where = "where"  # Where(GreaterOrEqual(y, t), y, 0)
    mask = "mask"  # Mul(y, Cast(GreaterOrEqual(y, t)))


class Inference(nn.Module):
    """What a task computes, in operators that exporters know; images are pixels divided by 255.

    Activations are not rounded in it, whatever they were learned with.
    """

    def __init__(self, network: TaskNetwork, form: Form = Form.where):
        super().__init__()
        self.network = network
        self.form = form

    def forward(self, x: Tensor) -> Tensor:
        network = self.network
        for index, layer in enumerate(network.layers):
            y = preactivation(layer, x, network.weights[index], network.biases[index])
            x = pooled(layer, self.step(y, network.thresholds[index]) if network.thresholds else F.relu(y))
        return F.linear(x.flatten(1), network.head_weight(), network.head.bias)

    def step(self, y: Tensor, t: Tensor) -> Tensor:
        if self.form == Form.mask:
            return y * (y >= t).to(y.dtype)
        return torch.where(y >= t, y, 0.0)


def export_onnx(
    module: nn.Module, example: Tensor, path: Path, dynamo: bool, opset: int, external_data: bool = False
) -> None:
    """Writes `module`, whose first axis of `example` is the batch's and stays open.

    The exporter for TorchScript is the older one; `dynamo` takes the one on torch.export. With
    `external_data` the weights go into a file beside it, named as it with `.data`; then the graph
    has to be written where it is to stay.
    """
    module = module.eval()
    with replacing(path) as temporary, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        target = path if external_data else temporary
        if dynamo:
            torch.onnx.export(
                module, (example,), target, dynamo=True, opset_version=opset, verbose=False,
                input_names=["images"], output_names=["logits"], external_data=external_data,
                dynamic_shapes=({0: torch.export.Dim("batch")},),
            )  # fmt: skip
        else:
            torch.onnx.export(
                module, (example,), target, dynamo=False, opset_version=opset,
                input_names=["images"], output_names=["logits"], dynamic_axes={"images": {0: "batch"}},
            )  # fmt: skip
