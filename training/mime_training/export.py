"""Trained networks as files for mimegen: float safetensors, and images with labels."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from mime_training import checkpoint
from mime_training.architecture import Layer
from mime_training.errors import UserError
from mime_training.files import replacing
from mime_training.network import TaskNetwork
from mime_training.tasks import Task, file_name
from mime_training.train import task_network

INPUT_SCALE = repr(1 / 255)


def export_mime(parent: Path, tasks: list[Path], path: Path) -> None:
    """The parent and tasks on it, with thresholds or a head alone, as one MIME file."""
    states = [checkpoint.finished_state(folder) for folder in [parent, *tasks]]
    for folder, state in zip(tasks, states[1:]):
        if state["settings"]["method"] not in ("thresholds", "head"):
            raise UserError(f"{folder} has weights of its own and goes into no MIME file")
    names = task_names(states)
    networks = [task_network(state) for state in states]
    tensors = {}
    for index, layer in enumerate(networks[0].layers):
        for what in ("weights", "biases"):
            shared = getattr(networks[0], what)[index]
            for folder, network in zip(tasks, networks[1:]):
                if not torch.equal(shared, getattr(network, what)[index]):
                    raise UserError(f"{folder} is no task of the parent in {parent}: its {what} differ in {layer.name}")
            tensors[f"parent.{layer.name}.{'weight' if what == 'weights' else 'bias'}"] = shared
        if networks[0].bits is not None:
            tensors[f"parent.{layer.name}.activation_step"] = networks[0].steps[index : index + 1]
    for name, network in zip(names, networks):
        for layer, t in zip(network.layers, network.thresholds):
            tensors[f"task.{name}.{layer.name}.threshold"] = t
        add_head(tensors, name, network)
    relu = [name for name, network in zip(names, networks) if not network.thresholds]
    more = {"mode": "mime", "relu_tasks": ",".join(relu)}
    if networks[0].bits is not None:
        more["activation_levels"] = str(networks[0].levels)
    write_model(path, tensors, states[0]["settings"], networks[0].layers, names, more)


def export_conventional(tasks: list[Path], path: Path) -> None:
    """Tasks with weights of their own, or a parent, as one conventional file."""
    states = [checkpoint.finished_state(folder) for folder in tasks]
    names = task_names(states)
    networks = [task_network(state) for state in states]
    tensors = {}
    for folder, name, network in zip(tasks, names, networks):
        if network.thresholds:
            raise UserError(f"{folder} has thresholds and goes into no conventional file")
        if network.layers != networks[0].layers:
            raise UserError(f"{folder} has other layers than {tasks[0]}")
        for index, layer in enumerate(network.layers):
            tensors[f"task.{name}.{layer.name}.weight"] = network.weights[index]
            tensors[f"task.{name}.{layer.name}.bias"] = network.biases[index]
        add_head(tensors, name, network)
    write_model(path, tensors, states[0]["settings"], networks[0].layers, names, {"mode": "conventional"})


def export_images(tasks: list[Task], path: Path, part: str, count: int | None = None) -> None:
    """The first `count` images of the part train or test of each task, as stored, with labels."""
    tensors = {}
    for task in tasks:
        name = file_name(task.name)
        images, labels = (getattr(task, f"{part}_{what}")[:count] for what in ("images", "labels"))
        tensors[f"x.{name}"] = images.contiguous()
        if int(labels.max()) > 255:
            raise UserError(f"the task {task.name} has more than 256 classes")
        tensors[f"label.{name}"] = labels.to(torch.uint8)
    with replacing(path) as temporary:
        save_file(tensors, temporary, metadata={"tasks": ",".join(file_name(task.name) for task in tasks)})
        temporary.chmod(0o644)


def task_names(states: list[dict]) -> list[str]:
    names = [file_name(state["settings"]["task"]) for state in states]
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"the task {name} is there twice")
    return names


def add_head(tensors: dict[str, Tensor], name: str, network: TaskNetwork) -> None:
    tensors[f"task.{name}.head.weight"] = network.head_weight()
    tensors[f"task.{name}.head.bias"] = network.head.bias


def write_model(
    path: Path, tensors: dict[str, Tensor], settings: dict, layers: list[Layer], names: list[str], more: dict
) -> None:
    metadata = {
        "format": "float/1",
        "layers": json.dumps([described(layer) for layer in layers]),
        "tasks": ",".join(names),
        "input": f"uint8 {settings['size']}x{settings['size']}",
        "input_scale": INPUT_SCALE,
        **{key: value for key, value in more.items() if value},
    }
    with replacing(path) as temporary:
        save_file({name: t.detach().contiguous() for name, t in tensors.items()}, temporary, metadata=metadata)
        temporary.chmod(0o644)


def described(layer: Layer) -> dict:
    """A layer as the file's metadata has it."""
    result = {
        "name": layer.name, "kind": layer.kind, "cin": layer.inputs, "cout": layer.outputs,
        "size": layer.size, "pool": layer.pool,
    }  # fmt: skip
    if layer.kind == "conv":
        result |= {"kernel": layer.kernel, "stride": 1, "padding": layer.padding}
    return result
