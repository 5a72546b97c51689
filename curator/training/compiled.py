"""Compiled: each layer of a model compiled once, for rows of one width."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from curator.training.loss import causal
from curator.training.settings import Training

_OLDEST = (2, 11)
"""Before it, inductor has given wrong gradients of adapters (a note in unsloth's sources, 2026)."""
_WORTH = 300.0
"""Seconds that a run must take for compilation to pay."""


def should_compile(settings: Training, device: str, seconds: float | None) -> bool:
    """Say whether layers are compiled, for a run that is estimated to take `seconds`."""
    if settings.compile != "auto":
        return settings.compile == "on"
    version = tuple(int(part) for part in torch.__version__.split(".")[:2])
    return device == "cuda" and version >= _OLDEST and (seconds or 0.0) >= _WORTH


def compile_layers(model: Any, *, backend: str = "inductor") -> int:
    """Compile every layer for itself, in place, and return how many; all share the same code."""
    layers = layers_of(causal(model))
    for layer in layers:
        layer.compile(fullgraph=True, dynamic=False, backend=backend)
    return len(layers)


def layers_of(model: Any) -> list[Any]:
    """Return the layers of a causal language model: its longest list of modules."""
    lists = [one for one in model.modules() if isinstance(one, torch.nn.ModuleList)]
    return list(max(lists, key=len, default=[]))


@contextmanager
def uncompiled(model: Any) -> Iterator[None]:
    """Run layers as they were written: for shapes that come once, such as answers that grow."""
    if all(layer._compiled_call_impl is None for layer in layers_of(causal(model))):
        yield
        return
    with torch.compiler.set_stance("force_eager"):
        yield
