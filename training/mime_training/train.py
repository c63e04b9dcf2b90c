"""Learning: of a parent's weights, of a task's thresholds and head, of a task's own weights."""

import math
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm import tqdm

from mime_training import checkpoint, distributed
from mime_training.alignment import alignment
from mime_training.errors import UserError
from mime_training.measure import accuracy, activity, reals
from mime_training.network import ParentNetwork, TaskNetwork
from mime_training.settings import Settings
from mime_training.tasks import Task, augmented
from mime_training.thresholds import threshold_loss

# Test images of which the steps are counted, at most.
ACTIVITY_IMAGES = 512
# Training images of the parent's task whose activations lie in the ranges of rounded ones.
RANGE_IMAGES = 1000
# Settings that a task has in common with its parent and its reference.
SHARED = ("network", "channels", "size", "width", "bits")
# What logits are divided by where a network is taught by another's.
TEMPERATURE = 2.0


def run(settings: Settings, folder: Path, load: Callable[[Settings], Task], device: torch.device) -> dict:
    """Trains as `settings` say and leaves state, metrics and result in `folder`; the result.

    Goes on where it was ended, and does nothing where the result is there.
    """
    state = checkpoint.load_state(folder, settings)
    result = checkpoint.read_result(folder)
    if state is not None and result is not None and state["epoch"] == settings.epochs:
        return result
    task = load(settings)
    network = make_network(settings, task).to(device)
    learn(settings, network, task, folder, state)
    if settings.method == "parent" and settings.bits is not None:
        save_ranges(network, task, folder)
    result = measured(settings, network, task)
    if distributed.rank() == 0:
        checkpoint.write_result(folder, result)
    return result


def make_network(settings: Settings, task: Task) -> nn.Module:
    """The network at the beginning of the run."""
    torch.manual_seed(settings.seed)
    layers = settings.hidden_layers
    if settings.method == "parent":
        return ParentNetwork(layers, task.classes, settings.bits)
    parent = load_parent(Path(settings.parent), settings)
    network = TaskNetwork(
        layers, **parent.folded(), classes=task.classes,
        has_thresholds=settings.method == "thresholds", learns_weights=settings.method == "finetune",
    )  # fmt: skip
    if settings.reference is not None:
        own = [parameter.clone() for parameter in [*network.weights, *network.biases]]
        network.load_state_dict(reference_state(settings)["network"])
        if settings.method == "thresholds" and not all(map(torch.equal, own, [*network.weights, *network.biases])):
            raise UserError(f"the run in {settings.reference} has another parent than {settings.parent}")
    return network


def reference_state(settings: Settings) -> dict:
    """The state of the run that another goes on from."""
    state = checkpoint.finished_state(Path(settings.reference))
    check_same(state, settings, ("method", "task", *SHARED), f"the run in {settings.reference}")
    return state


def load_parent(folder: Path, settings: Settings | None = None) -> ParentNetwork:
    state = checkpoint.finished_state(folder)
    own = Settings(**state["settings"])
    if own.method != "parent":
        raise UserError(f"{folder} holds a run of the method {own.method} and no parent")
    if settings is not None:
        check_same(state, settings, SHARED, f"the parent in {folder}")
    return parent_network(state)


def parent_network(state: dict) -> ParentNetwork:
    settings = Settings(**state["settings"])
    parent = ParentNetwork(settings.hidden_layers, len(state["network"]["head.bias"]), settings.bits)
    parent.load_state_dict(state["network"])
    return parent.eval()


def check_same(state: dict, settings: Settings, names: tuple[str, ...], what: str) -> None:
    found = Settings(**state["settings"])
    for name in names:
        value = getattr(found, name)
        if value != getattr(settings, name):
            raise UserError(f"{what} has the {name} {value}, not {getattr(settings, name)}")


def task_network(state: dict) -> TaskNetwork:
    """The network of a finished run of a task, or of a parent with its batch norm folded."""
    settings, tensors = Settings(**state["settings"]), state["network"]
    if settings.method == "parent":
        return folded_parent(parent_network(state))
    layers = settings.hidden_layers
    network = TaskNetwork(
        layers,
        [tensors[f"weights.{index}"] for index in range(len(layers))],
        [tensors[f"biases.{index}"] for index in range(len(layers))],
        classes=len(tensors["head.bias"]),
        has_thresholds=settings.method == "thresholds",
        learns_weights=settings.method == "finetune",
        bits=settings.bits,
        ranges=torch.ones(len(layers)),
    )
    network.load_state_dict(tensors)
    return network.eval()


def folded_parent(parent: ParentNetwork) -> TaskNetwork:
    network = TaskNetwork(parent.layers, **parent.folded(), classes=parent.head.out_features, has_thresholds=False)
    network.head.load_state_dict(parent.head.state_dict())
    return network.to(parent.head.bias.device).eval()


def optimizer_of(settings: Settings, network: nn.Module) -> torch.optim.Optimizer:
    thresholds = {id(t) for t in getattr(network, "thresholds", [])}
    others = [p for p in network.parameters() if p.requires_grad and id(p) not in thresholds]
    groups = [{"params": others, "lr": settings.rate, "peak": settings.rate}]
    if thresholds:
        rate = settings.threshold_rate
        groups.append({"params": list(network.thresholds), "lr": rate, "peak": rate})
    return torch.optim.Adam(groups)


def learn(settings: Settings, network: nn.Module, task: Task, folder: Path, state: dict | None) -> None:
    device = next(network.parameters()).device
    optimizer = optimizer_of(settings, network)
    teacher = task_network(reference_state(settings)).to(device) if settings.reference is not None else None
    epoch, metrics = 0, []
    if state is not None:
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        epoch, metrics = state["epoch"], state["metrics"]
    # Every batch is as large as the others; the images left over change with each epoch.
    size = min(settings.batch, len(task.train_images))
    if size % distributed.processes():
        raise UserError(f"a batch of {size} images has no equal parts for {distributed.processes()} processes")
    batches = len(task.train_images) // size
    while epoch < settings.epochs:
        began = time.monotonic()
        network.train()
        sums = torch.zeros(3, dtype=torch.float64, device=device)
        # One generator for all processes: each takes its part of the same images.
        generator = torch.Generator().manual_seed(1_000_003 * settings.seed + epoch)
        order = torch.randperm(len(task.train_images), generator=generator)
        # None shows it on a terminal only.
        hidden = None if distributed.rank() == 0 else True
        for number in tqdm(range(batches), f"{folder.name} {epoch + 1}/{settings.epochs}", leave=False, disable=hidden):
            done = (epoch * batches + number) / (settings.epochs * batches)
            set_rates(optimizer, done)
            chosen = order[number * size : (number + 1) * size]
            images = augmented(task.train_images[chosen], settings.shift, task.is_mirrored, generator)
            images = distributed.part(images).to(device)
            labels = distributed.part(task.train_labels[chosen]).to(device)
            optimizer.zero_grad()
            figures = step(settings, network, teacher, reals(images), labels, settings.align * (1 - done))
            distributed.average_gradients(network)
            optimizer.step()
            clamp_thresholds(settings, network)
            sums += figures
        epoch += 1
        loss, right, term = (distributed.total(sums) / distributed.processes() / batches).tolist()
        if not math.isfinite(loss):
            raise UserError(f"the loss is {loss} after epoch {epoch} of {folder.name}; lower the learning rates")
        line = {"epoch": epoch, "loss": round(loss, 5), "train_accuracy": round(100 * right, 3)}
        if len(task.validation_images):
            value = accuracy(network, task.validation_images, task.validation_labels)
            line["validation_accuracy"] = round(value, 3)
        if settings.align:
            line["alignment"] = round(term, 5)
        line["seconds"] = round(time.monotonic() - began, 2)
        metrics.append(line)
        if distributed.rank() == 0:
            save(settings, network, optimizer, epoch, metrics, folder)
        distributed.barrier()


def step(
    settings: Settings, network: nn.Module, teacher: nn.Module | None, images: Tensor, labels: Tensor, align: float
) -> Tensor:
    """Adds the gradients of one batch; its loss, the share of right classes and the alignment term.

    The term's weight `align` falls to zero: what has become zero by then hardly comes back, and the rest
    is learned for accuracy alone.
    """
    term = torch.zeros((), device=images.device)
    if isinstance(network, TaskNetwork):
        logits, _, after = network.activations(images)
        loss = F.cross_entropy(logits, labels)
        if teacher is not None:
            loss = (loss + distillation(logits, teacher, images)) / 2
        if settings.align:
            term = alignment(after, network.layers, settings.rows, settings.order)
            loss = loss + align * term
        if network.thresholds and settings.beta:
            loss = loss + settings.beta * threshold_loss(list(network.thresholds))
    else:
        logits = network(images)
        loss = F.cross_entropy(logits, labels)
    loss.backward()
    right = (logits.argmax(1) == labels).double().mean()
    return torch.stack([loss.detach().double(), right, term.detach().double()])


def distillation(logits: Tensor, teacher: nn.Module, images: Tensor) -> Tensor:
    """The divergence of softened classes from a teacher's: Hinton, Vinyals, Dean, arXiv 1503.02531."""
    with torch.no_grad():
        wanted = F.log_softmax(teacher(images) / TEMPERATURE, 1)
    own = F.log_softmax(logits / TEMPERATURE, 1)
    return TEMPERATURE**2 * F.kl_div(own, wanted, reduction="batchmean", log_target=True)


def set_rates(optimizer: torch.optim.Optimizer, done: float) -> None:
    """A short rise, then half a cosine down to zero."""
    factor = min(1.0, (done + 1e-3) / 0.05) * (1 + math.cos(math.pi * done)) / 2
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * factor


@torch.no_grad()
def clamp_thresholds(settings: Settings, network: nn.Module) -> None:
    if not settings.signed:
        for t in getattr(network, "thresholds", []):
            t.clamp_(min=0)


def save(settings: Settings, network: nn.Module, optimizer, epoch: int, metrics: list[dict], folder: Path) -> None:
    checkpoint.write_metrics(folder, metrics)
    checkpoint.save_state(
        folder,
        {
            "settings": settings.as_dictionary(),
            "epoch": epoch,
            "network": network.state_dict(),
            "optimizer": optimizer.state_dict(),
            "metrics": metrics,
        },
    )


@torch.no_grad()
def save_ranges(network: ParentNetwork, task: Task, folder: Path) -> None:
    """The largest activation of each layer on training images, into the network and the run's state."""
    inference = TaskNetwork(network.layers, **{**network.folded(), "bits": None}, classes=1, has_thresholds=False)
    inference.to(network.ranges.device)
    network.ranges.zero_()
    for images in task.train_images[:RANGE_IMAGES].split(100):
        _, before, _ = inference.activations(reals(images.to(network.ranges.device)))
        largest = torch.stack([a.amax() for a in before])
        network.ranges.copy_(torch.maximum(network.ranges, largest))
    # A layer that is never active takes any range.
    network.ranges[network.ranges == 0] = 1
    if distributed.rank() == 0:
        state = checkpoint.load_state(folder)
        checkpoint.save_state(folder, {**state, "network": network.state_dict()})
    distributed.barrier()


def measured(settings: Settings, network: nn.Module, task: Task) -> dict:
    """Accuracy on the whole test set and on what was set aside; zeros and steps on the first test images."""
    if isinstance(network, ParentNetwork):
        network = folded_parent(network)
    result = {"settings": settings.as_dictionary(), "test_images": len(task.test_images)}
    result["test_accuracy"] = accuracy(network, task.test_images, task.test_labels)
    held = task.validation_images, task.validation_labels
    for name, images, labels in (("validation", *held), ("test", task.test_images, task.test_labels)):
        if len(images):
            result[f"{name}_accuracy"] = accuracy(network, images, labels)
            orders = ["rows", "windows"]
            result[f"{name}_activity"] = activity(network, images[:ACTIVITY_IMAGES], settings.rows, orders)
    return result
