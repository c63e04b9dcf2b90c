"""Two processes against one, on the same batches: the same up to the order of sums."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from mime_training import checkpoint
from mime_training.settings import Settings

COMMAND = """
import json, sys, torch
from pathlib import Path
sys.path.insert(0, {tests!r})
from conftest import small_task
from mime_training import distributed, train
from mime_training.settings import Settings
for number, values in enumerate({runs!r}):
    train.run(Settings(**values), Path({folder!r}) / str(number), lambda _: small_task(), distributed.start())
distributed.stop()
"""


def runs(folder: Path) -> list[dict]:
    common = {"task": "squares", "network": "vgg-tiny", "size": 8, "epochs": 2, "batch": 16, "shift": 1}
    task = {**common, "parent": str(folder / "0"), "align": 0.5, "threshold_rate": 0.05, "rows": 2}
    # Tasks are compared without rounding, which makes much of the last bits of sums.
    all_runs = (("parent", common), ("thresholds", task), ("finetune", task), ("parent", {**common, "bits": 8}))
    return [Settings(**{**own, "method": method}).as_dictionary() for method, own in all_runs]


def start(folder: Path, processes: int, settings: list[dict], path: Path) -> None:
    path.write_text(COMMAND.format(tests=str(Path(__file__).parent), runs=settings, folder=str(folder)))
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        f"--nproc-per-node={processes}",
        str(path),
    ]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command if processes > 1 else [sys.executable, str(path)], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_two_processes_give_what_one_gives(tmp_path):
    start(tmp_path / "one", 1, runs(tmp_path / "one"), tmp_path / "one.py")
    start(tmp_path / "two", 2, runs(tmp_path / "two"), tmp_path / "two.py")
    for number in "0123":
        one, two = (checkpoint.finished_state(tmp_path / name / number) for name in ("one", "two"))
        for name, value in one["network"].items():
            assert torch.allclose(value, two["network"][name], rtol=0, atol=1e-5), (number, name)
        for a, b in zip(one["metrics"], two["metrics"]):
            assert a["loss"] == pytest.approx(b["loss"], rel=1e-5)
            assert a.get("alignment", 0) == pytest.approx(b.get("alignment", 0), rel=1e-5)
