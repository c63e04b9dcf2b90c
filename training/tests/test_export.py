import json
import struct
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from mime_training import checkpoint, train
from mime_training.errors import UserError
from mime_training.export import export_conventional, export_images, export_mime
from mime_training.onnx_export import Form, Inference, export_onnx

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> Path:
    """A parent, two tasks with thresholds, one with a head alone, and a fine-tuned one."""
    from conftest import small_task
    from mime_training.settings import Settings

    folder = tmp_path_factory.mktemp("runs")
    common = {"network": "vgg-tiny", "size": 8, "epochs": 2, "batch": 16, "rate": 0.01}
    more = {"parent": str(folder / "parent"), "threshold_rate": 0.05}
    for name, method, task, own in (
        ("parent", "parent", "squares", {}), ("one", "thresholds", "one", more), ("two", "thresholds", "two", more),
        ("head", "head", "three", more), ("tuned", "finetune", "one", more),
    ):  # fmt: skip
        settings = Settings(**{**common, "method": method, "task": task, **own})
        train.run(settings, folder / name, lambda s: small_task(s.task), CPU)
    return folder


def read(path: Path) -> tuple[dict, dict]:
    """Metadata and tensors, by the form's own words: a length, a JSON header, the data."""
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__")
    types = {"F32": np.float32, "U8": np.uint8}
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        raw = data[8 + length + begin : 8 + length + end]
        tensors[name] = np.frombuffer(raw, types[entry["dtype"]]).reshape(entry["shape"])
    return metadata, tensors


def forward(metadata: dict, tensors: dict, prefix: str, task: str, image: np.ndarray) -> np.ndarray:
    """The logits of one stored image, in loops over positions and in 64 bits."""
    a = image.astype(np.float64) * float(metadata["input_scale"])
    for layer in json.loads(metadata["layers"]):
        weight = tensors[f"{prefix}.{layer['name']}.weight"].astype(np.float64)
        bias = tensors[f"{prefix}.{layer['name']}.bias"].astype(np.float64)
        if layer["kind"] == "fc":
            y = weight @ a.flatten() + bias
        else:
            k, size = layer["kernel"], layer["size"]
            padded = np.pad(a, ((0, 0), (layer["padding"],) * 2, (layer["padding"],) * 2))
            y = np.zeros((layer["cout"], size, size))
            for row in range(size):
                for column in range(size):
                    window = padded[:, row : row + k, column : column + k]
                    y[:, row, column] = (weight * window).sum((1, 2, 3)) + bias
        t = tensors.get(f"task.{task}.{layer['name']}.threshold", np.zeros(1))
        a = np.where(y >= t, y, 0)
        if (step := tensors.get(f"{prefix}.{layer['name']}.activation_step")) is not None:
            a = np.minimum(np.round(a / step), float(metadata["activation_levels"])) * step
        if layer["pool"]:
            a = np.stack([a[:, i::2, j::2] for i in (0, 1) for j in (0, 1)]).max(0)
    return tensors[f"task.{task}.head.weight"] @ a.flatten() + tensors[f"task.{task}.head.bias"]


def logits_of(folder: Path, images: np.ndarray) -> np.ndarray:
    network = train.task_network(checkpoint.finished_state(folder))
    with torch.no_grad():
        return network(torch.from_numpy(images).float() / 255).numpy()


def test_mime_file(runs, tmp_path):
    path = tmp_path / "model.safetensors"
    export_mime(runs / "parent", [runs / "one", runs / "two", runs / "head"], path)
    metadata, tensors = read(path)
    assert {key: metadata[key] for key in ("format", "mode", "tasks", "relu_tasks", "input")} == {
        "format": "float/1", "mode": "mime", "tasks": "squares,one,two,three", "relu_tasks": "squares,three",
        "input": "uint8 8x8",
    }  # fmt: skip
    assert float(metadata["input_scale"]) == 1 / 255
    assert tensors["task.two.conv2.threshold"].shape == (8, 4, 4) and tensors["task.two.fc1.threshold"].shape == (16,)
    images = np.random.default_rng(1).integers(0, 256, (4, 1, 8, 8), dtype=np.uint8)
    for task, folder in (("squares", "parent"), ("one", "one"), ("two", "two"), ("three", "head")):
        expected = logits_of(runs / folder, images)
        for image, logits in zip(images, expected):
            assert np.allclose(forward(metadata, tensors, "parent", task, image), logits, atol=1e-4)


def test_mime_file_of_rounded_numbers(tmp_path, task, settings):
    """Its numbers are those that the task was learned with: another run of them gives the same logits."""
    for name, method, own in (("parent", "parent", {}), ("one", "thresholds", {"parent": str(tmp_path / "parent")})):
        train.run(settings(method, bits=3, threshold_rate=0.05, **own), tmp_path / name, lambda _: task, CPU)
    export_mime(tmp_path / "parent", [], tmp_path / "parent.safetensors")
    state = checkpoint.finished_state(tmp_path / "one")
    checkpoint.save_state(tmp_path / "one", {**state, "settings": {**state["settings"], "task": "one"}})
    export_mime(tmp_path / "parent", [tmp_path / "one"], tmp_path / "model.safetensors")
    metadata, tensors = read(tmp_path / "model.safetensors")
    assert metadata["activation_levels"] == "7"
    assert tensors["parent.conv1.activation_step"].shape == (1,)
    assert len(np.unique(tensors["task.one.head.weight"])) <= 7
    images = np.random.default_rng(4).integers(0, 256, (3, 1, 8, 8), dtype=np.uint8)
    for name, folder in (("squares", "parent"), ("one", "one")):
        for image, logits in zip(images, logits_of(tmp_path / folder, images)):
            assert np.allclose(forward(metadata, tensors, "parent", name, image), logits, atol=1e-4)


def test_conventional_file(runs, tmp_path):
    path = tmp_path / "model.safetensors"
    export_conventional([runs / "tuned"], path)
    metadata, tensors = read(path)
    assert metadata["mode"] == "conventional" and "relu_tasks" not in metadata
    images = np.random.default_rng(2).integers(0, 256, (2, 1, 8, 8), dtype=np.uint8)
    for image, logits in zip(images, logits_of(runs / "tuned", images)):
        assert np.allclose(forward(metadata, tensors, "task.one", "one", image), logits, atol=1e-4)


def test_images(task, tmp_path):
    export_images([task], tmp_path / "v.safetensors", "test", 5)
    metadata, tensors = read(tmp_path / "v.safetensors")
    assert metadata["tasks"] == "squares"
    assert (tensors["x.squares"] == task.test_images[:5].numpy()).all()
    assert tensors["label.squares"].tolist() == task.test_labels[:5].tolist()


ERRORS = [
    (lambda r, p: export_mime(r / "parent", [r / "tuned"], p),
     "{0}/tuned has weights of its own and goes into no MIME file"),
    (lambda r, p: export_mime(r / "parent", [r / "one", r / "one"], p), "the task one is there twice"),
    (lambda r, p: export_conventional([r / "one"], p), "{0}/one has thresholds and goes into no conventional file"),
    (lambda r, p: export_mime(r / "other", [r / "one"], p),
     "{0}/one is no task of the parent in {0}/other: its weights differ in conv1"),
]  # fmt: skip


@pytest.mark.parametrize("export, message", ERRORS)
def test_errors(runs, tmp_path, export, message):
    other = checkpoint.finished_state(runs / "parent")
    other["network"]["weights.0"] += 1
    (runs / "other").mkdir(exist_ok=True)
    checkpoint.save_state(runs / "other", other)
    with pytest.raises(UserError) as caught:
        export(runs, tmp_path / "m.safetensors")
    assert str(caught.value) == message.format(runs)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("dynamo", [False, True])
@pytest.mark.parametrize("form", list(Form))
def test_onnx(runs, tmp_path, dynamo, form):
    network = train.task_network(checkpoint.finished_state(runs / "one"))
    path = tmp_path / "one.onnx"
    export_onnx(Inference(network, form), torch.zeros(2, 1, 8, 8), path, dynamo, 18)
    assert [each.name for each in tmp_path.iterdir()] == ["one.onnx"]
    images = np.random.default_rng(3).integers(0, 256, (7, 1, 8, 8), dtype=np.uint8)
    session = onnxruntime.InferenceSession(path)
    found = session.run(["logits"], {"images": images.astype(np.float32) / 255})[0]
    assert np.allclose(found, logits_of(runs / "one", images), atol=1e-4)
