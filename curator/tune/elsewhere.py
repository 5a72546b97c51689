"""Elsewhere: tokens and labels as `curator tune` learns them, in the files of another trainer."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from curator.export import ExportResult, refuse_foreign
from curator.export.axolotl_config import axolotl_tokens
from curator.export.containers import fingerprint
from curator.export.hf import require_hf, save_frames
from curator.export.lesson import Lesson, Trainer
from curator.export.llama_factory_config import llama_factory_config
from curator.export.result import FACTS, LEFT_OUT
from curator.export.trl_config import trl_config
from curator.recipe import Tune
from curator.report.licences import conflicts_of
from curator.run import Run, atomic_folder
from curator.tune.material import Material, material_of
from curator.tune.token_rows import Shape, token_rows

if TYPE_CHECKING:
    from curator.training.conversation import Example

_CONFIGS: dict[Trainer, Callable[[Lesson, Sequence[str]], str]] = {
    "trl": trl_config,
    "llama_factory": llama_factory_config,
    "axolotl": axolotl_tokens,
}


def export_tokens(
    run: Run, settings: Tune, trainer: Trainer, out: Path | None = None
) -> ExportResult:
    """Write what `curator tune` would learn for another trainer, with the config that trains on it.

    Labels are the same token by token; so are the rows of TRL and LLaMA-Factory, in which records
    share a pass as they are packed here. Axolotl packs by itself.

    Raises:
        MissingExtraError: the extra `tune` is not installed, or `datasets` for LLaMA-Factory.
        CuratorError: there is no such model, or nothing is left to train on.
    """
    if trainer == "llama_factory":
        require_hf()
    folder = (out or run.export_folder(f"{trainer}_tokens")).resolve()
    refuse_foreign(folder)
    material = material_of(run, settings)
    told = settings.model_copy(update={"model": str(material.base)})
    lesson = Lesson(trainer, told, run.recipe.seed, folder.name, tokens=True)
    frames = _frames(lesson, material)
    with atomic_folder(folder) as temporary:
        files = _write_frames(frames, temporary, trainer)
        result = ExportResult(
            folder=folder,
            target=trainer,
            container="hf" if trainer == "llama_factory" else "parquet",
            layout="tokens",
            counts={name: len(side) for name, side in _sides(material).items()},
            records=len({one.id for side in _sides(material).values() for one in side}),
            files=files,
            left_out=material.left_out,
            conflicts=conflicts_of(run),
            command=lesson.command,
            fingerprint=fingerprint(temporary, files),
        )
        config = _CONFIGS[trainer](lesson, list(frames))
        texts = {FACTS: result.facts(), lesson.file: config, LEFT_OUT: _left_out(material)}
        for name, text in texts.items():
            (temporary / name).write_text(text, encoding="utf-8")
    return result


def _frames(lesson: Lesson, material: Material) -> dict[str, pl.DataFrame]:
    """Return the rows of each side that has any, under names that every loader knows."""
    shape = Shape(
        width=lesson.tune.max_tokens,
        padding=material.tokenizer.pad_token_id or 0,
        packing=lesson.tune.packing,
    )
    return {
        side: token_rows(lesson.trainer, examples, shape)
        for side, examples in _sides(material).items()
        if examples
    }


def _sides(material: Material) -> "dict[str, list[Example]]":
    return {"train": material.training.examples, "validation": material.held_out.examples}


def _write_frames(
    frames: dict[str, pl.DataFrame], folder: Path, trainer: Trainer
) -> dict[str, str]:
    """Write the rows, and return the file of each side, or their pattern."""
    if trainer == "llama_factory":
        save_frames(frames, folder)
        return {side: f"{side}/*.arrow" for side in frames}
    for side, rows in frames.items():
        rows.write_parquet(folder / f"{side}.parquet")
    return {side: f"{side}.parquet" for side in frames}


def _left_out(material: Material) -> str:
    sides = (material.told, material.training, material.held_out)
    lost = [asdict(one) for side in sides for one in side.left_out]
    return "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in lost)
