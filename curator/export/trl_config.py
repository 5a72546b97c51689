"""The config of `trl sft`: `trl.yaml`, read from TRL 1.16."""

from collections.abc import Sequence
from typing import Any

from curator.export.lesson import Lesson, arguments, spelled

_CUT = (
    "TRL cuts records longer than max_length without a word; `curator tune RUN --dry-run` counts "
    "them."
)
_TEMPLATE = (
    "The template needs generation markers, or to be one that TRL knows and marks itself: if it "
    "refuses, write tokens instead (docs/training_elsewhere.md)."
)
_EOS = "A base model whose end-of-text is not what ends a turn needs a line `eos_token: ...`."

_READY = {"skip_prepare_dataset": True}
"""Rows have their labels, and share a pass as curator packed them."""


def trl_config(lesson: Lesson, sides: Sequence[str]) -> str:
    """Write `trl.yaml`: train on the first side, watch the second."""
    notes = [] if lesson.tokens else [_CUT, _TEMPLATE, _EOS]
    if lesson.tune.patience:
        notes.append("TRL has no key for stopping early: `patience` is not carried.")
    return spelled(lesson, notes, _said(lesson, sides))


def _said(lesson: Lesson, sides: Sequence[str]) -> dict[str, Any]:
    tune, watched = lesson.tune, sides[1:2]
    said: dict[str, Any] = {"model_name_or_path": lesson.model, "dtype": _weights(lesson)}
    said |= {"dataset_name": f"./{lesson.folder}", "dataset_train_split": sides[0]}
    said |= {"dataset_test_split": watched[0]} if watched else {}
    said |= {
        **({"dataset_kwargs": _READY} if lesson.tokens else {"assistant_only_loss": True}),
        "max_length": tune.max_tokens,
        "packing": tune.packing,
        **({"packing_strategy": "bfd"} if tune.packing else {}),
        **arguments(lesson, watched=bool(watched)),
        "warmup_steps": tune.warmup,
        "gradient_checkpointing": tune.checkpointing == "on",
    }
    said |= _adapters(lesson) if lesson.adapters else {}
    return said | {"env": {"HF_HUB_DISABLE_TELEMETRY": "1"}}


def _weights(lesson: Lesson) -> str:
    """Name the type weights are held in; float32 below bfloat16 arithmetic is a master copy."""
    return "bfloat16" if lesson.bfloat16 and not lesson.tune.masters else "float32"


def _adapters(lesson: Lesson) -> dict[str, Any]:
    tune = lesson.tune
    said: dict[str, Any] = {
        "use_peft": True,
        "lora_r": tune.rank,
        "lora_alpha": tune.alpha,
        "lora_dropout": tune.dropout,
        "lora_target_modules": ["all-linear"],
    }
    if tune.method in ("rslora", "dora"):
        said[f"use_{tune.method}"] = True
    if tune.method == "qlora":
        quantised = {"bnb_4bit_quant_type": "nf4", "use_bnb_nested_quant": True}
        said |= {"load_in_4bit": True, **quantised}
    return said
