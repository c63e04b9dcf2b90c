import pytest
import torch
import torch.nn.functional as F
from torch import nn

from mime_training.architecture import hidden_layers
from mime_training.errors import UserError
from mime_training.network import ParentNetwork, TaskNetwork
from mime_training.train import folded_parent


def trained_parent(channels: int = 3, size: int = 9) -> ParentNetwork:
    torch.manual_seed(2)
    parent = ParentNetwork(hidden_layers("vgg-tiny", channels, size), 4)
    for norm in parent.norms:
        nn.init.uniform_(norm.weight, 0.5, 1.5)
        nn.init.normal_(norm.bias)
        nn.init.normal_(norm.running_mean)
        nn.init.uniform_(norm.running_var, 0.2, 2)
    return parent.eval()


def test_folding_changes_nothing():
    parent = trained_parent()
    x = torch.rand(5, 3, 9, 9)
    assert torch.allclose(folded_parent(parent)(x), parent(x), atol=1e-5)


def test_a_task_layer_by_layer():
    parent = trained_parent(1, 8)
    network = TaskNetwork(parent.layers, **parent.folded(), classes=2, has_thresholds=True)
    for t in network.thresholds:
        nn.init.normal_(t)
    x = torch.rand(3, 1, 8, 8)
    logits, before, after = network.activations(x)
    for index in (0, 1):
        y = F.conv2d(x, network.weights[index], network.biases[index], padding=1)
        kept = y * (y >= network.thresholds[index])
        assert torch.equal(before[index], kept)
        # The largest of each 2x2 window, by hand.
        x = torch.stack([kept[:, :, i::2, j::2] for i in (0, 1) for j in (0, 1)]).amax(0)
        assert torch.equal(after[index], x)
    y = x.flatten(1) @ network.weights[2].T + network.biases[2]
    kept = y * (y >= network.thresholds[2])
    assert torch.allclose(logits, kept @ network.head.weight.T + network.head.bias, atol=1e-5)


def test_zero_thresholds_are_relu():
    parent = trained_parent(1, 8)
    with_thresholds, with_relu = (
        TaskNetwork(parent.layers, **parent.folded(), classes=2, has_thresholds=flag) for flag in (True, False)
    )
    with_relu.head.load_state_dict(with_thresholds.head.state_dict())
    x = torch.rand(3, 1, 8, 8)
    assert torch.equal(with_thresholds(x), with_relu(x))


def test_shapes():
    layers = hidden_layers("vgg16", 3, 224)
    assert [layer.name for layer in layers] == [f"conv{n}" for n in range(1, 14)] + ["fc1", "fc2"]
    assert (layers[12].size, layers[12].pooled_size, layers[13].inputs) == (14, 7, 512 * 49)
    assert sum(layer.multiplications for layer in layers[:13]) == 15_346_630_656
    small = hidden_layers("vgg-small", 1, 28)
    assert [layer.size for layer in small] == [28, 28, 14, 14, 7, 7, 1] and small[6].inputs == 576


def test_width():
    layers = hidden_layers("vgg-small", 1, 28, 2)
    assert [layer.outputs for layer in layers] == [32, 32, 64, 64, 128, 128, 256]
    assert [layer.inputs for layer in layers] == [1, 32, 32, 64, 64, 128, 128 * 9]
    assert [layer.outputs for layer in hidden_layers("vgg-tiny", 1, 8, 0.1)] == [1, 1, 2]


ERRORS = [
    (("vgg16", 1, 28), "vgg16 pools 5 times and so takes images of 32x32 or more, not 28x28; --size enlarges them"),
    (("vgg", 1, 28), "there is no network 'vgg'; the networks are vgg-small, vgg16, vgg-tiny"),
]


@pytest.mark.parametrize("arguments, message", ERRORS)
def test_errors(arguments, message):
    with pytest.raises(UserError) as caught:
        hidden_layers(*arguments)
    assert str(caught.value) == message
