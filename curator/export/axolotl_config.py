"""The config of `axolotl train`: `axolotl.yaml`, read from axolotl 0.19."""

from collections.abc import Mapping, Sequence
from typing import Any

from curator.export.lesson import Lesson, spelled

CONFIG = "axolotl.yaml"
_EOT = (
    "The end of a turn is learnt where the tokenizer's eos_token ends it: else say `eot_tokens:`."
)
_OVER_LONG = {"skip": "drop", "truncate": "truncate", "error": "raise"}


def axolotl_config(lesson: Lesson, data: Mapping[str, Any]) -> str:
    """Write `axolotl.yaml`: beside the keys that say on what to train, those that say how."""
    said = {"base_model": lesson.model, **data, "chat_template": "tokenizer_default"}
    said |= _training(lesson, watched="test_datasets" in data)
    return spelled(lesson, [] if lesson.tokens else [_EOT], said)


def axolotl_tokens(lesson: Lesson, sides: Sequence[str]) -> str:
    """Write `axolotl.yaml` for rows that are tokens with labels, which it takes as they are."""
    entries = [{"path": lesson.folder, "split": side, "type": None} for side in sides]
    data: dict[str, Any] = {"datasets": entries[:1]}
    data |= {"test_datasets": entries[1:], "val_set_size": 0} if entries[1:] else {}
    return axolotl_config(lesson, data)


def _training(lesson: Lesson, *, watched: bool) -> dict[str, Any]:
    tune = lesson.tune
    said: dict[str, Any] = {
        **_lengths(lesson),
        "micro_batch_size": lesson.rows,
        "gradient_accumulation_steps": lesson.accumulation,
        "num_epochs": tune.epochs,
        **({"max_steps": tune.max_steps} if tune.max_steps else {}),
        "optimizer": "adamw_torch_fused",
        "learning_rate": tune.peak_learning_rate,
        "lr_scheduler": lesson.schedule,
        "warmup_ratio": tune.warmup,
        "weight_decay": tune.weight_decay,
        "max_grad_norm": tune.max_grad_norm,
        "bf16": lesson.bfloat16,
        "tf32": False,
        "gradient_checkpointing": tune.checkpointing == "on",
        "seed": lesson.seed,
        "output_dir": lesson.output,
        "logging_steps": 1,
        "save_steps": lesson.save,
    }
    if watched:
        said |= {"eval_steps": lesson.watch, "load_best_model_at_end": lesson.keeps_best}
        said |= {"early_stopping_patience": tune.patience} if tune.patience else {}
    said |= {"torch_compile": True} if tune.compile == "on" else {}
    return said | (_adapters(lesson) if lesson.adapters else {})


def _lengths(lesson: Lesson) -> dict[str, Any]:
    packed = lesson.tune.packing
    return {
        "sequence_len": lesson.tune.max_tokens,
        "excess_length_strategy": _OVER_LONG[lesson.tune.over_long],
        "sample_packing": packed,
        "eval_sample_packing": packed,
        # Without one that knows packs, rows would see each other; torch's own needs no package.
        **({"pad_to_sequence_len": True, "attn_implementation": "sdpa"} if packed else {}),
    }


def _adapters(lesson: Lesson) -> dict[str, Any]:
    tune = lesson.tune
    said: dict[str, Any] = {
        "adapter": "qlora" if tune.method == "qlora" else "lora",
        "lora_r": tune.rank,
        "lora_alpha": tune.alpha,
        "lora_dropout": tune.dropout,
        "lora_target_linear": True,
    }
    said |= {"load_in_4bit": True} if tune.method == "qlora" else {}
    if tune.method in ("rslora", "dora"):
        said[f"peft_use_{tune.method}"] = True
    return said
