import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from mime_training.cycles import measure_cycles
from mime_training.errors import UserError
from mime_training.results import accuracies, cycles_by_run, digest_of, integer_table

# In mimegen's place: notes its arguments, and a run takes fewer cycles with skipping and by the model's name.
FAKE = """#!/usr/bin/env python3
import json, os, sys
log, *words = [os.environ["CALLS"], *sys.argv[1:]]
options = dict(zip(words[1::2], words[2::2]))
open(log, "a").write(" ".join(words) + "\\n")
if words[0] == "quantize":
    open(options["--output"], "w").write("model")
elif words[0] == "evaluate":
    tasks = [{"task": task, "images": 200, "correct": 190 - len(task)} for task in ("parent", "one", "two")]
    open(options["--report"], "w").write(json.dumps({"tasks": tasks}))
else:
    cycles = 1000 if options["--skip"] == "off" else 500 if "plain" in options["--model"] else 250
    layers = [{"counts": {"cycle.total": [cycles]}}, {"counts": {"cycle.total": [7]}}]
    open(options["--report"], "w").write(json.dumps({"layers": layers}))
"""


def write_model(path: Path, number: int) -> None:
    save_file({"weight": torch.tensor([number])}, path)


@pytest.fixture
def experiment(tmp_path, monkeypatch) -> Path:
    (tmp_path / "mimegen").write_text(FAKE)
    (tmp_path / "mimegen").chmod(0o755)
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    experiment = {"seeds": [3, 4], "tasks": ["one", "folder:a/two"], "methods": {"plain": None, "aligned": "plain"},
                  "lambdas": {}, "rows": 6, "order": "rows"}  # fmt: skip
    (tmp_path / "experiment.json").write_text(json.dumps(experiment))
    for number, (seed, method) in enumerate((seed, method) for seed in (3, 4) for method in ("plain", "aligned")):
        (tmp_path / f"seed{seed}").mkdir(exist_ok=True)
        write_model(tmp_path / f"seed{seed}/{method}.safetensors", number)
    return tmp_path


def test_runs_each_network_once(experiment):
    plan = json.loads((experiment / "experiment.json").read_text())
    measure_cycles(experiment, experiment / "mimegen")
    calls = (experiment / "calls").read_text().splitlines()
    # Four models, each evaluated once; for each two tasks with skipping, and one run of each task without.
    assert [sum(call.startswith(name) for call in calls) for name in ("quantize", "evaluate", "run")] == [4, 4, 8 + 2]
    assert all("--rows 6 --order rows" in call and "--images 8" in call for call in calls if call.startswith("run"))
    assert sum("--tasks two" in call for call in calls) == 5
    found = cycles_by_run(experiment, plan)
    assert found == {"dense-one": 1007, "dense-folder:a/two": 1007} | {
        f"seed{seed}-{method}-{task}": cycles
        for seed in (3, 4) for method, cycles in (("plain", 507), ("aligned", 257)) for task in ("one", "folder:a/two")
    }  # fmt: skip
    assert accuracies(experiment, plan) == {
        f"seed{seed}-{method}-{task}": 95 - len(task) / 2
        for seed in (3, 4) for method in ("plain", "aligned") for task in ("parent", "one", "two")
    }  # fmt: skip
    measure_cycles(experiment, experiment / "mimegen")
    assert len((experiment / "calls").read_text().splitlines()) == 18
    # Another network in a place: the old one's cycles are not taken for its own.
    write_model(experiment / "seed4/plain.safetensors", 99)
    digest_of.cache_clear()
    assert set(found) - set(cycles_by_run(experiment, plan)) == {"seed4-plain-one", "seed4-plain-folder:a/two"}
    measure_cycles(experiment, experiment / "mimegen")
    assert len((experiment / "calls").read_text().splitlines()) == 18 + 1 + 1 + 2


def test_points_lost_in_integers():
    experiment = {"seeds": [0, 1], "tasks": ["folder:a/two"], "methods": {"plain": None}}
    rows = {"folder:a/two/plain": [{"test_accuracy": 90.0}, {"test_accuracy": 91.0}]}
    table = integer_table(experiment, rows, {"seed0-plain-two": 89.5, "seed1-plain-two": 91.25})
    assert table.splitlines()[-1] == "| folder:a/two | plain | 0.50, -0.25 |"


def test_a_failing_program(experiment):
    (experiment / "mimegen").write_text("#!/bin/sh\necho 'it is no network' >&2\nexit 2\n")
    with pytest.raises(UserError) as caught:
        measure_cycles(experiment, experiment / "mimegen")
    trained = experiment / "seed3/plain.safetensors"
    assert str(caught.value) == f"mimegen quantize of {trained} has ended with 2: it is no network"
    assert list((experiment / "cycles").iterdir()) == []
    with pytest.raises(UserError) as caught:
        measure_cycles(experiment, experiment / "none")
    assert str(caught.value) == f"{experiment / 'none'} cannot be run: No such file or directory"
