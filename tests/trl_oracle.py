"""TRL as an oracle: let it train on our rows, in our order, and measure how far apart both are."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoConfig, AutoModelForCausalLM, PrinterCallback, set_seed
from trl import SFTConfig, SFTTrainer

from curator.training.conversation import Example
from curator.training.machine import machine
from curator.training.model import load_model, load_tokenizer
from curator.training.plan import Plan, plan
from curator.training.settings import Training
from curator.training.shape import ModelShape
from curator.training.train import Trained, train
from curator.training.work import lay_out

Row = dict[str, list[int]]
WORDS = {"loss": "loss", "gradient_norm": "grad_norm", "learning_rate": "learning_rate"}
"""What a step of ours says, and what TRL calls it."""


def cut_of(base: Path, settings: Training, *, rows: int, accumulation: int) -> Plan:
    """Cut a run into steps of so many forward passes, each of so many rows."""
    shape = ModelShape.of(AutoConfig.from_pretrained(base))
    found = plan(shape, settings, [settings.max_tokens], machine())
    assert settings.max_steps
    cut = {"rows": rows, "accumulation": accumulation, "steps": settings.max_steps}
    return replace(found, row_tokens=settings.max_tokens, **cut)


def rows_in_order(examples: Sequence[Example], settings: Training, cut: Plan) -> list[Row]:
    """Return the rows of our whole run in its order, as TRL keeps packed rows."""
    work = lay_out(examples, [], settings, cut, processes=1, padding=0)
    found = []
    for place in (place for step in range(cut.steps) for place in work.schedule[step]):
        row = {name: values[0] for name, values in work.rows.batch([place]).items()}
        labels = torch.full_like(row["input_ids"], -100)
        labels[1:] = row["shift_labels"][:-1]
        lengths = work.rows.lengths_of(place)
        held = slice(sum(lengths))  # what comes after is padding
        tokens = {"input_ids": row["input_ids"][held].tolist(), "labels": labels[held].tolist()}
        found.append(tokens | {"seq_lengths": lengths})
    return found


def trained_here(base: Path, examples: Sequence[Example], settings: Training, cut: Plan) -> Trained:
    """Train as `curator tune` does."""
    set_seed(settings.seed)  # what the adapters are made of
    model, tokenizer = load_model(base, settings), load_tokenizer(base)
    return train(model, tokenizer, examples, [], settings, None, planned=cut)


def trained_by_trl(
    base: Path, rows: Sequence[Row], settings: Training, cut: Plan, folder: Path
) -> Any:
    """Let TRL train on rows that need no preparation, in their order; return its trainer."""
    told = {
        "per_device_train_batch_size": cut.rows,
        "gradient_accumulation_steps": cut.accumulation,
        "max_steps": cut.steps,
        "learning_rate": settings.learning_rate,
        "lr_scheduler_type": settings.schedule,
        "warmup_steps": settings.warmup,
        "weight_decay": settings.weight_decay,
        "max_grad_norm": settings.max_grad_norm,
        "max_length": settings.max_tokens,
        "packing": settings.packing,
        "seed": settings.seed,
        "dataset_kwargs": {"skip_prepare_dataset": True},
        "train_sampling_strategy": "sequential",
        "gradient_checkpointing": False,
    }
    here = {"optim": "adamw_torch", "use_cpu": True, "bf16": False, "report_to": "none"}
    here |= {"logging_steps": 1, "save_strategy": "no", "disable_tqdm": True}
    with warnings.catch_warnings():
        # TRL 1.16 and peft 0.21 use names that transformers 5.23 has renamed.
        warnings.filterwarnings("ignore", ".* is deprecated", FutureWarning)
        trainer = SFTTrainer(
            AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32),
            SFTConfig(str(folder), **told, **here),
            train_dataset=Dataset.from_list(list(rows)),
            processing_class=load_tokenizer(base),
            peft_config=None if settings.method == "full" else _adapters(settings),
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    return trainer


def _adapters(settings: Training) -> LoraConfig:
    return LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )


def apart(ours: Trained, theirs: Any) -> dict[str, float]:
    """Return the largest difference of any step's loss, gradient norm and learning rate, and of
    any weight at the end."""
    logged = [entry for entry in theirs.state.log_history if "loss" in entry]
    found = {}
    for word, word_of_trl in WORDS.items():
        mine = np.array([step[word] for step in ours.history])
        found[word] = float(np.abs(mine - [entry[word_of_trl] for entry in logged]).max())
    weights = dict(theirs.model.named_parameters())
    both = [(own, weights[name]) for name, own in ours.model.named_parameters()]
    found["weights"] = max(float((own - other).detach().abs().max()) for own, other in both)
    return found
