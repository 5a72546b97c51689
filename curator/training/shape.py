"""Shape: the sizes of a language model that memory and time are counted from."""

from dataclasses import dataclass, field
from math import prod
from typing import Any, Self

import torch
from transformers import AutoModelForCausalLM

from curator.errors import ModelError


@dataclass(frozen=True)
class ModelShape:
    """How large a decoder is, and how much of it one token passes through."""

    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    feed_forward: int
    vocabulary: int
    tied: bool
    """Whether the head's weights are the input embeddings."""
    parameters: int
    """All weights; shared ones once."""
    linear: int
    """Weights of the layers' matrices that one token is multiplied by (of experts, the chosen)."""
    adapted: int
    """The sum of inputs and outputs over the layers' matrices: adapters of rank r have r times as
    many weights."""
    windows: tuple[int | None, ...]
    """How far back each layer looks, in tokens; None looks at all."""
    config: Any = field(default=None, repr=False, compare=False)
    """The configuration, where the model may still be asked what its layers keep."""

    @classmethod
    def of(cls, config: Any) -> Self:
        """Read the shape off a model's configuration, by laying the model out without weights."""
        try:
            with torch.device("meta"):
                model = AutoModelForCausalLM.from_config(config)
        except ValueError as error:
            raise ModelError(
                f"a model of type {config.model_type!r} is no causal language model: "
                "name one that writes text from left to right"
            ) from error
        text = config.get_text_config()
        heads = text.num_attention_heads
        matrices = _matrices(model)
        return cls(
            hidden=text.hidden_size,
            layers=text.num_hidden_layers,
            heads=heads,
            kv_heads=getattr(text, "num_key_value_heads", None) or heads,
            head_dim=getattr(text, "head_dim", None) or text.hidden_size // heads,
            feed_forward=getattr(text, "intermediate_size", None) or 4 * text.hidden_size,
            vocabulary=text.vocab_size,
            tied=bool(getattr(text, "tie_word_embeddings", False)),
            parameters=sum(weight.numel() for weight in model.parameters()),
            linear=round(sum(_active(text, one) * prod(one.shape) for one in matrices)),
            adapted=sum(sum(one.shape[-2:]) for one in matrices if one.dim() == 2),  # noqa: PLR2004
            windows=_windows(text),
            config=config,
        )

    @property
    def head(self) -> int:
        """Weights of the matrix that scores the vocabulary, tied or not."""
        return self.vocabulary * self.hidden


def _matrices(model: Any) -> list[Any]:
    """Return the weights that tokens are multiplied by, without embeddings and head."""
    outside = {id(model.get_input_embeddings().weight), id(model.get_output_embeddings().weight)}
    embeddings = (m.weight for m in model.modules() if isinstance(m, torch.nn.Embedding))
    outside |= {id(weight) for weight in embeddings}
    return [w for w in model.parameters() if w.dim() > 1 and id(w) not in outside]


def _active(config: Any, weight: Any) -> float:
    """Return the share of a weight that one token meets: of stacked experts, the chosen ones."""
    chosen = getattr(config, "num_experts_per_tok", None)
    return chosen / weight.shape[0] if chosen and weight.dim() > 2 else 1.0  # noqa: PLR2004


def _windows(config: Any) -> tuple[int | None, ...]:
    window: int | None = getattr(config, "sliding_window", None)
    kinds = getattr(config, "layer_types", None)
    if kinds is None:
        uses = getattr(config, "use_sliding_window", True)
        return (window if uses else None,) * int(config.num_hidden_layers)
    return tuple(window if kind == "sliding_attention" else None for kind in kinds)
