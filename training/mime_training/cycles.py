"""An experiment's networks in integers: quantized, evaluated and run on the Verilog by mimegen."""

import subprocess
from pathlib import Path

from mime_training.errors import UserError
from mime_training.files import replacing
from mime_training.results import (
    accuracy_report,
    cycles_of,
    dense_report,
    digest_of,
    experiment_of,
    report_of,
    trained_model,
)
from mime_training.tasks import file_name

# Wide enough that memory holds up hardly a cycle, for both of what is compared.
ACCELERATOR = ["--cols", "16", "--axi-data-width", "256", "--act-buffer-kb", "64"]
# Test images of each run.
IMAGES = 8


def measure_cycles(folder: Path, mimegen: Path) -> None:
    """Leaves mimegen's reports in cycles/, for all seeds, methods and tasks: of accuracy and of runs.

    Accuracy is that of the quantized networks on all test images, by the golden model. Each run has the
    first test images of one task, with skipping; one of each task is without. What is there for the networks
    as they are is not made again. mimegen compares every number of a run with its golden model and every
    count with its exact model.
    """
    experiment = experiment_of(folder)
    for seed in experiment["seeds"]:
        for method in experiment["methods"]:
            trained = trained_model(folder, seed, method)
            model = folder / "cycles" / f"seed{seed}-{method}-{digest_of(trained)}.safetensors"
            if not model.is_file():
                with replacing(model) as temporary:
                    calibration = ["--vectors", folder / "calibration.safetensors"]
                    call(mimegen, "quantize", "--model", trained, *calibration, "--output", temporary)
            test = ["--model", model, "--vectors", folder / "test.safetensors"]
            accuracy = accuracy_report(folder, seed, method)
            if not accuracy.is_file():
                with replacing(accuracy) as temporary:
                    call(mimegen, "evaluate", *test, "--report", temporary)
                print(accuracy, flush=True)
            for task in experiment["tasks"]:
                more = ["--tasks", file_name(task), "--rows", experiment["rows"], "--order", experiment["order"]]
                run = ["run", *test, "--images", IMAGES, *more]
                reports = {report_of(folder, seed, method, task): "on", dense_report(folder, task): "off"}
                for report, skip in reports.items():
                    if not report.is_file():
                        with replacing(report) as temporary:
                            call(mimegen, *run, *ACCELERATOR, "--skip", skip, "--report", temporary)
                        print(f"{report}: {cycles_of(report)} cycles", flush=True)


def call(mimegen: Path, *arguments) -> None:
    try:
        done = subprocess.run([mimegen, *map(str, arguments)], capture_output=True, text=True)
    except OSError as error:
        raise UserError(f"{mimegen} cannot be run: {error.strerror}") from None
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip()
        raise UserError(f"mimegen {arguments[0]} of {arguments[2]} has ended with {done.returncode}: {last}")
