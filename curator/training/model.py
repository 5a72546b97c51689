"""Model: a language model and its tokenizer, read from a folder, with adapters where wanted."""

from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from curator.training.settings import Training


def load_tokenizer(folder: Path) -> Any:
    """Read the tokenizer of a model."""
    return AutoTokenizer.from_pretrained(folder, local_files_only=True)


def load_model(folder: Path, settings: Training) -> Any:
    """Read a model for training, with adapters where the method says so."""
    model = AutoModelForCausalLM.from_pretrained(
        folder, local_files_only=True, use_safetensors=True, dtype=torch.float32
    )
    return with_adapters(model, settings)


def with_adapters(model: Any, settings: Training) -> Any:
    """Return the model with low-rank adapters on every linear layer, or as it is for `full`."""
    if settings.method == "full":
        return model
    from peft import LoraConfig, get_peft_model

    return get_peft_model(
        model,
        LoraConfig(
            r=settings.rank,
            lora_alpha=settings.alpha,
            lora_dropout=settings.dropout,
            target_modules="all-linear",
            use_rslora=settings.method == "rslora",
            use_dora=settings.method == "dora",
            task_type="CAUSAL_LM",
        ),
    )
