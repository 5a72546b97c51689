"""The config of `llamafactory-cli train`: `llama_factory.yaml`, read from LLaMA-Factory 0.9.5."""

from collections.abc import Sequence
from typing import Any

from curator.export.lesson import Lesson, arguments, spelled

_CUT = (
    "LLaMA-Factory cuts records longer than cutoff_len without a word; `curator tune RUN "
    "--dry-run` counts them."
)
_TEMPLATE = (
    "Its templates are not Jinja. Without `template:` it derives one from the tokenizer's: labels "
    "then go on to the end of the rendered turn, a new line after the end-of-turn token included; "
    "tools are written in a format of its own. Compare before you train "
    "(docs/training_elsewhere.md)."
)


def llama_factory_config(lesson: Lesson, data_sets: Sequence[str]) -> str:
    """Write `llama_factory.yaml`: train on the first data set, watch the second."""
    notes = [] if lesson.tokens else [_CUT, _TEMPLATE]
    return spelled(lesson, notes, _said(lesson, data_sets))


def _said(lesson: Lesson, data_sets: Sequence[str]) -> dict[str, Any]:
    tune, watched = lesson.tune, data_sets[1:2]
    said: dict[str, Any] = {"model_name_or_path": lesson.model, "stage": "sft", "do_train": True}
    said |= _adapters(lesson) if lesson.adapters else {"finetuning_type": "full"}
    said |= _data(lesson, data_sets)
    said |= arguments(lesson, watched=bool(watched))
    said |= {
        "warmup_ratio": tune.warmup,  # it takes versions of transformers without the other name
        "disable_gradient_checkpointing": tune.checkpointing != "on",
    }
    if lesson.bfloat16 and not lesson.tune.masters:
        said["pure_bf16"] = True
    return said | ({"early_stopping_steps": tune.patience} if tune.patience and watched else {})


def _data(lesson: Lesson, data_sets: Sequence[str]) -> dict[str, Any]:
    packed = {"packing": lesson.tune.packing, "neat_packing": lesson.tune.packing}
    if lesson.tokens:
        path = {"tokenized_path": lesson.folder}
        return {**path, "cutoff_len": lesson.tune.max_tokens, **packed}
    watched = {"eval_dataset": data_sets[1]} if data_sets[1:] else {}
    return {
        "dataset_dir": lesson.folder,
        "dataset": data_sets[0],
        **watched,
        "cutoff_len": lesson.tune.max_tokens,
        **packed,
        "mask_history": lesson.last,
    }


def _adapters(lesson: Lesson) -> dict[str, Any]:
    tune = lesson.tune
    said: dict[str, Any] = {
        "finetuning_type": "lora",
        "lora_rank": tune.rank,
        "lora_alpha": tune.alpha,
        "lora_dropout": tune.dropout,
        "lora_target": "all",
    }
    if tune.method in ("rslora", "dora"):
        said[f"use_{tune.method}"] = True
    if tune.method == "qlora":
        said |= {"quantization_bit": 4, "quantization_method": "bnb", "double_quantization": True}
    return said
