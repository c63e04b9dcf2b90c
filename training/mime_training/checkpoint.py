"""The state of a run after an epoch, and its result, in the run's folder."""

import json
import pickle
from pathlib import Path

import torch

from mime_training.errors import UserError
from mime_training.files import replacing, write_text
from mime_training.settings import Settings, difference

STATE, RESULT, METRICS = "state.pt", "result.json", "metrics.jsonl"


def save_state(folder: Path, state: dict) -> None:
    with replacing(folder / STATE) as temporary:
        torch.save(state, temporary)


def load_state(folder: Path, settings: Settings | None = None) -> dict | None:
    """The state in `folder`, nil where there is none; an error where it is of other settings."""
    path = folder / STATE
    if not path.is_file():
        return None
    try:
        # Tensors and numbers only: a file from elsewhere runs no code.
        state = torch.load(path, map_location="cpu", weights_only=True)
        epoch, saved = state["epoch"], state["settings"]
    except (OSError, RuntimeError, EOFError, KeyError, TypeError, ValueError, pickle.UnpicklingError):
        raise UserError(f"{path} is damaged or no state of a run; remove it to begin anew") from None
    assert isinstance(epoch, int)
    if settings is not None and (what := difference(saved, settings.as_dictionary())):
        raise UserError(f"{folder} holds a run with other settings: {what}; name another folder or remove it")
    return state


def finished_state(folder: Path) -> dict:
    """The state of a run that has all its epochs."""
    state = load_state(folder)
    if state is None:
        raise UserError(f"{folder} holds no run")
    epochs = state["settings"]["epochs"]
    if state["epoch"] < epochs:
        raise UserError(f"{folder} holds a run with {state['epoch']} of {epochs} epochs; go on with it first")
    return state


def write_metrics(folder: Path, metrics: list[dict]) -> None:
    write_text(folder / METRICS, "".join(json.dumps(line) + "\n" for line in metrics))


def read_result(folder: Path) -> dict | None:
    path = folder / RESULT
    return json.loads(path.read_text()) if path.is_file() else None


def write_result(folder: Path, result: dict) -> None:
    write_text(folder / RESULT, json.dumps(result, indent=1) + "\n")
