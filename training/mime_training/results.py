"""The tables of an experiment, from what its runs have left."""

import json
import statistics
from pathlib import Path

from mime_training.checkpoint import read_result
from mime_training.errors import UserError
from mime_training.files import write_text


def write_results(folder: Path) -> str:
    """Writes results.json and results.md into an experiment's folder; the text of the latter."""
    path = folder / "experiment.json"
    if not path.is_file():
        raise UserError(f"{folder} holds no finished experiment: it has no experiment.json")
    experiment = json.loads(path.read_text())
    rows = collected(folder, experiment)
    write_text(folder / "results.json", json.dumps(rows, indent=1) + "\n")
    text = f"{accuracy_table(experiment, rows)}\n\n{gain_table(experiment, rows)}\n\n{layer_table(experiment, rows)}\n"
    write_text(folder / "results.md", text)
    return text


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


def gain_table(experiment: dict, rows: dict) -> str:
    """What alignment gains, seed by seed."""
    lines = ["| task | method | seed | accuracy, points | fewer steps than its reference |", "|---|---|---|---|---|"]
    for task in experiment["tasks"]:
        for method, reference in experiment["methods"].items():
            if reference is None:
                continue
            own, other = rows[f"{task}/{method}"], rows[f"{task}/{reference}"]
            for seed, a, b, fast, slow in zip(experiment["seeds"], own, other, speedups(own), speedups(other)):
                points = a["test_accuracy"] - b["test_accuracy"]
                lines.append(f"| {task} | {method} | {seed} | {points:+.2f} | {fast / slow:.2f} |")
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
