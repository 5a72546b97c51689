"""Arguments: our settings in the words of transformers' Trainer."""

import tempfile
from pathlib import Path
from typing import Any

import torch
from transformers import TrainingArguments

from curator.training.settings import Training

_SCHEDULES = {"constant": "constant_with_warmup"}
"""What transformers calls a schedule that rises first, where that is another name."""


def trainer_arguments(settings: Training, folder: Path | None) -> TrainingArguments:
    """Return what the Trainer is told; evaluating and saving are told by callbacks."""
    on_gpu = torch.cuda.is_available()
    found = TrainingArguments(
        # The Trainer makes this folder even where nothing is written.
        output_dir=str(folder or tempfile.gettempdir()),
        per_device_train_batch_size=1,
        learning_rate=settings.learning_rate,
        lr_scheduler_type=_SCHEDULES.get(settings.schedule, settings.schedule),
        warmup_steps=settings.warmup,
        max_grad_norm=settings.max_grad_norm,
        seed=settings.seed,
        full_determinism=settings.deterministic,
        use_cpu=not on_gpu,
        metric_for_best_model="loss",
        greater_is_better=False,
        logging_steps=1,
        **_constant(),
    )
    if found.n_gpu > 1:
        # Several GPUs take a process each (torchrun); the Trainer would split rows among them.
        found._n_gpu = 1
    return found


def _constant() -> dict[str, Any]:
    return {
        "eval_strategy": "no",
        "save_strategy": "steps",
        "save_steps": 10**9,
        "logging_nan_inf_filter": False,
        "prediction_loss_only": True,
        "remove_unused_columns": False,
        "average_tokens_across_devices": True,
        "ddp_find_unused_parameters": False,
        "report_to": [],
        "disable_tqdm": True,
    }
