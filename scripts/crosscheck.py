"""Runs networks as ONNX graphs in onnxruntime and compares with the golden model, number by number.

    scripts/crosscheck.py MIMEGEN BUILD

`mimegen export` writes a graph for each task, `mimegen trace` what the golden model computes. Every accumulator, mask, activation and logit of onnxruntime must equal it, and the vectors that are
committed. Exit status 1: something differs that must not; 2: a command fails.
"""

import json
import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import onnxruntime.quantization as quantization
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

# Network, vectors, images of each task. Real test images, then synthetic ones that reach every corner.
TRAINED = [
    ("small", "small/model", "small/golden", 20),
    ("finetuned", "small/finetuned", "small/finetuned.golden", 10),
    ("vgg16", "vgg16/model", "vgg16/vectors", 2),
]
DIRECTED = sorted(path.name.removesuffix(".model.safetensors")
                  for path in Path("golden/directed").glob("*.model.safetensors"))
# Sums that a graph of 64 bits cannot multiply.
TOO_WIDE = {"s24": "multiplies sums by"}
SYNTHETIC_IMAGES = 16
# Graphs that onnxruntime's tool quantizes: network, form, type of activations.
QUANTIZED = [(f"{exporter}-relu", form, kind) for form in ("qdq", "qoperator") for kind in ("u8", "s8")
             for exporter in ("torchscript", "dynamo")]
# Its scales have ties, for which the nearest multiplier must be asked for.
WITH_TIES = [("torchscript-global-average", "qoperator", "u8")]
# Means of real numbers, rounded: QLinearAveragePool, and a ReduceMean between quantizers.
REFUSED = [("torchscript-average", "qoperator", "u8"), ("dynamo-average", "qoperator", "u8"),
           ("dynamo-global-average", "qoperator", "u8")]
LEVELS = {"acc": "accumulators", "mask": "masks", "act": "activations"}


class Comparison:
    """Counts what is equal and what is not."""

    def __init__(self):
        self.numbers = 0
        self.differences = 0
        self.first = None

    def add(self, place, expected, actual):
        expected, actual = np.asarray(expected), np.asarray(actual)
        if expected.shape != actual.shape:
            expected = expected.reshape(actual.shape)
        wrong = expected.astype(np.float64) != actual.astype(np.float64)
        self.numbers += wrong.size
        count = int(wrong.sum())
        self.differences += count
        if count and self.first is None:
            at = tuple(int(i) for i in np.argwhere(wrong)[0])
            self.first = f"{place} at {list(at)}: {expected[at]} expected, {actual[at]} in onnxruntime"
        return count


def mimegen(*arguments):
    result = subprocess.run([sys.argv[1], *map(str, arguments)], capture_output=True, text=True)
    if result.returncode not in (0, 2):
        sys.exit(f"mimegen {' '.join(map(str, arguments))} ends with {result.returncode}: {result.stderr}")
    return result


def succeed(*arguments):
    result = mimegen(*arguments)
    if result.returncode:
        print(f"mimegen {' '.join(map(str, arguments))}: {result.stderr}", file=sys.stderr)
        sys.exit(2)


def session(path, optimizes):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    level = onnxruntime.GraphOptimizationLevel
    options.graph_optimization_level = level.ORT_ENABLE_ALL if optimizes else level.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run(path, images, optimizes=False, task=None):
    own = session(path, optimizes)
    names = [output.name for output in own.get_outputs()]
    image = own.get_inputs()[0]
    number = {} if task is None else {"task": np.asarray(task, np.int64)}
    types = {"tensor(uint8)": np.uint8, "tensor(int8)": np.int8, "tensor(uint16)": np.uint16,
             "tensor(int16)": np.int16, "tensor(int32)": np.int32}
    images = images.reshape([len(images), *image.shape[1:]]).astype(types[image.type])
    return dict(zip(names, own.run(names, {image.name: images, **number})))


def tasks_of(path):
    with safe_open(path, "numpy") as file:
        return file.metadata()["tasks"].split(","), file.metadata()


class Network:
    def __init__(self, name, model, vectors, limit, build, has_results=True):
        self.name = name
        self.model = model
        self.tasks, self.metadata = tasks_of(model)
        self.build = build / name
        self.build.mkdir(parents=True, exist_ok=True)
        trace = self.build / "trace.safetensors"
        # The exact path where networks are small; the tests compare it with the fast one.
        path = ["--fast"] if limit != SYNTHETIC_IMAGES else []
        succeed("trace", "--model", model, "--vectors", vectors, "--limit", limit, *path, "-o", trace)
        self.traces = load_file(trace)
        # What others computed; not of a network that is changed here.
        self.vectors = load_file(vectors) if has_results else {}
        self.limit = limit

    def export(self, form):
        path = self.build / f"{form}.onnx"
        return mimegen("export", self.model, "--form", form, "--all", "--trace", "-o", path)

    def export_all_tasks(self):
        return mimegen("export", self.model, "--multi-task", "--trace", "-o", self.build / "all.onnx")

    def images(self, task):
        return self.traces[f"x.{task}"] if f"x.{task}" in self.traces else None

    def outputs(self, form, task, optimizes=False):
        if form == "all":
            return run(self.build / "all.onnx", self.images(task), optimizes, self.tasks.index(task))
        return run(self.build / f"{form}.{task}.onnx", self.images(task), optimizes)

    def compare(self, form, levels, optimizes=False):
        comparison = Comparison()
        for task in self.tasks:
            if self.images(task) is None:
                continue
            outputs = self.outputs(form, task, optimizes)
            for name, value in outputs.items():
                if name == "logits":
                    self.compare_logits(comparison, task, value)
                    continue
                layer, level = name.rsplit(".", 1)
                if level not in levels:
                    continue
                place = f"{self.name}, task {task}, layer {layer}, {LEVELS[level]}"
                key = f"trace.{task}.{layer}.{level}"
                comparison.add(place, self.traces[key], value)
                if key in self.vectors:
                    given = self.vectors[key][: self.limit]
                    comparison.add(f"{place} of the vectors", given, value[: len(given)])
        return comparison

    def compare_logits(self, comparison, task, value):
        comparison.add(f"{self.name}, task {task}, logits", self.traces[f"logits.{task}"], value)
        if f"logits.{task}" in self.vectors:
            given = self.vectors[f"logits.{task}"][: self.limit]
            comparison.add(f"{self.name}, task {task}, logits of the vectors", given, value)


def with_powers_of_two(model, path):
    """The network with each multiplier replaced by the nearest power of two, as a shift."""
    tensors = load_file(model)
    metadata = tasks_of(model)[1]
    for name in [name for name in tensors if name.endswith(".mult")]:
        shift = name.removesuffix("mult") + "shift"
        less = np.round(np.log2(tensors[name].astype(np.float64))).astype(np.int64)
        tensors[shift] = np.clip(tensors[shift].astype(np.int64) - less, 0, 63).astype(np.uint8)
        tensors[name] = np.ones_like(tensors[name])
    save_file(tensors, path, metadata)
    return path


def report(what, comparison, failures):
    equal = comparison.differences == 0
    print(f"{what:48} {comparison.numbers:>12,} numbers  "
          + ("equal" if equal else f"{comparison.differences:,} DIFFER"))
    if not equal:
        print(f"  first: {comparison.first}")
        failures.append(what)


def explain(network, failures):
    """Where single precision makes a difference, and whether its rounding explains that.

    Differences are looked at where all activations before were equal. Each must lie near a place where the
    result changes, the threshold or a tie of the rounding: nearer, in steps of the sum, than single precision
    can be wrong, sqrt(K) * 2^-24 * max|a| * sum|w| for a sum of K products, and 2^-22 of the sum itself.
    """
    total = differing = first = flips = 0
    farthest = largest = 0.0
    model = load_file(network.model)
    signed = network.metadata["activation"][0] == "s"
    top = (1 << (int(network.metadata["activation"][1:]) - signed)) - 1
    for task in network.tasks:
        outputs = network.outputs("qdq", task)
        layers = [name.removesuffix(".act") for name in outputs if name.endswith(".act")]
        clean = np.ones(len(network.images(task)), bool)
        for layer in layers:
            trace = {level: network.traces[f"trace.{task}.{layer}.{level}"] for level in ("acc", "act")}
            wrong = trace["act"] != outputs[f"{layer}.act"].reshape(trace["act"].shape)
            total += wrong.size
            differing += int(wrong.sum())
            own = wrong & clean.reshape([-1] + [1] * (wrong.ndim - 1))
            clean &= ~wrong.reshape(len(wrong), -1).any(axis=1)
            if not own.any():
                continue
            prefix = "parent" if f"parent.{layer}.mult" in model else f"task.{task}"
            shape = [1, -1] + [1] * (wrong.ndim - 2)
            weights = np.abs(model[f"{prefix}.{layer}.weight"].astype(np.float64))
            weights = weights.reshape(len(weights), -1)
            limit = np.sqrt(weights.shape[1]) * 2.0**-24 * top * weights.sum(axis=1)
            limit = limit.reshape(shape) + 2.0**-22 * np.abs(trace["acc"])
            threshold = model.get(f"task.{task}.{layer}.threshold", np.zeros(1, np.int64))
            to_threshold = np.abs(trace["acc"] - threshold.astype(np.float64))
            scale = (model[f"{prefix}.{layer}.mult"].astype(np.float64)
                     / 2.0 ** model[f"{prefix}.{layer}.shift"]).reshape(shape)
            exact = trace["acc"] * scale
            to_tie = np.abs(exact - np.floor(exact) - 0.5) / scale
            distance = np.minimum(to_threshold, to_tie)[own]
            first += int(own.sum())
            flips += int((to_threshold <= to_tie)[own].sum())
            farthest = max(farthest, float(distance.max()))
            largest = max(largest, float((distance / np.broadcast_to(limit, own.shape)[own]).max()))
    print(f"{network.name:48} {total:>12,} activations  {differing:,} differ, {first:,} of them with equal inputs")
    if first:
        print(f"  {flips:,} at thresholds and {first - flips:,} at ties, at most {farthest:.2g} steps of the sum away,"
              f" {largest:.1g} of what single precision can be wrong by")
    if largest > 1:
        failures.append(f"{network.name}, QDQ with multipliers")


class Images(quantization.CalibrationDataReader):
    def __init__(self, images):
        self.images = iter(images)

    def get_next(self):
        image = next(self.images, None)
        return None if image is None else {"images": image[None]}


LAYERS_OF_FORM = {"qdq": ("Conv", "Gemm"), "qoperator": ("QLinearConv", "QGemm", "QLinearGlobalAveragePool")}


def quantized_by_onnxruntime(name, form, kind, build, comparison, *options):
    """A network of PyTorch that onnxruntime's own tool quantizes: imported, it gives the same activations,
    and the same logits once these are rounded as onnxruntime rounds them.

    Returns what `mimegen import` says where it refuses the graph.
    """
    given = load_file(f"Tests/ONNXTests/Exported/{name}.safetensors")
    build = build / f"{name}.{form}.{kind}"
    build.mkdir(parents=True, exist_ok=True)
    path = build / "quantized.onnx"
    quantization.quantize_static(
        f"Tests/ONNXTests/Exported/{name}.onnx", path, Images(given["images"]),
        quant_format={"qdq": quantization.QuantFormat.QDQ, "qoperator": quantization.QuantFormat.QOperator}[form],
        activation_type={"u8": quantization.QuantType.QUInt8, "s8": quantization.QuantType.QInt8}[kind],
        weight_type=quantization.QuantType.QInt8,
        extra_options={"WeightSymmetric": True, "ActivationSymmetric": kind == "s8"})
    imported = build / "imported.safetensors"
    result = mimegen("import", path, "-o", imported, *options)
    if result.returncode:
        return result.stderr.strip()
    # What each layer gives, as integers.
    model = onnx.load(path)
    nodes = [node for node in model.graph.node if node.op_type in LAYERS_OF_FORM[form]]
    results = [node.output[0] for node in nodes]
    if form == "qdq":
        results = [node.output[0] for node in model.graph.node
                   if node.op_type == "QuantizeLinear" and node.input[0] in results]
    codes = [node.output[0] for node in model.graph.node
             if node.op_type == "QuantizeLinear" and node.input[0] == "images"]
    code = onnx.TensorProto.INT8 if kind == "s8" else onnx.TensorProto.UINT8
    del model.graph.output[:]
    model.graph.output.extend(onnx.helper.make_tensor_value_info(output, code, None) for output in codes + results)
    traced = build / "traced.onnx"
    onnx.save(model, traced)
    outputs = session(traced, True).run(None, {"images": given["images"]})
    vectors = build / "images.safetensors"
    task = tasks_of(imported)[0][0]
    save_file({f"x.{task}": outputs[0]}, vectors)
    trace = build / "trace.safetensors"
    succeed("trace", "--model", imported, "--vectors", vectors, "-o", trace)
    traces = load_file(trace)
    names = [layer["name"] for layer in json.loads(tasks_of(imported)[1]["layers"])]
    assert len(names) == len(results) - 1, (names, results)
    for layer, output in zip(names, outputs[1:-1]):
        # Relu follows what is signed.
        comparison.add(f"{name}, layer {layer}, activations", traces[f"trace.{task}.{layer}.act"],
                       np.maximum(output, 0))
    if form == "qoperator":
        numbers = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        scale_in, scale_weights, scale_out, zero = (numbers[nodes[-1].input[at]] for at in (1, 4, 7, 8))
        ratio = np.float32(scale_in * scale_weights) / np.float32(scale_out)
        limits = np.iinfo(zero.dtype)
        rounded = np.rint(traces[f"logits.{task}"].astype(np.float32) * ratio) + zero
        comparison.add(f"{name}, logits", np.clip(rounded, limits.min, limits.max), outputs[-1])
    return None


def real_numbers(build, failures):
    """Networks of PyTorch, imported and exported: the graph gives PyTorch's logits of the stored images, and
    is the same network when it is imported again."""
    for path in sorted(Path("Tests/ONNXTests/Exported").glob("*.onnx")):
        imported, again = build / "real.safetensors", build / "again.safetensors"
        graph = build / f"{path.stem}.real.onnx"
        succeed("import", path, "-o", imported)
        succeed("export", imported, "-o", graph)
        succeed("import", graph, "-o", again)
        given = load_file(path.with_suffix(".safetensors"))
        wrong = float(np.abs(run(graph, given["stored"])["logits"] - given["logits"]).max())
        same = imported.read_bytes() == again.read_bytes()
        print(f"{path.stem:48} logits at most {wrong:.1g} from PyTorch's, "
              + ("the same when imported again" if same else "NOT the same when imported again"))
        if wrong > 1e-5 or not same:
            failures.append(f"{path.stem}, real numbers")


def main():
    build = Path(sys.argv[2])
    golden = Path("golden")
    failures = []
    networks = [Network(name, golden / f"{model}.safetensors", golden / f"{vectors}.safetensors", limit, build)
                for name, model, vectors, limit in TRAINED]
    networks += [Network(name, golden / "directed" / f"{name}.model.safetensors",
                         golden / "directed" / f"{name}.vectors.safetensors", SYNTHETIC_IMAGES, build)
                 for name in DIRECTED]
    for form, what in (("integer", "Integer operators:"), ("all", "\nInteger operators, all tasks in one graph:")):
        print(what)
        for network in networks:
            result = network.export_all_tasks() if form == "all" else network.export(form)
            if result.returncode:
                if network.name in TOO_WIDE and TOO_WIDE[network.name] in result.stderr:
                    print(f"{network.name:48} {'not expressible:':>20} {result.stderr.strip()}")
                    continue
                print(result.stderr, file=sys.stderr)
                sys.exit(2)
            report(network.name, network.compare(form, LEVELS), failures)

    print("\nQuantizeLinear and DequantizeLinear, powers of two:")
    powers = build / "powers.safetensors"
    small = with_powers_of_two(golden / "small/model.safetensors", powers)
    pairs = [Network("small, powers of two", small, golden / "small/golden.safetensors", 20, build, False)]
    pairs += [network for network in networks if network.name == "shift"]
    for network in pairs:
        result = network.export("qdq")
        if result.returncode:
            print(result.stderr, file=sys.stderr)
            sys.exit(2)
        for optimizes in (False, True):
            how = "optimized" if optimizes else "as written"
            report(f"{network.name}, {how}", network.compare("qdq", ("mask", "act"), optimizes), failures)

    print("\nQuantizeLinear and DequantizeLinear, multipliers or sums of 32 bits:")
    for network in networks[:3] + [network for network in networks if network.name == "s8-shift"]:
        result = network.export("qdq")
        if result.returncode:
            print(result.stderr, file=sys.stderr)
            sys.exit(2)
        explain(network, failures)

    print("\nQuantized by onnxruntime, run as QLinearConv and the like, and imported:")
    logging.disable(logging.WARNING)
    for name, form, kind in QUANTIZED + WITH_TIES + REFUSED:
        comparison = Comparison()
        what = f"{name}, {form}, {kind}"
        options = ["--approximate"] if (name, form, kind) not in QUANTIZED else []
        refusal = quantized_by_onnxruntime(name, form, kind, build, comparison, *options)
        if refusal is None and options:
            print(f"{what:48} {comparison.numbers:>12,} numbers  {comparison.differences:,} differ")
        elif refusal is None:
            report(what, comparison, failures)
        else:
            print(f"{what:48} {'refused:':>20} {refusal}")
        if (refusal is None) == ((name, form, kind) in REFUSED):
            failures.append(what)

    print("\nReal numbers:")
    real_numbers(build, failures)

    if failures:
        print(f"\nDIFFERENT: {', '.join(failures)}")
        sys.exit(1)
    print("\nAll that must be equal is.")


main()
