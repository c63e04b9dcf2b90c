import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from mime_training import checkpoint, train
from mime_training.errors import UserError
from mime_training.measure import reals
from mime_training.settings import Settings

CPU = torch.device("cpu")


@pytest.fixture
def parent(tmp_path, task, settings) -> Path:
    folder = tmp_path / "parent"
    train.run(settings("parent", epochs=8, rate=0.01), folder, lambda _: task, CPU)
    return folder


def tensors(folder: Path) -> dict:
    return checkpoint.finished_state(folder)["network"]


def test_a_parent_learns(parent, tmp_path):
    assert checkpoint.read_result(parent)["test_accuracy"] > 90
    lines = [json.loads(line) for line in (parent / "metrics.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in lines] == list(range(1, 9)) and lines[-1]["loss"] < lines[0]["loss"]


def run(settings, task, folder, **more):
    return train.run(settings("thresholds", **more), folder, lambda _: task, CPU)


def test_thresholds_learn_and_weights_stay(parent, task, settings, tmp_path):
    result = run(settings, task, tmp_path / "t", parent=str(parent), threshold_rate=0.05, rate=0.02)
    network = train.task_network(checkpoint.finished_state(tmp_path / "t"))
    folded = train.load_parent(parent).folded()
    assert all(torch.equal(a, b) for a, b in zip(network.weights, folded["weights"]))
    assert all(torch.equal(a, b) for a, b in zip(network.biases, folded["biases"]))
    assert all(t.min() >= 0 and t.max() > 0 for t in network.thresholds)
    assert result["test_accuracy"] > 90


def test_signed_thresholds_go_below_zero(parent, task, settings, tmp_path):
    run(settings, task, tmp_path / "s", parent=str(parent), threshold_rate=0.05, signed=True, beta=1e-3)
    assert min(t.detach().min() for t in train.task_network(checkpoint.finished_state(tmp_path / "s")).thresholds) < 0


def test_alignment_leaves_fewer_steps(parent, task, settings, tmp_path):
    more = {"parent": str(parent), "threshold_rate": 0.05, "epochs": 6}
    plain = run(settings, task, tmp_path / "plain", **more)["test_activity"]["layers"][1]
    aligned = run(settings, task, tmp_path / "aligned", align=2.0, **more)["test_activity"]["layers"][1]
    assert plain["name"] == "conv2" and aligned["issued"]["rows"] < 0.95 * plain["issued"]["rows"]


@pytest.mark.parametrize("method", ["thresholds", "finetune"])
def test_a_run_goes_on_from_its_reference(parent, task, settings, tmp_path, method):
    more = {"parent": str(parent), "threshold_rate": 0.05}
    train.run(settings(method, **more), tmp_path / "first", lambda _: task, CPU)
    more |= {"reference": str(tmp_path / "first"), "seed": 1, "epochs": 1}
    slow = {"rate": 1e-12, "threshold_rate": 1e-12}
    train.run(settings(method, **{**more, **slow}), tmp_path / "still", lambda _: task, CPU)
    train.run(settings(method, **more), tmp_path / "on", lambda _: task, CPU)
    first, still, on = (tensors(tmp_path / name) for name in ("first", "still", "on"))
    assert all(torch.allclose(first[name], still[name], atol=1e-9) for name in first)
    assert not torch.equal(first["head.weight"], on["head.weight"])


def test_a_reference_teaches_half_of_the_loss(parent, task, settings, tmp_path, monkeypatch):
    run(settings, task, tmp_path / "first", parent=str(parent))
    own = settings("thresholds", parent=str(parent), reference=str(tmp_path / "first"), beta=0.0)
    network = train.make_network(own, task)
    teacher = train.task_network(checkpoint.finished_state(tmp_path / "first"))
    with torch.no_grad():
        teacher.head.bias[0] += 3.0
    images, labels = reals(task.train_images), task.train_labels
    loss = train.step(own, network, teacher, images, labels, 0.0)[0]
    own, taught = (n(images).double().detach() for n in (network, teacher))
    entropy = torch.nn.functional.cross_entropy(own, labels)
    p, q = (torch.softmax(logits / 2, 1) for logits in (own, taught))
    divergence = 4 * (q * (q / p).log()).sum(1).mean()
    assert divergence > 0.5 and loss == pytest.approx((entropy + divergence).item() / 2, rel=1e-5)


def test_references_that_do_not_fit(parent, task, settings, tmp_path):
    run(settings, task, tmp_path / "first", parent=str(parent), epochs=1)
    train.run(settings("parent", epochs=1, seed=1), tmp_path / "other", lambda _: task, CPU)
    first = str(tmp_path / "first")
    for method, more, message in (
        ("finetune", {"parent": str(parent)}, f"the run in {first} has the method thresholds, not finetune"),
        ("thresholds", {"parent": str(parent), "task": "other"}, f"the run in {first} has the task squares, not other"),
        ("thresholds", {"parent": str(tmp_path / "other")},
         f"the run in {first} has another parent than {tmp_path / 'other'}"),
    ):  # fmt: skip
        with pytest.raises(UserError) as caught:
            train.run(settings(method, reference=first, **more), tmp_path / "t", lambda _: task, CPU)
        assert str(caught.value) == message


def test_head_and_fine_tuning(parent, task, settings, tmp_path):
    folded = train.load_parent(parent).folded()["weights"]
    for method, stays in (("head", True), ("finetune", False)):
        train.run(settings(method, parent=str(parent)), tmp_path / method, lambda _: task, CPU)
        network = train.task_network(checkpoint.finished_state(tmp_path / method))
        assert all(torch.equal(a, b) == stays for a, b in zip(network.weights, folded)) and not network.thresholds


def test_same_seed_same_weights(parent, task, settings, tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        run(settings, task, tmp_path / name, parent=str(parent), seed=seed, epochs=1)
    a, b, c = (tensors(tmp_path / name) for name in "abc")
    assert all(torch.equal(a[name], b[name]) for name in a)
    assert not torch.equal(a["head.weight"], c["head.weight"])


COMMAND = """
import os, signal, sys, torch
from pathlib import Path
sys.path.insert(0, {tests!r})
from conftest import small_task
from mime_training import train
from mime_training.settings import Settings
real = train.save
def save(*arguments):
    real(*arguments)
    if arguments[3] == 2:
        os.kill(os.getpid(), signal.SIGKILL)
if {dies}:
    train.save = save
train.run(Settings(**{settings!r}), Path({folder!r}), lambda _: small_task(), torch.device("cpu"))
"""


def test_killed_and_gone_on_with(parent, task, settings, tmp_path):
    own = settings("thresholds", parent=str(parent), epochs=4, align=0.5)
    train.run(own, tmp_path / "whole", lambda _: task, CPU)
    values = {"tests": str(Path(__file__).parent), "settings": own.as_dictionary(), "folder": str(tmp_path / "cut")}
    died = subprocess.run([sys.executable, "-c", COMMAND.format(dies=True, **values)])
    assert died.returncode == -signal.SIGKILL
    assert checkpoint.load_state(tmp_path / "cut")["epoch"] == 2
    with pytest.raises(UserError, match="holds a run with 2 of 4 epochs; go on with it first"):
        checkpoint.finished_state(tmp_path / "cut")
    result = train.run(own, tmp_path / "cut", lambda _: task, CPU)
    a, b = tensors(tmp_path / "whole"), tensors(tmp_path / "cut")
    assert all(torch.equal(a[name], b[name]) for name in a)
    assert result == checkpoint.read_result(tmp_path / "whole")
    assert sorted(path.name for path in (tmp_path / "cut").iterdir()) == ["metrics.jsonl", "result.json", "state.pt"]


def test_a_finished_run_is_not_repeated(parent, settings):
    def load(_):
        raise AssertionError

    train.run(settings("parent", epochs=8, rate=0.01), parent, load, CPU)


def test_other_settings_are_refused(parent, task, settings):
    with pytest.raises(UserError) as caught:
        train.run(settings("parent", epochs=9, rate=0.01), parent, lambda _: task, CPU)
    assert str(caught.value) == (
        f"{parent} holds a run with other settings: epochs is 8 there and 9 here; name another folder or remove it"
    )


@pytest.mark.parametrize("keep", [0, 100, -1])
def test_a_damaged_state(parent, keep):
    path = parent / "state.pt"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(UserError) as caught:
        checkpoint.finished_state(parent)
    assert str(caught.value) == f"{path} is damaged or no state of a run; remove it to begin anew"


def test_another_parent_is_refused(parent, task, settings, tmp_path):
    with pytest.raises(UserError) as caught:
        run(settings, task, tmp_path / "t", parent=str(parent), size=12)
    assert str(caught.value) == f"the parent in {parent} has the size 8, not 12"
    with pytest.raises(UserError) as caught:
        run(settings, task, tmp_path / "t", parent=str(tmp_path / "none"))
    assert str(caught.value) == f"{tmp_path / 'none'} holds no run"


def test_a_loss_without_bounds(task, settings, tmp_path):
    with pytest.raises(UserError, match="^the loss is (nan|inf) after epoch 1 of p; lower the learning rates$"):
        train.run(settings("parent", rate=1e30, epochs=1), tmp_path / "p", lambda _: task, CPU)


SETTINGS = [
    ({"method": "prune"}, "the method is 'prune' and must be one of parent, head, thresholds, finetune"),
    ({"channels": 2}, "images have 2 channels and must have 1 or 3"),
    ({"epochs": -1}, "epochs is -1 and must be 0 or more"),
    ({"batch": 0}, "batch is 0 and must be 1 or more"),
    ({"rows": 1025}, "rows is 1025 and must be at most 1024"),
    ({"rate": 0.0}, "rate is 0.0 and must be above 0"),
    ({"beta": float("nan")}, "beta is nan and must be 0 or more"),
    ({"validation": 1.0}, "validation is 1.0 and must be from 0 to below 1"),
    ({"limit": 0}, "limit is 0 and must be 1 or more"),
    ({"order": "columns"}, "the order of slots is 'columns' and must be one of windows, rows"),
    ({"method": "head"}, "every method but parent, and only they, names a parent"),
    ({"reference": "run"}, "the method parent goes on from no other run"),
    ({"align": 0.1}, "the method parent has no zeros to align; lambda must be 0"),
]


@pytest.mark.parametrize("change, message", SETTINGS)
def test_settings(change, message):
    with pytest.raises(UserError) as caught:
        Settings(**{"method": "parent", "task": "digits", **change})
    assert str(caught.value) == message
