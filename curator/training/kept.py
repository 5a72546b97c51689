"""Kept: what a layer keeps for its backward pass, asked of the model itself.

One layer and two layers of the model are run over two numbers of tokens, without weights and
without numbers: what autograd keeps of the second layer is what every further layer costs, and
what it keeps of more tokens is what each token costs.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import torch
from transformers import AutoModelForCausalLM

from curator.training.attention import register, told_boundaries
from curator.training.kernels import Documents
from curator.training.loss import causal
from curator.training.model import with_adapters
from curator.training.settings import Training

_COUNTED = "curator_counted"
_TOKENS = 64


@dataclass(frozen=True)
class Kept:
    """Bytes that are kept for the backward pass."""

    layer: float
    """By each layer for each token."""
    around: float
    """For each token, before the first layer and after the last one."""
    between: float
    """Of each token, what passes from one layer to the next; kept when layers are run again."""
    fixed: float = 0.0
    """By each layer, however many tokens there are (DoRA weighs its matrices)."""

    def bytes(self, tokens: int, layers: int, *, checkpointing: bool) -> int:
        """Return what `tokens` tokens keep at most at one time."""
        layer = tokens * self.layer + self.fixed
        around = tokens * self.around
        if checkpointing:
            return round(around + layers * tokens * self.between + layer)
        return round(around + layers * layer)


def kept_of(config: Any, settings: Training, dtype: Any) -> Kept | None:
    """Ask a model of this configuration; None where it cannot be run without numbers."""
    try:
        one, two = (_line(_shortened(config, n), settings, dtype) for n in (1, 2))
    except (RuntimeError, NotImplementedError, TypeError):
        return None
    between = config.get_text_config().hidden_size * dtype.itemsize
    around = max(0.0, 2 * one[0] - two[0])
    return Kept(two[0] - one[0], around, between, two[1] - one[1])


def _line(config: Any, settings: Training, dtype: Any) -> tuple[float, float]:
    """Return what a model keeps for each token, and what it keeps of none."""
    few, many = (_kept_by(config, settings, dtype, times * _TOKENS) for times in (1, 2))
    each = (many - few) / _TOKENS
    return each, few - _TOKENS * each


def _shortened(config: Any, layers: int) -> Any:
    found = deepcopy(config)
    text = found.get_text_config()
    if getattr(text, "layer_types", None):
        kinds = text.layer_types
        text.layer_types = [kinds[at % len(kinds)] for at in range(layers)]
    text.num_hidden_layers = layers
    return found


def _kept_by(config: Any, settings: Training, dtype: Any, length: int) -> int:
    method = "lora" if settings.method == "qlora" else settings.method
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config, dtype=dtype, attn_implementation=_COUNTED)
        model = with_adapters(model, replace(settings, method=method)).to(dtype).train()
        tokens = torch.zeros(1, length, dtype=torch.long)
        places = torch.zeros(2, dtype=torch.int32)
        asked = {
            "input_ids": tokens,
            "position_ids": tokens,
            "attention_mask": torch.zeros(1, 1, 1, 1),
            "use_cache": False,
            "cu_seq_lens_q": places,
            "max_length_q": length,
        }
    with told_boundaries():
        return kept_bytes(model, lambda: causal(model).base_model(**asked))


def kept_bytes(model: Any, run: Callable[[], Any]) -> int:
    """Run, and return the bytes that autograd keeps beside the weights."""
    weights = {weight.untyped_storage()._cdata for weight in model.parameters()}
    kept: dict[int, Any] = {}

    def keep(tensor: Any) -> Any:
        storage = tensor.untyped_storage()
        if storage._cdata not in weights:
            kept[storage._cdata] = storage
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        result = run()
    del result
    return sum(storage.nbytes() for storage in kept.values())


class _Flash(torch.autograd.Function):
    """Keep what a flash attention keeps: its inputs, its output, and a number a token and head."""

    @staticmethod
    def forward(ctx: Any, query: Any, key: Any, value: Any) -> Any:
        found = torch.empty_like(query)
        sums = query.new_empty(query.shape[:2], dtype=torch.float32)
        ctx.save_for_backward(query, key, value, found, sums)
        return found

    @staticmethod
    def backward(ctx: Any, *slopes: Any) -> Any:
        raise NotImplementedError


def _counted(
    query: Any, key: Any, value: Any, documents: Documents, *, window: int | None, scale: Any
) -> Any:
    return _Flash.apply(query, key, value)


register(_COUNTED, _counted)
