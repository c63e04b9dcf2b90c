#!/usr/bin/env python3
"""Writes the directed networks and vectors of golden/directed.

    scripts/directed.py [FOLDER]            write them (FOLDER: golden/directed)
    scripts/directed.py --check [FOLDER]    say which files of FOLDER differ from what it writes

They reach what real data hardly ever does; how often each network reaches each situation is
printed. Exit status: 0 done, 1 files differ or a network no longer reaches something it is for.
"""
import json
import math
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

from directed_networks import HALF, PLANS, ROUNDINGS, Network, format_range, signed_range

EVERYWHERE = (
    "image of zeros", "image of highest values", "weight of zero", "logits tie for the class",
    "lowest weight times highest input", "sum equals threshold", "sum one below threshold",
    "sum one above threshold", "kept, but rounded to zero", "masked, but not zero",
    "clamped high", "exactly the high clamp", "tie between the high clamp and one more",
    "tie above an even floor", "tie above an odd floor", "highest accumulator", "shift of 0",
    "shift of 63", "highest multiplier",
)
SIGNED = (
    "lowest accumulator", "negative threshold", "negative sum kept", "clamped low",
    "exactly the low clamp", "tie between the low clamp and one less", "negative tie",
    "lowest activation as operand",
)


def situations(network):
    """How often each situation occurs."""
    plan, counts = network.plan, Counter()
    image_range = format_range(plan.input)
    for images in network.images.values():
        for image in images:
            counts["image of zeros"] += not any(image)
            counts["image of highest values"] += min(image) == image_range[1]
            counts["lowest image value"] += image_range[0] < 0 and image_range[0] in image
    for logits in network.logits.values():
        counts["logits tie for the class"] += sum(row.count(max(row)) > 1 for row in logits)
    for layer in plan.layers:
        for task in plan.tasks:
            numbers = network.numbers_of(task, layer)
            count_operands(plan, layer, numbers[0], network, task, counts)
            for image in range(plan.images):
                for neuron, y in enumerate(network.acc[task, layer.name, image]):
                    t = network.thresholds[task, layer.name][neuron]
                    channel = neuron // layer.out**2
                    q = network.act[task, layer.name, image][neuron]
                    count_neuron(plan, y, t, numbers[2][channel], numbers[3][channel], q, counts)
    return counts


def count_operands(plan, layer, weights, network, task, counts):
    is_first = layer == plan.layers[0]
    low, high = format_range(plan.input) if is_first else plan.clamp
    lowest_weight = signed_range(plan.weight_bits)[0]
    inputs = [network.layer_inputs[layer.name][task, image] for image in range(plan.images)]
    counts["weight of zero"] += sum(row.count(0) for row in weights)
    for row in weights:
        for window in layer.windows():
            for values in inputs:
                counts["lowest weight times highest input"] += any(
                    row[k] == lowest_weight and values[i] == high for k, i in window)
    counts["lowest activation as operand"] += sum(
        values.count(low) for values in inputs if not is_first)


def count_neuron(plan, y, t, multiplier, shift, q, counts):
    low, high = plan.clamp
    counts["sum equals threshold"] += y == t
    counts["sum one below threshold"] += y == t - 1
    counts["sum one above threshold"] += y == t + 1
    counts["negative threshold"] += t < 0
    counts["lowest accumulator"] += y == signed_range(plan.sum_bits)[0]
    counts["highest accumulator"] += y == signed_range(plan.sum_bits)[1]
    if y < t:
        counts["masked, but not zero"] += y != 0
        return
    x = Fraction(y * multiplier, 2**shift)
    rounded = ROUNDINGS[plan.rounding](x)
    floor = math.floor(x)
    is_tie = x - floor == HALF
    counts["negative sum kept"] += y < 0
    counts["kept, but rounded to zero"] += y != 0 and q == 0
    counts["clamped high"] += rounded > high
    counts["clamped low"] += rounded < low
    counts["exactly the high clamp"] += rounded == high
    counts["exactly the low clamp"] += rounded == low
    counts["tie between the high clamp and one more"] += x == high + HALF
    counts["tie between the low clamp and one less"] += x == low - HALF
    counts["tie above an even floor"] += is_tie and floor % 2 == 0
    counts["tie above an odd floor"] += is_tie and floor % 2 == 1
    counts["negative tie"] += is_tie and x < 0
    counts["shift of 0"] += shift == 0 and y != 0
    counts["shift of 63"] += shift == 63 and y != 0
    counts["highest multiplier"] += multiplier == max(plan.multipliers) and y != 0
    for name, other in ROUNDINGS.items():
        counts[f"differs from {name}"] += min(max(other(x), low), high) != q


def required(plan):
    """The situations a network is for."""
    names = list(EVERYWHERE + plan.extra)
    others = [name for name in ROUNDINGS if name != plan.rounding]
    if plan.is_signed:
        names += SIGNED
    else:
        # A sum that is kept is not negative: half-away is half-up, and toward-zero is floor.
        others = ["half-up", "floor"]
    return names + [f"differs from {name}" for name in others]


def tensor(name, shape, values, kinds):
    """(name, dtype, shape, bytes), of the narrowest dtype of the kinds I and U that holds them."""
    for width in (8, 16, 32, 64):
        for kind in kinds:
            low, high = format_range({"I": "s", "U": "u"}[kind] + str(width))
            if low <= min(values) and max(values) <= high:
                data = b"".join(
                    v.to_bytes(width // 8, "little", signed=kind == "I") for v in values)
                return name, f"{kind}{width}", shape, data
    raise ValueError(f"{name} holds {min(values)} to {max(values)}")


def safetensors(tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, dtype, shape, content in sorted(tensors):
        offsets = [len(data), len(data) + len(content)]
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": offsets}
        data += content
    text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + data


def flat(rows):
    return [value for row in rows for value in row]


def metadata(plan):
    result = dict(
        layers=json.dumps([layer.metadata for layer in plan.layers]), tasks=",".join(plan.tasks), mode=plan.mode, input=plan.input,
        activation=plan.activation, clamp=json.dumps(plan.clamp), rounding=plan.rounding,
        source="synthetic, written by scripts/directed.py")
    if plan.head_average:
        result["head_input"] = "average"
    if plan.relu_tasks:
        result["relu_tasks"] = ",".join(plan.relu_tasks)
    return result


def model_file(network):
    plan, tensors = network.plan, []
    for layer in plan.layers:
        for owner in network.owners:
            prefix = f"{owner}.{layer.name}" if owner == "parent" else f"task.{owner}.{layer.name}"
            weights, bias, multipliers, shifts = network.numbers[owner, layer.name]
            kernel = [layer.kernel, layer.kernel] if layer.kind == "conv" else []
            tensors += [
                tensor(f"{prefix}.weight", [layer.cout, layer.cin] + kernel, flat(weights), "I"),
                tensor(f"{prefix}.bias", [layer.cout], bias, "I"),
                tensor(f"{prefix}.mult", [layer.cout], multipliers, "U"),
                tensor(f"{prefix}.shift", [layer.cout], shifts, "U"),
            ]
        tensors += [
            tensor(f"task.{task}.{layer.name}.threshold", layer.shape,
                   network.thresholds[task, layer.name], "I")
            for task in plan.tasks if plan.mode == "mime" and task not in plan.relu_tasks
        ]
    for task, (weights, bias) in network.heads.items():
        shape = [len(weights), len(weights[0])]
        tensors += [tensor(f"task.{task}.head.weight", shape, flat(weights), "I"),
                    tensor(f"task.{task}.head.bias", shape[:1], bias, "I")]
    return safetensors(tensors, metadata(plan))


def vector_file(network):
    plan, tensors = network.plan, []
    first = plan.layers[0]
    image_shape = [first.cin] + ([first.size, first.size] if first.kind == "conv" else [])
    for task in plan.tasks:
        logits = network.logits[task]
        tensors += [
            tensor(f"x.{task}", [plan.images] + image_shape, flat(network.images[task]), "UI"),
            tensor(f"label.{task}", [plan.images], [r.index(max(r)) for r in logits], "U"),
            tensor(f"logits.{task}", [plan.images, len(logits[0])], flat(logits), "I"),
        ]
        for layer in plan.layers:
            for level, maps, kinds in (("acc", network.acc, "I"), ("mask", network.mask, "U"),
                                       ("act", network.act, "UI")):
                rows = [maps[task, layer.name, image] for image in range(plan.images)]
                tensors.append(tensor(f"trace.{task}.{layer.name}.{level}",
                                      [plan.images] + layer.shape, flat(rows), kinds))
    return safetensors(tensors, metadata(plan))


def main(arguments):
    is_check = arguments[:1] == ["--check"]
    folders = arguments[is_check:]
    if len(folders) > 1 or any(word.startswith("-") for word in folders):
        sys.exit("usage: scripts/directed.py [--check] [FOLDER]")
    default = Path(__file__).resolve().parent.parent / "golden" / "directed"
    folder = Path(folders[0]) if folders else default
    files, lost = {}, []
    for plan in PLANS:
        network = Network(plan)
        counts = situations(network)
        reached = required(plan)
        print(f"{plan.name}: " + ", ".join(f"{name} {counts[name]}" for name in reached))
        lost += [f"{plan.name}: {name}" for name in reached if not counts[name]]
        files[f"{plan.name}.model.safetensors"] = model_file(network)
        files[f"{plan.name}.vectors.safetensors"] = vector_file(network)
    if lost:
        sys.exit("no longer reached: " + "; ".join(lost))
    if is_check:
        present = {path.name: path.read_bytes() for path in folder.glob("*.safetensors")}
        differing = sorted(n for n in files.keys() | present if files.get(n) != present.get(n))
        if differing:
            sys.exit(f"{folder} differs from what scripts/directed.py writes: "
                     + ", ".join(differing))
    else:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)


if __name__ == "__main__":
    main(sys.argv[1:])
