"""Cycles of an experiment's networks on the Verilog: quantized and run by mimegen."""

import subprocess
from pathlib import Path

from mime_training.errors import UserError
from mime_training.files import replacing
from mime_training.results import cycles_of, experiment_of, run_name
from mime_training.tasks import file_name

# Wide enough that memory holds up hardly a cycle, for both of what is compared.
ACCELERATOR = ["--cols", "16", "--axi-data-width", "256", "--act-buffer-kb", "64"]


def measure_cycles(folder: Path, mimegen: Path, images: int) -> None:
    """Leaves cycles/SEED-METHOD-TASK.json, mimegen's report of a run, for all seeds, methods and tasks.

    Each run has the first `images` test images of one task, with skipping; dense-TASK.json is one
    without. What is there is not run again. mimegen compares every number of a run with its golden
    model and every count with its exact model.
    """
    experiment = experiment_of(folder)
    for seed in experiment["seeds"]:
        for method in experiment["methods"]:
            model = folder / "cycles" / f"seed{seed}-{method}.safetensors"
            trained = folder / f"seed{seed}" / f"{method}.safetensors"
            if not model.is_file() or model.stat().st_mtime < trained.stat().st_mtime:
                with replacing(model) as temporary:
                    calibration = ["--vectors", folder / "calibration.safetensors"]
                    call(mimegen, "quantize", "--model", trained, *calibration, "--output", temporary)
            for task in experiment["tasks"]:
                more = [
                    "--tasks",
                    file_name(task),
                    "--rows",
                    experiment["rows"],
                    "--order",
                    experiment["order"],
                    *ACCELERATOR,
                ]
                run = ["run", "--model", model, "--vectors", folder / "test.safetensors", "--images", images, *more]
                for report, skip in ((run_name(seed, method, task), "on"), (f"dense-{task}", "off")):
                    path = folder / "cycles" / f"{report.replace('/', '_')}.json"
                    if not path.is_file() or (skip == "on" and path.stat().st_mtime < model.stat().st_mtime):
                        with replacing(path) as temporary:
                            call(mimegen, *run, "--skip", skip, "--report", temporary)
                        print(f"{path}: {cycles_of(path)} cycles", flush=True)


def call(mimegen: Path, *arguments) -> None:
    try:
        done = subprocess.run([mimegen, *map(str, arguments)], capture_output=True, text=True)
    except OSError as error:
        raise UserError(f"{mimegen} cannot be run: {error.strerror}") from None
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip()
        raise UserError(f"mimegen {arguments[0]} of {arguments[2]} has ended with {done.returncode}: {last}")
