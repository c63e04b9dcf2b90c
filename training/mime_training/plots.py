"""Curves of runs as pictures."""

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
    if path.suffix not in (".svg", ".png"):
        raise UserError(f"{path} must end in .svg or .png")
    matplotlib.use("Agg")
    # The same curves give the same file.
    matplotlib.rcParams["svg.hashsalt"] = "mime"
    from matplotlib import pyplot

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
    figure.tight_layout()
    with replacing(path) as temporary:
        figure.savefig(temporary, format=path.suffix[1:], metadata={"Date": None} if path.suffix == ".svg" else None)
    pyplot.close(figure)


def label(folder: Path) -> str:
    return "/".join(folder.parts[-2:])


def read_metrics(folder: Path) -> list[dict]:
    path = folder / METRICS
    if not path.is_file():
        raise UserError(f"{folder} holds no run: it has no {METRICS}")
    return [json.loads(line) for line in path.read_text().splitlines()]
