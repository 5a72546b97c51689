"""Train: examples and a model in, a trained model out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import TrainingArguments, set_seed

from curator.training.batches import PackedRows, collate
from curator.training.conversation import Example
from curator.training.pack import pack
from curator.training.settings import Training
from curator.training.trainer import SftTrainer


@dataclass(frozen=True)
class Trained:
    """What came of a training run."""

    model: Any
    steps: int
    loss: float
    history: list[dict[str, Any]]


def train(
    model: Any,
    tokenizer: Any,
    training: Sequence[Example],
    held_out: Sequence[Example],
    settings: Training,
    folder: Path,
) -> Trained:
    """Train a model on the examples; checkpoints and metrics go to `folder`."""
    set_seed(settings.seed)
    width = settings.micro_tokens or settings.max_tokens
    padding = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0

    def rows(examples: Sequence[Example]) -> PackedRows:
        return PackedRows(examples, pack([len(one) for one in examples], width), width, padding)

    arguments = TrainingArguments(
        output_dir=str(folder),
        per_device_train_batch_size=1,
        per_device_eval_batch_size=1,
        gradient_accumulation_steps=max(1, settings.batch_tokens // width),
        learning_rate=settings.learning_rate,
        lr_scheduler_type=settings.schedule,
        warmup_steps=settings.warmup,
        weight_decay=settings.weight_decay,
        max_grad_norm=settings.max_grad_norm,
        num_train_epochs=settings.epochs,
        max_steps=settings.max_steps or -1,
        seed=settings.seed,
        use_cpu=not torch.cuda.is_available(),
        remove_unused_columns=False,
        logging_nan_inf_filter=False,
        prediction_loss_only=True,
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
    )
    trainer = SftTrainer(
        model=model,
        args=arguments,
        train_dataset=rows(training),
        eval_dataset=rows(held_out) if held_out else None,
        data_collator=collate,
    )
    found = trainer.train()
    return Trained(trainer.model, found.global_step, found.training_loss, trainer.state.log_history)
