"""The command line: python -m mime_training COMMAND."""

import argparse
import dataclasses
import sys
from pathlib import Path

import torch

from mime_training import checkpoint, distributed, train
from mime_training.alignment import ORDERS, rows_of_configuration
from mime_training.architecture import ARCHITECTURES
from mime_training.cycles import measure_cycles
from mime_training.errors import UserError
from mime_training.experiment import run_experiment, task_of
from mime_training.export import export_conventional, export_images, export_mime
from mime_training.measure import reals
from mime_training.onnx_export import Form, Inference, export_onnx
from mime_training.plots import draw_runs
from mime_training.results import write_results
from mime_training.settings import METHODS, Settings


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 all well, 2 bad usage, input or environment."""
    options = parser().parse_args(arguments)
    try:
        options.run(options)
    except UserError as error:
        if distributed.rank() == 0:
            print(f"mime_training: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"mime_training: {error.filename or 'file'}: {error.strerror or error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("mime_training: ended; the same command goes on from the last whole epoch", file=sys.stderr)
        return 2
    finally:
        distributed.stop()
    return 0


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(prog="python -m mime_training", description=__doc__)
    commands = result.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run, text: str) -> argparse.ArgumentParser:
        own = commands.add_parser(name, help=text, description=text)
        own.set_defaults(run=run)
        return own

    add_training(command("train", run_training, "Train a parent, or a task on one; goes on where it was ended."))

    own = command("experiment", run_whole_experiment, "Run all of a TOML file's runs, export them, write the tables.")
    own.add_argument("plan", type=Path, help="such as training/full.toml")
    own.add_argument("--output", type=Path, required=True, help="folder for runs, models, vectors and results")
    own.add_argument("--threads", type=int, default=1, help="threads of PyTorch (1)")

    own = command("results", lambda o: print(write_results(o.folder)), "Print an experiment's tables, from its runs.")
    own.add_argument("folder", type=Path)

    own = command("cycles", run_cycles, "Run an experiment's networks on the Verilog with mimegen.")
    own.add_argument("folder", type=Path)
    own.add_argument("--mimegen", type=Path, default=Path("mimegen"), help="the program")

    own = command("plot", lambda o: draw_runs(o.folders, o.output), "Draw the curves of runs.")
    own.add_argument("folders", type=Path, nargs="+", help="folders of runs")
    own.add_argument("--output", type=Path, required=True, help="picture, .svg or .png")

    own = command("export", run_export, "Write a parent with its tasks, or fine-tuned tasks, as float safetensors.")
    own.add_argument("tasks", type=Path, nargs="*", help="folders of finished runs")
    own.add_argument("--parent", type=Path, help="folder of the parent: writes a MIME file; else a conventional one")
    own.add_argument("--output", type=Path, required=True)

    own = command("vectors", run_vectors, "Write images with labels of tasks, for mimegen.")
    own.add_argument("runs", type=Path, nargs="+", help="folders of runs, whose tasks and sizes are taken")
    own.add_argument("--part", choices=("train", "test"), default="test")
    own.add_argument("--count", type=int, help="images of each task; all unless given")
    own.add_argument("--output", type=Path, required=True)

    own = command("onnx", run_onnx, "Write a run's network as ONNX.")
    own.add_argument("run_folder", metavar="run", type=Path, help="folder of a finished run")
    own.add_argument("--output", type=Path, required=True)
    own.add_argument("--exporter", choices=("torchscript", "dynamo"), default="dynamo")
    own.add_argument("--form", choices=[form.value for form in Form], default="where", help="of thresholds")
    own.add_argument("--opset", type=int, default=18)
    return result


def add_training(own: argparse.ArgumentParser) -> None:
    defaults = {field.name: field.default for field in dataclasses.fields(Settings)}

    def option(name: str, kind, text: str, **more) -> None:
        key = name.replace("-", "_")
        value = defaults[key]
        shown = text if value in (None, False) else f"{text} ({value})"
        own.add_argument(f"--{name}", type=kind, default=value, help=shown, **more)

    own.add_argument("--method", choices=METHODS, required=True)
    own.add_argument("--task", required=True, help="fmnist, fmnist_rotinv, fmnist_group4, mnist, mnist5k, digits, "
                     "cifar10, cifar100 or folder:PATH")  # fmt: skip
    own.add_argument("--output", type=Path, required=True, help="the run's folder")
    option("network", str, "", choices=list(ARCHITECTURES))
    option("channels", int, "of images, 1 or 3")
    option("size", int, "height and width of images")
    option("width", float, "multiplier of the layers' outputs")
    option("bits", int, "of shared weights and of activations: tasks are learned with both rounded to so many")
    option("parent", str, "the parent's folder")
    option("reference", str, "a finished run of the same method and task, to go on from and to be taught by")
    option("data", str, "folder of data files that are not installed")
    option("seed", int, "of weights, order and augmentation")
    option("epochs", int, "")
    option("batch", int, "images, of all processes together")
    option("rate", float, "learning rate of weights and head")
    option("threshold-rate", float, "that of thresholds")
    option("beta", float, "weight of the sum of exp(t)")
    own.add_argument("--signed", action="store_true", help="let thresholds go below zero")
    own.add_argument(
        "--lambda",
        dest="align",
        type=float,
        default=0.0,
        help="weight of the alignment term at first, falling to 0 (0)",
    )
    option("rows", int, "rows of the array that zeros are aligned for")
    own.add_argument("--array", type=Path, help="mime_config.json of mimegen, to take the rows from")
    option("order", str, "slots of pooled layers, as mimegen's --order", choices=ORDERS)
    option("shift", int, "pixels that training images are moved by at most")
    option("validation", float, "share of the training images set aside")
    option("limit", int, "training images at most")
    own.add_argument("--threads", type=int, default=1, help="threads of PyTorch (1)")


def run_training(options: argparse.Namespace) -> None:
    set_threads(options.threads)
    values = {field.name: getattr(options, field.name) for field in dataclasses.fields(Settings)}
    if options.array is not None:
        values["rows"] = rows_of_configuration(options.array)
    settings = Settings(**values)
    result = train.run(settings, options.output, task_of, distributed.start())
    if distributed.rank() == 0:
        draw_runs([options.output], options.output / "curves.svg")
        print(f"{options.output}: {result['test_accuracy']:.2f} % of {result['test_images']} test images")


def run_whole_experiment(options: argparse.Namespace) -> None:
    set_threads(options.threads)
    run_experiment(options.plan, options.output, distributed.start())


def run_cycles(options: argparse.Namespace) -> None:
    measure_cycles(options.folder, options.mimegen)
    print(write_results(options.folder))


def run_export(options: argparse.Namespace) -> None:
    if options.parent is not None:
        export_mime(options.parent, options.tasks, options.output)
    elif options.tasks:
        export_conventional(options.tasks, options.output)
    else:
        raise UserError("there is nothing to export; name a parent, or runs of tasks")


def run_vectors(options: argparse.Namespace) -> None:
    if options.count is not None and options.count < 1:
        raise UserError(f"count is {options.count} and must be 1 or more")
    settings = [Settings(**checkpoint.finished_state(folder)["settings"]) for folder in options.runs]
    export_images([task_of(each) for each in settings], options.output, options.part, options.count)


def run_onnx(options: argparse.Namespace) -> None:
    if not 13 <= options.opset <= 21:
        raise UserError(f"the opset is {options.opset} and must be from 13 to 21")
    state = checkpoint.finished_state(options.run_folder)
    settings = state["settings"]
    shape = (2, settings["channels"], settings["size"], settings["size"])
    example = reals(torch.zeros(shape, dtype=torch.uint8))
    module = Inference(train.task_network(state), Form(options.form))
    export_onnx(module, example, options.output, options.exporter == "dynamo", options.opset)


def set_threads(count: int) -> None:
    if not 1 <= count <= 1024:
        raise UserError(f"threads is {count} and must be from 1 to 1024")
    torch.set_num_threads(count)
