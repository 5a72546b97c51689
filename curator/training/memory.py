"""Memory: the bytes that a training run needs, part by part."""

from dataclasses import dataclass, replace

import torch

from curator.training.attention import attention_for
from curator.training.cross_entropy import chunk_tokens
from curator.training.kept import Kept, kept_of
from curator.training.machine import Machine
from curator.training.model import dtype_of
from curator.training.settings import Training
from curator.training.shape import ModelShape

_FOUR_BITS = 0.52
"""Bytes of a weight in NF4, the constants of its blocks among them."""
_COMPILED = {"full": 0.7, "adapters": 0.78}
"""The share of what eager layers keep that is kept by compiled ones (torch's partitioner, measured
on Qwen2, Qwen3 and Llama)."""
_SHARE_UNUSED = 0.05
"""Of the device's memory, left to fragments, to the driver and to libraries."""


@dataclass(frozen=True)
class Needs:
    """Everything that memory depends on, but the size of a forward pass."""

    shape: ModelShape
    settings: Training
    machine: Machine
    kept: Kept
    compiled: bool = False
    processes: int = 1

    def parts(self, tokens: int, *, checkpointing: bool) -> dict[str, int]:
        """Return bytes by part, for passes of `tokens` tokens."""
        dtype = dtype_of(self.settings.precision, self.machine.device)
        learnt = learnt_weights(self.shape, self.settings)
        copies = 2 if self.processes > 1 else 1
        masters = dtype != torch.float32 and (
            self.settings.masters or self.settings.method != "full"
        )
        return {
            "weights": self._weights(dtype.itemsize),
            "gradients": copies * learnt * dtype.itemsize,
            "optimiser": 2 * learnt * (4 if masters else dtype.itemsize),
            "masters": 4 * learnt if masters else 0,
            "activations": self._activations(tokens, checkpointing=checkpointing),
            "loss": self._loss(tokens, dtype.itemsize),
            "reserve": round(_SHARE_UNUSED * self.machine.memory),
        }

    def _weights(self, size: int) -> int:
        shape, settings = self.shape, self.settings
        if settings.method == "full":
            return shape.parameters * size
        embeddings = shape.head * (1 if shape.tied else 2)
        frozen = shape.parameters * size
        if settings.method == "qlora":
            frozen = round(_FOUR_BITS * (shape.parameters - embeddings)) + embeddings * size
        return frozen + learnt_weights(shape, settings) * size

    def _activations(self, tokens: int, *, checkpointing: bool) -> int:
        found = self.kept.bytes(tokens, self.shape.layers, checkpointing=checkpointing)
        kind = "full" if self.settings.method == "full" else "adapters"
        return round(found * _COMPILED[kind]) if self.compiled and not checkpointing else found

    def _loss(self, tokens: int, size: int) -> int:
        """Count one chunk of scores and the gradients that come of it."""
        words = self.shape.vocabulary
        chunk = min(tokens, chunk_tokens(words, self.machine.device))
        head = 2 * 4 * self.shape.head if self.settings.method == "full" else 0
        return chunk * words * (4 + 2 * size) + 2 * tokens * self.shape.hidden * size + head


def learnt_weights(shape: ModelShape, settings: Training) -> int:
    """Return how many weights are learnt."""
    return shape.parameters if settings.method == "full" else settings.rank * shape.adapted


def needs_of(
    shape: ModelShape,
    settings: Training,
    machine: Machine,
    *,
    row: int = 0,
    compiled: bool = False,
    processes: int = 1,
) -> Needs:
    """Ask the model what its layers keep, for rows of `row` tokens where that matters."""
    dtype = dtype_of(settings.precision, machine.device)
    size: int = dtype.itemsize
    kept = _usual(shape, size)
    if shape.config is not None:
        kept = kept_of(shape.config, settings, dtype) or kept
        name = attention_for(machine.device, settings.precision, shape.config)
        kept = replace(kept, layer=kept.layer + _of_attention(name, shape, row, size))
    return Needs(shape, settings, machine, kept, compiled, processes)


def _of_attention(name: str, shape: ModelShape, row: int, size: int) -> int:
    """Return the bytes a token and layer that an attention keeps more than a kernel would."""
    if name not in ("eager", "sdpa"):
        return 0
    # Under a mask, keys and values are repeated for the heads that share them.
    repeated = 2 * (shape.heads - shape.kv_heads) * shape.head_dim * size
    # What each token sees of each in its row is eight bytes: capped, and in float32.
    return repeated + (8 * row * shape.heads if name == "eager" else 0)


def _usual(shape: ModelShape, size: int) -> Kept:
    """Count what a layer of Llama's kind keeps: two norms, the attention and the gated product."""
    norms = (8 if size == torch.float32.itemsize else 16) * shape.hidden
    heads = 2 * (shape.heads + shape.kv_heads) * shape.head_dim * size
    between = shape.hidden * size
    return Kept(norms + heads + 4 * shape.feed_forward * size, 2 * between, between)
