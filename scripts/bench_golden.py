"""Times the golden model beside onnxruntime on the same network of integers, one thread each.

    bench_golden.py MIMEGEN MODEL VECTORS TASK

The task is a ReLU one, so that QLinearConv computes it: with scales of 1 for activations and of
multiplier / 2^shift for weights it rounds the same products. Both run in turns, and the best round of
each counts; of onnxruntime also the best size of a batch.
"""

import json
import struct
import subprocess
import sys
import time

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

TYPES = {"I8": "i1", "U8": "u1", "I16": "<i2", "U16": "<u2", "I32": "<i4", "U32": "<u4",
         "I64": "<i8", "F32": "<f4", "F64": "<f8"}
ROUNDS = 5
BATCHES = [1, 8, 32]
IMAGES = 160


def tensors(path):
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))
        data = file.read()
    metadata = header.pop("__metadata__", {})
    arrays = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        arrays[name] = np.frombuffer(data[begin:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
    return metadata, arrays


def onnx_model(metadata, arrays, task):
    """The network for one ReLU task, with its fully connected layers as 1x1 convolutions."""
    nodes, initializers = [], []

    def constant(name, value):
        initializers.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    one = constant("one", np.float32(1))
    zero = constant("zero", np.uint8(0))
    weight_zero = constant("weight_zero", np.int8(0))
    value = "images"
    for layer in json.loads(metadata["layers"]):
        name = layer["name"]
        weight = arrays[f"parent.{name}.weight"].astype(np.int8)
        if layer["kind"] == "fc":
            nodes.append(helper.make_node("Reshape", [value, constant(f"{name}_shape", np.array(
                [0, -1, 1, 1], np.int64))], [f"{name}_flat"]))
            value = f"{name}_flat"
            weight = weight.reshape(*weight.shape, 1, 1)
        kernel = weight.shape[2]
        padding = layer.get("padding", kernel // 2 if layer["kind"] == "conv" else 0)
        scale = (arrays[f"parent.{name}.mult"].astype(np.float64)
                 / 2.0 ** arrays[f"parent.{name}.shift"].astype(np.float64)).astype(np.float32)
        channels = weight.shape[0]
        nodes.append(helper.make_node(
            "QLinearConv",
            [value, one, zero, constant(f"{name}_w", weight), constant(f"{name}_s", scale),
             constant(f"{name}_z", np.zeros(channels, np.int8)), one, zero,
             constant(f"{name}_b", arrays[f"parent.{name}.bias"].astype(np.int32))],
            [name], kernel_shape=[kernel, kernel], pads=[padding] * 4,
            strides=[layer.get("stride", 1)] * 2))
        value = name
        if layer["pool"]:
            nodes.append(helper.make_node(
                "MaxPool", [value], [f"{name}_pool"], kernel_shape=[2, 2], strides=[2, 2]))
            value = f"{name}_pool"
    nodes.append(helper.make_node("Flatten", [value], ["flat"]))
    weight = arrays[f"task.{task}.head.weight"].astype(np.int8).T.copy()
    nodes.append(helper.make_node(
        "MatMulInteger", ["flat", constant("head_w", weight), zero, weight_zero], ["sums"]))
    nodes.append(helper.make_node(
        "Add", ["sums", constant("head_b", arrays[f"task.{task}.head.bias"].astype(np.int32))],
        ["logits"]))
    first = json.loads(metadata["layers"])[0]
    shape = ["n", first["cin"], first["size"], first["size"]]
    graph = helper.make_graph(
        nodes, "network", [helper.make_tensor_value_info("images", TensorProto.UINT8, shape)],
        [helper.make_tensor_value_info("logits", TensorProto.INT32, ["n", weight.shape[1]])],
        initializers)
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9).SerializeToString()


def main(mimegen, model, vectors, task):
    metadata, arrays = tensors(model)
    _, given = tensors(vectors)
    images = given[f"x.{task}"]
    images = images.reshape(len(images), -1, *images.shape[-2:])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        onnx_model(metadata, arrays, task), options, providers=["CPUExecutionProvider"])

    logits = session.run(None, {"images": images})[0]
    wanted = given[f"logits.{task}"]
    classes = int((logits.argmax(1) == wanted.argmax(1)).sum())
    print(f"onnxruntime {onnxruntime.__version__}: {classes} of {len(images)} classes as the vectors "
          f"have them, {float((logits == wanted).mean()):.1%} of the logits equal")
    if classes * 20 < len(images) * 19:
        print("bench-golden: onnxruntime computes another network", file=sys.stderr)
        return 1

    repeated = np.concatenate([images] * -(-IMAGES // len(images)))[:IMAGES]
    own, other = 0.0, 0.0
    for _ in range(ROUNDS):
        for batch in BATCHES:
            start = time.perf_counter()
            for first in range(0, IMAGES, batch):
                session.run(None, {"images": repeated[first:first + batch]})
            other = max(other, IMAGES / (time.perf_counter() - start))
        run = subprocess.run(
            [mimegen, "bench-golden", "--model", model, "--vectors", vectors, "--task", task,
             "--images", str(IMAGES), "--rounds", str(len(BATCHES)), "--brief"],
            capture_output=True, text=True, check=True)
        own = max(own, float(run.stdout))
    print(f"golden model:  {own:8.1f} images a second on one thread")
    print(f"onnxruntime:   {other:8.1f} images a second on one thread")
    print(f"ratio:         {own / other:8.2f}")
    print("\ninstructions of the golden model, side by side:", flush=True)
    subprocess.run(
        [mimegen, "bench-golden", "--model", model, "--vectors", vectors, "--task", task,
         "--images", str(IMAGES), "--rounds", "2"], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
