"""Activations: kept for the backward pass, or calculated again where memory is short."""

from typing import Any


def recompute_activations(model: Any) -> None:
    """Keep only what enters each layer, and calculate the rest again in the backward pass."""
    # transformers renamed the method in 5.23.
    enable = getattr(model, "activation_checkpointing_enable", None)
    if enable is not None:
        enable(activation_checkpointing_kwargs={"use_reentrant": False})
    else:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
