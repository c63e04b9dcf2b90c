"""The tables of an experiment, from what its runs have left."""

import functools
import hashlib
import json
import statistics
from pathlib import Path

from safetensors.torch import load_file

from mime_training.checkpoint import read_result
from mime_training.errors import UserError
from mime_training.files import write_text
from mime_training.plots import draw_gains
from mime_training.tasks import file_name


def write_results(folder: Path) -> str:
    """Writes results.json, results.md and results.svg into an experiment's folder; the text of the second."""
    experiment = experiment_of(folder)
    rows = collected(folder, experiment)
    cycles = cycles_by_run(folder, experiment)
    integers = accuracies(folder, experiment)
    values = {"runs": rows, "cycles": cycles, "integer_accuracy": integers}
    write_text(folder / "results.json", json.dumps(values, indent=1) + "\n")
    tables = [accuracy_table(experiment, rows), gain_table(experiment, rows, cycles), layer_table(experiment, rows)]
    if integers:
        tables.append(integer_table(experiment, rows, integers))
    if cycles:
        tables.append(cycle_table(experiment, cycles))
    text = "\n\n".join(tables) + "\n"
    write_text(folder / "results.md", text)
    draw_gains(experiment, rows, folder / "results.svg")
    return text


def experiment_of(folder: Path) -> dict:
    path = folder / "experiment.json"
    if not path.is_file():
        raise UserError(f"{folder} holds no finished experiment: it has no experiment.json")
    return json.loads(path.read_text())


def cycles_by_run(folder: Path, experiment: dict) -> dict[str, int]:
    """Cycles by SEED-METHOD-TASK and dense-TASK, as far as the networks that are there were measured."""
    reports = {f"dense-{task}": dense_report(folder, task) for task in experiment["tasks"]}
    for task in experiment["tasks"]:
        for method in experiment["methods"]:
            for seed in experiment["seeds"]:
                reports[run_name(seed, method, task)] = report_of(folder, seed, method, task)
    return {name: cycles_of(report) for name, report in reports.items() if report.is_file()}


def accuracies(folder: Path, experiment: dict) -> dict[str, float]:
    """Percent of the test images by SEED-METHOD-TASK, of quantized networks as far as they were evaluated."""
    found = {}
    for seed in experiment["seeds"]:
        for method in experiment["methods"]:
            report = accuracy_report(folder, seed, method)
            if report.is_file():
                for own in json.loads(report.read_text())["tasks"]:
                    found[run_name(seed, method, own["task"])] = 100 * own["correct"] / own["images"]
    return found


def run_name(seed: int, method: str, task: str) -> str:
    return f"seed{seed}-{method}-{task}"


def trained_model(folder: Path, seed: int, method: str) -> Path:
    return folder / f"seed{seed}" / f"{method}.safetensors"


def dense_report(folder: Path, task: str) -> Path:
    return folder / "cycles" / f"dense-{file_name(task)}.json"


def report_of(folder: Path, seed: int, method: str, task: str) -> Path:
    """Where the report of a run lies; another network has another place."""
    name = run_name(seed, method, file_name(task))
    return folder / "cycles" / f"{name}-{digest_of(trained_model(folder, seed, method))}.json"


def accuracy_report(folder: Path, seed: int, method: str) -> Path:
    """Where the accuracy of a quantized network lies."""
    return folder / "cycles" / f"accuracy-seed{seed}-{method}-{digest_of(trained_model(folder, seed, method))}.json"


@functools.cache
def digest_of(model: Path) -> str:
    """Some digits that tell a network's numbers from others."""
    digest = hashlib.sha256()
    for name, tensor in sorted(load_file(model).items()):
        digest.update(f"{name} {tuple(tensor.shape)}".encode() + tensor.numpy().tobytes())
    return digest.hexdigest()[:12]


def cycles_of(report: Path) -> int:
    """Cycles of all layers, without fetching the images and storing what the comparison needs."""
    return sum(layer["counts"]["cycle.total"][0] for layer in json.loads(report.read_text())["layers"])


def collected(folder: Path, experiment: dict) -> dict[str, list[dict]]:
    """The results of the runs of each task and method, one for each seed."""
    rows = {}
    for task in experiment["tasks"]:
        for method in experiment["methods"]:
            align = experiment["lambdas"].get(f"{task}/{method}")
            name = method if align is None else f"{method}-{align:g}"
            places = [folder / f"seed{seed}" / task.replace("/", "_") / name for seed in experiment["seeds"]]
            rows[f"{task}/{method}"] = [needed(place) for place in places]
    parents = ["parent"] if experiment["shares_parent"] else [f"seed{seed}/parent" for seed in experiment["seeds"]]
    rows["parent"] = [needed(folder / parent) for parent in parents]
    return rows


def needed(place: Path) -> dict:
    result = read_result(place)
    if result is None:
        raise UserError(f"{place} has no result; go on with the experiment first")
    return result


def spread(values: list[float], digits: int = 2) -> str:
    """The mean and, of several, the standard deviation of the sample."""
    text = f"{statistics.mean(values):.{digits}f}"
    return f"{text} ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 else text


def speedups(results: list[dict], order: str | None = None) -> list[float]:
    return [r["test_activity"]["speedup"][order or r["settings"]["order"]] for r in results]


def accuracy_table(experiment: dict, rows: dict) -> str:
    lines = [
        "| task | method | lambda | test accuracy, % | fewer steps, rows | fewer steps, windows |",
        "|---|---|---|---|---|---|",
    ]
    names = [("", "parent"), *((task, method) for task in experiment["tasks"] for method in experiment["methods"])]
    for task, method in names:
        results = rows[f"{task}/{method}" if task else method]
        align = experiment["lambdas"].get(f"{task}/{method}", "")
        cells = [spread([r["test_accuracy"] for r in results])]
        cells += [spread(speedups(results, order)) for order in ("rows", "windows")]
        lines.append(f"| {task or results[0]['settings']['task']} | {method} | {align} | {' | '.join(cells)} |")
    return "\n".join(lines)


def gain_table(experiment: dict, rows: dict, cycles: dict) -> str:
    """What alignment gains over the method's reference, seed by seed."""
    lines = ["| task | method | seed | accuracy, points | fewer steps | fewer cycles |", "|---|---|---|---|---|---|"]
    for task in experiment["tasks"]:
        for method, reference in experiment["methods"].items():
            if reference is None:
                continue
            own, other = rows[f"{task}/{method}"], rows[f"{task}/{reference}"]
            for seed, a, b, fast, slow in zip(experiment["seeds"], own, other, speedups(own), speedups(other)):
                points = a["test_accuracy"] - b["test_accuracy"]
                runs = [cycles.get(run_name(seed, name, task)) for name in (reference, method)]
                gain = f"{runs[0] / runs[1]:.2f}" if all(runs) else ""
                lines.append(f"| {task} | {method} | {seed} | {points:+.2f} | {fast / slow:.2f} | {gain} |")
    return "\n".join(lines)


def integer_table(experiment: dict, rows: dict, integers: dict) -> str:
    """Points that quantization loses of what the training measured, seed by seed."""
    lines = ["| task | method | points lost in integers |", "|---|---|---|"]
    for task in experiment["tasks"]:
        for method in experiment["methods"]:
            lost = [
                f"{run['test_accuracy'] - integers[name]:.2f}"
                for seed, run in zip(experiment["seeds"], rows[f"{task}/{method}"])
                if (name := run_name(seed, method, file_name(task))) in integers
            ]
            lines.append(f"| {task} | {method} | {', '.join(lost)} |")
    return "\n".join(lines)


def cycle_table(experiment: dict, cycles: dict) -> str:
    """Cycles of the Verilog without skipping over those with it."""
    lines = ["| task | cycles without skipping | method | times fewer with it |", "|---|---|---|---|"]
    for task in experiment["tasks"]:
        for method in experiment["methods"]:
            runs = [cycles.get(run_name(seed, method, task)) for seed in experiment["seeds"]]
            dense = cycles.get(f"dense-{task}")
            if dense and all(runs):
                lines.append(f"| {task} | {dense} | {method} | {spread([dense / run for run in runs])} |")
    return "\n".join(lines)


def layer_table(experiment: dict, rows: dict) -> str:
    """Means over the seeds, layer by layer."""
    first = next(iter(rows.values()))[0]["test_activity"]["layers"]
    names = [layer["name"] for layer in first]
    lines = ["| task | method | | " + " | ".join(names) + " |", "|---|---|---|" + "---|" * len(names)]
    kinds = {
        "zeros before pooling": lambda layer, order: layer["zeros_before_pooling"],
        "zeros after pooling": lambda layer, order: layer["zeros_after_pooling"],
        "steps issued": lambda layer, order: layer["issued"][order],
    }
    for task in experiment["tasks"]:
        for method in experiment["methods"]:
            for kind, value in kinds.items():
                cells = []
                for index in range(len(names)):
                    values = [
                        value(r["test_activity"]["layers"][index], r["settings"]["order"])
                        for r in rows[f"{task}/{method}"]
                    ]
                    cells.append("" if None in values else f"{statistics.mean(values):.3f}")
                lines.append(f"| {task} | {method} | {kind} | {' | '.join(cells)} |")
    return "\n".join(lines)
