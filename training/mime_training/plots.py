"""Curves of runs, and what an experiment has found, as pictures."""

import json
from pathlib import Path

import matplotlib

from mime_training.checkpoint import METRICS
from mime_training.errors import UserError
from mime_training.files import replacing

CURVES = {
    "loss": "loss",
    "train_accuracy": "accuracy on training images, %",
    "validation_accuracy": "accuracy on images set aside, %",
    "alignment": "strips that are not zero",
}


def draw_runs(folders: list[Path], path: Path) -> None:
    """A picture for each quantity over the epochs, with a line for each run that has it."""
    pyplot = pictures(path)
    runs = {label(folder): read_metrics(folder) for folder in folders}
    shown = [name for name in CURVES if any(name in line for lines in runs.values() for line in lines)]
    figure, axes = pyplot.subplots(1, max(len(shown), 1), figsize=(4 * max(len(shown), 1), 3), squeeze=False)
    for name, axis in zip(shown, axes[0]):
        for run, lines in runs.items():
            points = [(line["epoch"], line[name]) for line in lines if name in line]
            if points:
                axis.plot(*zip(*points), marker=".", label=run)
        axis.set_xlabel("epoch")
        axis.set_title(CURVES[name], fontsize=9)
        axis.grid(alpha=0.3)
    if shown:
        axes[0][0].legend(fontsize=7)
    save(figure, path)


def draw_gains(experiment: dict, rows: dict[str, list[dict]], path: Path) -> None:
    """For each task accuracy over how many times fewer steps skipping leaves, with a point for each run."""
    pyplot = pictures(path)
    tasks = experiment["tasks"]
    columns = min(len(tasks), 2)
    lines = -(-len(tasks) // columns)
    figure, axes = pyplot.subplots(lines, columns, figsize=(4 * columns, 3 * lines), squeeze=False)
    for axis in axes.flat[len(tasks) :]:
        axis.set_visible(False)
    for task, axis in zip(tasks, axes.flat):
        for method in experiment["methods"]:
            results = rows[f"{task}/{method}"]
            steps = [result["test_activity"]["speedup"][experiment["order"]] for result in results]
            axis.plot(steps, [result["test_accuracy"] for result in results], "o", alpha=0.7, label=method)
        axis.set_title(task, fontsize=9)
        axis.set_xlabel("times fewer steps with skipping", fontsize=8)
        axis.set_ylabel("test accuracy, %", fontsize=8)
        axis.grid(alpha=0.3)
    axes[0][0].legend(fontsize=7)
    save(figure, path)


def pictures(path: Path):
    """The library that draws; the same numbers give the same file."""
    if path.suffix not in (".svg", ".png"):
        raise UserError(f"{path} must end in .svg or .png")
    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "mime"
    from matplotlib import pyplot

    return pyplot


def save(figure, path: Path) -> None:
    figure.tight_layout()
    with replacing(path) as temporary:
        figure.savefig(temporary, format=path.suffix[1:], metadata={"Date": None} if path.suffix == ".svg" else None)
    matplotlib.pyplot.close(figure)


def label(folder: Path) -> str:
    return "/".join(folder.parts[-2:])


def read_metrics(folder: Path) -> list[dict]:
    path = folder / METRICS
    if not path.is_file():
        raise UserError(f"{folder} holds no run: it has no {METRICS}")
    return [json.loads(line) for line in path.read_text().splitlines()]
