"""Networks as modules: the parent while its weights are learned, and a task on folded weights."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mime_training.architecture import Layer
from mime_training.batchnorm import BatchNorm
from mime_training.rounding import RoundedActivation, rounded_weights, straight_through
from mime_training.thresholds import Threshold


def preactivation(layer: Layer, a: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    if layer.kind == "fc":
        return F.linear(a.flatten(1), weight, bias)
    return F.conv2d(a, weight, bias, padding=layer.padding)


def pooled(layer: Layer, a: Tensor) -> Tensor:
    return F.max_pool2d(a, 2) if layer.pool else a


class ParentNetwork(nn.Module):
    """Convolution or product, batch norm, ReLU and pooling for each layer, and a head.

    With `bits` the tasks on it have its weights, and activations, rounded to so many; it is itself learned without.
    """

    def __init__(self, layers: list[Layer], classes: int, bits: int | None = None):
        super().__init__()
        self.layers = layers
        self.bits = bits
        self.weights = nn.ParameterList()
        self.norms = nn.ModuleList()
        for layer in layers:
            shape = (layer.outputs, layer.inputs)
            if layer.kind == "conv":
                shape += (layer.kernel, layer.kernel)
            self.weights.append(torch.empty(shape))
            nn.init.kaiming_normal_(self.weights[-1], nonlinearity="relu")
            self.norms.append(BatchNorm(layer.outputs))
        self.head = nn.Linear(layers[-1].outputs, classes)
        if bits is not None:
            # The largest activation of each layer that is not clamped.
            self.register_buffer("ranges", torch.ones(len(layers)))

    def forward(self, x: Tensor) -> Tensor:
        for layer, weight, norm in zip(self.layers, self.weights, self.norms):
            x = pooled(layer, F.relu(norm(preactivation(layer, x, weight, None))))
        return self.head(x.flatten(1))

    def folded(self) -> dict:
        """What a task network is made of: weights and biases of the hidden layers with the batch norm's running
        figures in them, and how they and the activations are rounded."""
        weights, biases = [], []
        for weight, norm in zip(self.weights, self.norms):
            factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            weights.append((weight * factor.view(-1, *[1] * (weight.dim() - 1))).detach().clone())
            biases.append((norm.bias - norm.running_mean * factor).detach().clone())
        if self.bits is None:
            return {"weights": weights, "biases": biases}
        weights = [rounded_weights(weight, self.bits) for weight in weights]
        return {"weights": weights, "biases": biases, "bits": self.bits, "ranges": self.ranges}


class TaskNetwork(nn.Module):
    """A task on folded weights: with thresholds, or with ReLU where there are none.

    With `bits` activations are rounded to steps of `ranges` [hidden layers] over 2^bits - 1, and the head's weights
    to a step of their own. Weights that are learned are rounded by the quantizer alone, and their activations too.
    """

    def __init__(
        self,
        layers: list[Layer],
        weights: list[Tensor],
        biases: list[Tensor],
        classes: int,
        has_thresholds: bool,
        learns_weights: bool = False,
        bits: int | None = None,
        ranges: Tensor | None = None,
    ):
        super().__init__()
        self.layers = layers
        self.bits = None if learns_weights else bits
        if self.bits is not None:
            self.register_buffer("steps", ranges / self.levels)
        self.weights = nn.ParameterList(nn.Parameter(w.clone(), learns_weights) for w in weights)
        self.biases = nn.ParameterList(nn.Parameter(b.clone(), learns_weights) for b in biases)
        # Zero is where ReLU, which the parent was trained with, has its threshold.
        self.thresholds = nn.ParameterList(torch.zeros(layer.output_shape) for layer in layers if has_thresholds)
        self.head = nn.Linear(layers[-1].outputs, classes)

    @property
    def levels(self) -> int:
        """The largest activation in steps."""
        return 2**self.bits - 1

    def head_weight(self) -> Tensor:
        """[classes, inputs] as logits are computed with it."""
        if self.bits is None:
            return self.head.weight
        return straight_through(self.head.weight, rounded_weights(self.head.weight, self.bits, per_channel=False))

    def forward(self, x: Tensor) -> Tensor:
        return self.activations(x)[0]

    def activations(self, x: Tensor) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """The logits, and the activations of each hidden layer before and after pooling."""
        before, after = [], []
        for index, layer in enumerate(self.layers):
            y = preactivation(layer, x, self.weights[index], self.biases[index])
            a = Threshold.apply(y, self.thresholds[index]) if self.thresholds else F.relu(y)
            before.append(a if self.bits is None else RoundedActivation.apply(a, self.steps[index], self.levels))
            x = pooled(layer, before[-1])
            after.append(x)
        return F.linear(x.flatten(1), self.head_weight(), self.head.bias), before, after
