from fractions import Fraction

import pytest
import torch

from mime_training import checkpoint, train
from mime_training.errors import UserError
from mime_training.rounding import RoundedActivation, rounded_weights, straight_through

CPU = torch.device("cpu")


@pytest.mark.parametrize("bits, per_channel", [(2, True), (4, False), (8, True), (8, False)])
def test_weights_are_rounded_to_the_nearest_step(bits, per_channel):
    weight = torch.randn(5, 3, 2, 2, generator=torch.Generator().manual_seed(bits))
    found = rounded_weights(weight, bits, per_channel)
    largest = 2 ** (bits - 1) - 1
    for channel in range(5):
        peak = max(abs(Fraction(v)) for v in (weight[channel] if per_channel else weight).flatten().tolist())
        for value, rounded in zip(weight[channel].flatten().tolist(), found[channel].flatten().tolist()):
            # Python rounds fractions to the nearest, ties to even.
            assert rounded == pytest.approx(float(round(Fraction(value) * largest / peak) * peak / largest), rel=1e-6)
    assert torch.equal(rounded_weights(found, bits, per_channel), found)


def test_a_channel_of_zeros_stays():
    assert torch.equal(rounded_weights(torch.zeros(2, 3), 8), torch.zeros(2, 3))


def test_activations_by_hand():
    a = torch.tensor([0.0, 0.24, 0.26, 1.25, 1.75, 7.4, 9.0], requires_grad=True)
    rounded = RoundedActivation.apply(a, torch.tensor(0.5), 15)
    # 2.5 and 3.5 steps are ties; more than 15 steps are clamped, and teach nothing.
    assert rounded.tolist() == [0.0, 0.0, 0.5, 1.0, 2.0, 7.5, 7.5]
    (rounded * torch.arange(1.0, 8.0)).sum().backward()
    assert a.grad.tolist() == [1, 2, 3, 4, 5, 6, 0]


def test_straight_through():
    weight = torch.tensor([0.3, -0.8], requires_grad=True)
    value = straight_through(weight, torch.tensor([0.5, -1.0]))
    value.backward(torch.tensor([2.0, 3.0]))
    assert value.tolist() == [0.5, -1.0] and weight.grad.tolist() == [2, 3]


@pytest.fixture
def runs(tmp_path, task, settings):
    """A parent of 4 bits and thresholds learned on it."""
    train.run(settings("parent", bits=4, width=1.5), tmp_path / "parent", lambda _: task, CPU)
    more = {"parent": str(tmp_path / "parent"), "bits": 4, "width": 1.5, "threshold_rate": 0.05}
    train.run(settings("thresholds", **more), tmp_path / "t", lambda _: task, CPU)
    return tmp_path, more


def test_tasks_are_learned_in_the_machines_numbers(runs, task):
    folder, _ = runs
    parent = checkpoint.finished_state(folder / "parent")["network"]
    network = train.task_network(checkpoint.finished_state(folder / "t"))
    assert [layer.outputs for layer in network.layers] == [6, 12, 24]
    for weight in network.weights:
        steps = weight.flatten(1) / (weight.flatten(1).abs().amax(1, keepdim=True) / 7)
        assert torch.allclose(steps, steps.round(), atol=1e-4)
    assert torch.equal(network.steps * 15, parent["ranges"])
    x = task.test_images.float() / 255
    with torch.no_grad():
        _, before, after = network.activations(x)
    for a, step in zip([*before, *after], [*network.steps, *network.steps]):
        assert torch.equal((a / step).round() * step, a) and a.max() <= 15 * step
    head = network.head_weight().detach()
    assert len(head.unique()) <= 15 and not torch.equal(head, network.head.weight)


def test_ranges_are_those_of_the_parents_images(runs, task):
    folder, _ = runs
    parent = train.load_parent(folder / "parent")
    x = task.train_images.float() / 255
    for layer, weight, bias, largest in zip(
        parent.layers, parent.folded()["weights"], parent.folded()["biases"], parent.ranges
    ):
        convolved = torch.nn.functional.conv2d(x, weight, bias, padding=1) if layer.kind == "conv" else None
        y = (x.flatten(1) @ weight.T + bias if convolved is None else convolved).clamp(min=0)
        assert y.max().item() == pytest.approx(largest.item(), rel=1e-5)
        x = torch.nn.functional.max_pool2d(y, 2) if layer.pool else y


def test_a_task_has_its_parents_bits(runs, task, settings):
    folder, more = runs
    with pytest.raises(UserError) as caught:
        train.run(settings("thresholds", **{**more, "bits": None}), folder / "other", lambda _: task, CPU)
    assert str(caught.value) == f"the parent in {folder}/parent has the bits 4, not None"


def test_what_is_fine_tuned_is_not_rounded(runs, task, settings):
    folder, more = runs
    train.run(settings("finetune", **more), folder / "f", lambda _: task, CPU)
    network = train.task_network(checkpoint.finished_state(folder / "f"))
    assert network.bits is None and torch.equal(network.head_weight(), network.head.weight)


def test_runs_of_before_a_setting_was_there_go_on(tmp_path, task, settings):
    train.run(settings("parent"), tmp_path / "p", lambda _: task, CPU)
    state = checkpoint.load_state(tmp_path / "p")
    for name in ("width", "bits"):
        del state["settings"][name]
    checkpoint.save_state(tmp_path / "p", state)
    train.run(settings("parent"), tmp_path / "p", lambda _: task, CPU)
    train.run(settings("head", parent=str(tmp_path / "p")), tmp_path / "h", lambda _: task, CPU)
    with pytest.raises(UserError) as caught:
        train.run(settings("parent", width=2.0), tmp_path / "p", lambda _: task, CPU)
    assert str(caught.value) == (
        f"{tmp_path}/p holds a run with other settings: width is 1.0 there and 2.0 here; name another folder or remove"
        " it"
    )
