import json

import pytest
from safetensors import safe_open

from conftest import small_task
from mime_training import cli, experiment
from mime_training.errors import UserError
from mime_training.plan import read_plan

TRAIN = ["train", "--method", "parent", "--network", "vgg-tiny", "--size", "28", "--limit", "60", "--epochs", "1",
         "--batch", "30"]  # fmt: skip
ERRORS = [
    ([*TRAIN, "--task", "digit"], "there is no data set 'digit'; the sets are fmnist, mnist, mnist5k, digits, cifar10, "
                                  "cifar100 and folder:PATH"),
    ([*TRAIN, "--task", "digits", "--threads", "0"], "threads is 0 and must be from 1 to 1024"),
    ([*TRAIN, "--task", "digits", "--width", "0"], "width is 0.0 and must be above 0 and at most 64"),
    ([*TRAIN, "--task", "digits", "--width", "nan"], "width is nan and must be above 0 and at most 64"),
    ([*TRAIN, "--task", "digits", "--bits", "1"], "bits is 1 and must be from 2 to 16"),
    ([*TRAIN, "--task", "digits", "--bits", "8", "--signed"],
     "rounded activations are 0 or more; leave out signed or bits"),
    ([*TRAIN, "--task", "digits", "--array", "none.json"], "none.json: No such file or directory"),
    ([*TRAIN, "--task", "mnist", "--data", "."], ". has no file train-images-idx3-ubyte or train-images-idx3-ubyte.gz"),
    (["results", "none"], "none holds no finished experiment: it has no experiment.json"),
    (["export"], "there is nothing to export; name a parent, or runs of tasks"),
    (["vectors", "none", "--count", "0"], "count is 0 and must be 1 or more"),
    (["onnx", "none", "--opset", "12"], "the opset is 12 and must be from 13 to 21"),
    (["plot", "none"], "none holds no run: it has no metrics.jsonl"),
]  # fmt: skip


@pytest.mark.parametrize("arguments, message", ERRORS)
def test_errors(tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    output = [] if arguments[0] == "results" else ["--output", "out.svg"]
    assert cli.main([*arguments, *output]) == 2
    assert capsys.readouterr().err == f"mime_training: {message}\n"
    assert list(tmp_path.iterdir()) == []


def test_a_run_with_the_rows_of_an_array(tmp_path, capsys):
    array = tmp_path / "mime_config.json"
    array.write_text(json.dumps({"parameters": [{"name": "ROWS", "value": 8}]}))
    output = tmp_path / "run"
    assert cli.main([*TRAIN, "--task", "digits", "--array", str(array), "--output", str(output)]) == 0
    result = json.loads((output / "result.json").read_text())
    assert result["settings"]["rows"] == 8 and result["test_images"] == 450
    assert (output / "curves.svg").read_text().startswith("<?xml")
    # Quiet but for its last line: there is no terminal.
    captured = capsys.readouterr()
    assert captured.out == f"{output}: {result['test_accuracy']:.2f} % of 450 test images\n" and captured.err == ""
    for exporter in ("torchscript", "dynamo"):
        file = tmp_path / f"{exporter}.onnx"
        assert cli.main(["onnx", str(output), "--output", str(file), "--exporter", exporter]) == 0 and file.exists()
    assert cli.main(["vectors", str(output), "--output", str(tmp_path / "v.safetensors"), "--count", "3"]) == 0


PLAN = """
network = "vgg-tiny"
size = 8
batch = 16
seeds = [3, 4]
gain = 50
[parent]
task = "squares"
epochs = 2
[tasks.one]
epochs = 1
aligned = { threshold_rate = 0.1, epochs = 2, lambdas = [5.0, 0.000001] }
[methods.plain]
method = "thresholds"
[methods.aligned]
method = "thresholds"
lambdas = [0.0, 0.01, 5.0]
reference = "plain"
[methods.tuned]
method = "finetune"
"""


def test_an_experiment(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(experiment, "cached_task", lambda name, *_: small_task(name))
    (tmp_path / "plan.toml").write_text(PLAN)
    assert cli.main(["experiment", str(tmp_path / "plan.toml"), "--output", str(tmp_path / "out")]) == 0
    first = capsys.readouterr().out
    out = tmp_path / "out"
    files = {"plain.safetensors", "aligned.safetensors", "tuned.safetensors", "plain.svg", "aligned.svg", "tuned.svg"}
    for seed in ("seed3", "seed4"):
        assert files < {path.name for path in (out / seed).iterdir()}
    # The larger does not leave 50 times fewer steps: it is taken, and the smaller is not tried.
    assert {path.name for path in (out / "seed3/one").iterdir()} == {"plain", "aligned-5", "tuned"}
    assert json.loads((out / "experiment.json").read_text())["lambdas"] == {"one/aligned": 5.0}
    assert json.loads((out / "seed4/one/aligned-5/result.json").read_text())["settings"]["threshold_rate"] == 0.1
    assert "| one | aligned | 5.0 |" in (out / "results.md").read_text()
    # Both kinds have the parent as a task, so that the same images serve them.
    for method in ("plain", "tuned"):
        with safe_open(out / f"seed3/{method}.safetensors", "pt") as file:
            assert file.metadata()["tasks"] == "squares,one"
    picture = (out / "results.svg").read_text()
    assert all(f"<!-- {text} -->" in picture for text in ("one", "plain", "aligned", "tuned", "test accuracy, %"))
    # Once more: nothing is trained, the same comes out.
    monkeypatch.setattr("mime_training.train.learn", None)
    assert cli.main(["experiment", str(tmp_path / "plan.toml"), "--output", str(out)]) == 0
    assert capsys.readouterr().out == first


CHOICES = [
    (1.0, 1.0, {1, 2, 3}), (1.5, 2.0, {1, 2, 3}), (1.51, 3.0, {2, 3}), (2.0, 4.0, {3, 4}), (9.0, 5.0, {3, 5})
]  # fmt: skip


@pytest.mark.parametrize("gain, wanted, runs", CHOICES)
def test_the_choice_of_lambda(tmp_path, gain, wanted, runs):
    text = PLAN.replace("gain = 50", f"gain = {gain}").replace("lambdas = [5.0, 0.000001]", "lambdas = [3, 2, 5, 1, 4]")
    (tmp_path / "plan.toml").write_text(text)
    seen = {}

    def run(settings, folder):
        # Speed-ups of which only those on what was set aside count.
        seen[folder.relative_to(tmp_path).as_posix()] = settings.reference
        speedup = {"plain": 2.0, "aligned-1": 2.1, "aligned-2": 3.0, "aligned-3": 3.5, "aligned-4": 4.0}
        return {"validation_activity": {"speedup": {"rows": speedup.get(folder.name, 4.5)}}}

    chosen = experiment.choose(read_plan(tmp_path / "plan.toml"), tmp_path, run)
    assert chosen == {"one/aligned": wanted}
    reference = str(tmp_path / "seed3/one/plain")
    aligned = {name: folder for name, folder in seen.items() if "aligned" in name}
    assert set(aligned.values()) == {reference} and seen["seed3/one/plain"] is None
    assert runs <= {int(name[-1]) for name in aligned} and len(aligned) <= 3


PLAN_ERRORS = [
    ("seeds = [", "Invalid value (at end of document)"),
    (PLAN.replace("[3, 4]", "[-1]"), ": seeds must be a list of numbers from 0 on"),
    (PLAN.replace("50", "0.9"), ": gain is 0.9 and must be a number from 1 on"),
    ("seeds = [1]", " must have the tables parent, tasks and methods"),
    (
        PLAN.replace('"plain"', '"tuned"'),
        ": the reference of the method aligned is 'tuned' and must be a method before it that has no lambdas: plain",
    ),
    (
        PLAN.replace('reference = "plain"', ""),
        ": the reference of the method aligned is None and must be a method before it that has no lambdas: plain",
    ),
    (PLAN.replace("epochs = 1", "epoch = 1"), ": there is no setting 'epoch' of one; the settings are "),
    (PLAN.replace("threshold_rate", "rates"), ": there is no setting 'rates' of one.aligned; the settings are "),
]


@pytest.mark.parametrize("text, message", PLAN_ERRORS)
def test_plan_errors(tmp_path, text, message):
    path = tmp_path / "plan.toml"
    path.write_text(text)
    with pytest.raises(UserError) as caught:
        read_plan(path)
    assert str(caught.value).startswith(str(path)) and message in str(caught.value)
