"""Checkpoints: which ones are whole, and their weights put back into a model."""

import json
import re
import shutil
from collections.abc import Container
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from curator.training.plan import Plan

_SEAL = "whole.json"
_SMALLER = "smaller_passes.json"
_FOLDER = re.compile(r"checkpoint-(\d+)")


def seal(folder: Path, facts: dict[str, Any]) -> None:
    """Say that everything in a checkpoint has been written, and what it belongs to.

    The seal appears by rename after all other files, and names them with their sizes.
    """
    files = {
        str(path.relative_to(folder)): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    beside = folder / f"{_SEAL}.part"
    beside.write_text(json.dumps({"files": files} | facts, indent=1), "utf-8")
    beside.replace(folder / _SEAL)


def sealed(folder: Path) -> dict[str, Any] | None:
    """Return what the seal of a checkpoint says; None where it is missing or a file cut off."""
    try:
        facts: dict[str, Any] = json.loads((folder / _SEAL).read_text("utf-8"))
        sizes = {name: (folder / name).stat().st_size for name in facts["files"]}
    except (OSError, ValueError):
        return None
    return facts if sizes == facts["files"] else None


def last_whole(folder: Path) -> Path | None:
    """Return the checkpoint that went furthest, of those that were written to their end."""
    found = (one for one in _checkpoints(folder) if sealed(one) is not None)
    return max(found, key=step_of, default=None)


def checkpoint_folder(folder: Path, step: int) -> Path:
    """Return where the checkpoint after optimizer step `step` lies."""
    return folder / f"checkpoint-{step}"


def step_of(checkpoint: Path) -> int:
    """Return the optimizer step after which a checkpoint was written."""
    return int(checkpoint.name.rpartition("-")[2])


def clear(folder: Path, *, keep: Container[int | None] = ()) -> None:
    """Remove the checkpoints of all other steps."""
    for one in _checkpoints(folder):
        if step_of(one) not in keep:
            shutil.rmtree(one)


def _checkpoints(folder: Path) -> list[Path]:
    inside = folder.iterdir() if folder.is_dir() else ()
    return [one for one in inside if _FOLDER.fullmatch(one.name) and one.is_dir()]


def cut_of(plan: Plan) -> dict[str, Any]:
    """Return what of a plan changes when memory runs out."""
    return {"rows": plan.rows, "checkpointing": plan.checkpointing}


def note_plan(folder: Path, plan: Plan) -> None:
    """Leave word of smaller passes for the run that resumes."""
    (folder / _SMALLER).write_text(json.dumps(cut_of(plan)), "utf-8")


def forget_plan(folder: Path) -> None:
    """Remove such word."""
    (folder / _SMALLER).unlink(missing_ok=True)


def resumed_plan(folder: Path, plan: Plan, checkpoint: dict[str, Any] | None) -> Plan:
    """Return the plan that a run goes on with: passes as they were, or smaller if that was noted.

    The rows of an optimizer step stay the same.
    """
    noted = folder / _SMALLER
    if noted.exists():
        cut = json.loads(noted.read_text("utf-8"))
    elif checkpoint is not None:
        cut = checkpoint["plan"]
    else:
        return plan
    rows = cut["rows"]
    return replace(plan, **cut, accumulation=ceil(plan.accumulation * plan.rows / rows))


def load_weights(model: Any, folder: Path) -> None:
    """Put the weights of a checkpoint into the model they came from, adapters or all."""
    if hasattr(model, "peft_config"):
        from peft import set_peft_model_state_dict

        set_peft_model_state_dict(model, load_file(folder / "adapter_model.safetensors"))
        return
    # Read as a model, for names and shapes in files are not always those in memory.
    dtype = next(model.parameters()).dtype
    saved = type(model).from_pretrained(folder, local_files_only=True, dtype=dtype)
    model.load_state_dict(saved.state_dict())


def load_state(owner: Any, file: Path) -> None:
    """Give an optimizer or a schedule the state that a checkpoint holds; no code in it is run."""
    owner.load_state_dict(torch.load(file, map_location="cpu", weights_only=True))
