"""All runs of a plan, each taken up where it was ended, then models, vectors and tables."""

import bisect
import functools
import json
import sys
from pathlib import Path

import torch

from mime_training import distributed, train
from mime_training.export import export_conventional, export_images, export_mime
from mime_training.files import write_text
from mime_training.plan import Method, Plan, read_plan
from mime_training.plots import draw_runs
from mime_training.results import write_results
from mime_training.settings import Settings
from mime_training.tasks import Task, load_task

# Training images of each task that the quantizer takes ranges from.
CALIBRATION_IMAGES = 100


@functools.lru_cache(maxsize=2)
def cached_task(*arguments) -> Task:
    return load_task(*arguments)


def task_of(settings: Settings) -> Task:
    """The task of a run; the last two stay in memory."""
    return cached_task(
        settings.task, settings.data_folder, settings.channels, settings.size, settings.validation, settings.limit
    )


def run_experiment(path: Path, output: Path, device: torch.device) -> None:
    plan = read_plan(path)
    done: dict[Path, dict] = {}

    def run(settings: Settings, folder: Path) -> dict:
        if folder in done:
            return done[folder]
        result = train.run(settings, folder, task_of, device)
        if distributed.rank() == 0:
            speedup = result["test_activity"]["speedup"][settings.order]
            print(
                f"{folder.relative_to(output)}: {result['test_accuracy']:.2f} %,"
                f" {speedup:.2f} times fewer steps with skipping", flush=True,
            )  # fmt: skip
        done[folder] = result
        return result

    for seed in plan.seeds:
        run(plan.parent_settings(seed), parent_folder(plan, output, seed))
    chosen = choose(plan, output, run)
    for seed in plan.seeds:
        for task in plan.tasks:
            for method in plan.methods:
                run(*task_run(plan, output, seed, task, method, chosen.get(f"{task}/{method.name}", 0.0)))
    if distributed.rank() == 0:
        finish(plan, output, chosen)


def parent_folder(plan: Plan, output: Path, seed: int) -> Path:
    return output / "parent" if plan.shares_parent else output / f"seed{seed}" / "parent"


def run_folder(output: Path, seed: int, task: str, method: Method, align: float) -> Path:
    name = f"{method.name}-{align:g}" if method.lambdas else method.name
    return output / f"seed{seed}" / task.replace("/", "_") / name


def task_run(
    plan: Plan, output: Path, seed: int, task: str, method: Method, align: float = 0.0
) -> tuple[Settings, Path]:
    """What a run is made by, and its folder."""
    reference = None
    if method.reference is not None:
        reference = run_folder(output, seed, task, plan.method(method.reference), 0.0)
    settings = plan.settings(method, task, seed, parent_folder(plan, output, seed), reference, align)
    return settings, run_folder(output, seed, task, method, align)


def choose(plan: Plan, output: Path, run) -> dict[str, float]:
    """For each task and method with lambdas the one to take, judged on what the first seed set aside.

    It is the smallest that leaves the plan's gain in steps over the method's reference, of which fewer are
    taken to be left the larger it is; the largest where none does. Test images have no part in it, and
    accuracy has none.
    """
    seed = plan.seeds[0]

    def speedup(method: Method, task: str, align: float = 0.0) -> float:
        settings, folder = task_run(plan, output, seed, task, method, align)
        return run(settings, folder)["validation_activity"]["speedup"][settings.order]

    chosen: dict[str, float] = {}
    for task in plan.tasks:
        for method in plan.methods:
            if method.lambdas:
                needed = plan.gain * speedup(plan.method(method.reference), task)
                lambdas = plan.lambdas(method, task)
                place = bisect.bisect_left(lambdas, needed, key=lambda align: speedup(method, task, align))
                chosen[f"{task}/{method.name}"] = lambdas[min(place, len(lambdas) - 1)]
    return chosen


def finish(plan: Plan, output: Path, chosen: dict[str, float]) -> None:
    """Models and curves for each seed and method, vectors, and the tables."""
    for seed in plan.seeds:
        parent = parent_folder(plan, output, seed)
        for method in plan.methods:
            folders = [
                run_folder(output, seed, task, method, chosen.get(f"{task}/{method.name}", 0.0)) for task in plan.tasks
            ]
            draw_runs(folders, output / f"seed{seed}" / f"{method.name}.svg")
            model = output / f"seed{seed}" / f"{method.name}.safetensors"
            if method.settings["method"] == "finetune":
                export_conventional([parent, *folders], model)
            else:
                export_mime(parent, folders, model)
    parent = parent_folder(plan, output, plan.seeds[0])
    settings = [plan.parent_settings(plan.seeds[0])]
    settings += [plan.settings(plan.methods[0], task, plan.seeds[0], parent) for task in plan.tasks]
    tasks = [task_of(each) for each in settings]
    export_images(tasks, output / "calibration.safetensors", "train", CALIBRATION_IMAGES)
    export_images(tasks, output / "test.safetensors", "test")
    write_text(output / "experiment.json", json.dumps(described(plan, chosen), indent=1) + "\n")
    print(write_results(output))
    print(f"models, vectors, curves and tables are in {output}", file=sys.stderr)


def described(plan: Plan, chosen: dict[str, float]) -> dict:
    settings = plan.parent_settings(plan.seeds[0])
    return {
        "seeds": plan.seeds,
        "shares_parent": plan.shares_parent,
        "tasks": list(plan.tasks),
        "methods": {method.name: method.reference for method in plan.methods},
        "lambdas": chosen,
        "gain": plan.gain,
        "rows": settings.rows,
        "order": settings.order,
    }
