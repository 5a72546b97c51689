"""Loss: a causal language model that returns the summed loss of what is learnt, never all scores.

The forward method of the one model is replaced, before anything wraps it, so that whoever calls
the wrapped model (DDP, FSDP, peft) still runs through its hooks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from inspect import signature
from types import MethodType
from typing import Any

import torch
from transformers.modeling_outputs import ModelOutput

from curator.training.attention import documents_of, reads_boundaries, told_boundaries
from curator.training.batches import IGNORED
from curator.training.cross_entropy import Head, bent, summed_loss


@dataclass
class SummedLoss(ModelOutput):
    """What a model with chunked loss returns for labels."""

    loss: Any = None
    """The sum over all learnt tokens."""
    losses: Any = None
    """(learnt tokens,), row by row; without gradient."""


@dataclass
class _Row:
    """What a model is asked."""

    input_ids: Any
    position_ids: Any
    shift_labels: Any
    learnt: Any = None
    cu_seq_lens: Any = None

    def places(self) -> Any:
        """Return which tokens are learnt, counted through all rows."""
        if self.learnt is not None:
            return self.learnt
        return (self.shift_labels.flatten() != IGNORED).nonzero().flatten()


def with_chunked_loss(model: Any, *, longest: int | None = None) -> Any:
    """Let `model(input_ids, position_ids, shift_labels=...)` return a `SummedLoss`.

    All are (rows, length). `learnt`, the places of the labels in the flattened rows, and
    `cu_seq_lens` (rows, n), the boundaries of each row's documents, save waiting for the device.
    `longest` is the longest document of the run. Without labels the model is what it was.
    """
    inner = causal(model)
    inner.curator_longest = longest
    if not hasattr(inner, "curator_chunks"):
        inner.curator_chunks = _scores_are_plain(inner)
        inner.forward = MethodType(_answering_labels(type(inner).forward), inner)
    return model


def causal(model: Any) -> Any:
    """Return the language model itself, out of what wraps it."""
    while hasattr(model, "module"):
        model = model.module
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def _answering_labels(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def forward(
        self: Any,
        *args: Any,
        shift_labels: Any = None,
        learnt: Any = None,
        cu_seq_lens: Any = None,
        segments: Any = None,
        **others: Any,
    ) -> Any:
        if shift_labels is None:
            return original(self, *args, **others)
        row = _Row(others["input_ids"], others["position_ids"], shift_labels, learnt, cu_seq_lens)
        places = row.places()
        labels = shift_labels.flatten()[places]
        head = self.get_output_embeddings()
        if self.curator_chunks and type(head) is torch.nn.Linear:
            hidden = _run(self, self.base_model, row).last_hidden_state
            # Not by brackets: their backward pass sorts, for the case that a place comes twice.
            chosen = hidden.flatten(0, 1).index_select(0, places)
            return SummedLoss(*summed_loss(chosen, labels, _head(self)))
        scores = _run(self, lambda **asked: original(self, **asked), row).logits
        scores = scores.flatten(0, 1)[places].float()
        losses = torch.nn.functional.cross_entropy(scores, labels, reduction="none")
        return SummedLoss(losses.sum(), losses.detach())

    return forward


def _run(model: Any, ask: Callable[..., Any], row: _Row) -> Any:
    """Run a model over packed rows, each document for itself."""
    asked = {"input_ids": row.input_ids, "position_ids": row.position_ids, "use_cache": False}
    if not _takes_positions(model):
        del asked["position_ids"]
    if not reads_boundaries(model):
        return ask(**asked)
    documents = documents_of(row.position_ids, row.cu_seq_lens, model.curator_longest)
    asked["input_ids"] = row.input_ids.reshape(1, -1)
    asked["position_ids"] = row.position_ids.reshape(1, -1)
    with told_boundaries():
        return ask(
            **asked,
            cu_seq_lens_q=documents.boundaries,
            cu_seq_lens_k=documents.boundaries,
            max_length_q=documents.longest,
            max_length_k=documents.longest,
        )


def _takes_positions(model: Any) -> bool:
    accepted = signature(type(model.base_model).forward).parameters
    return "position_ids" in accepted or any(p.kind is p.VAR_KEYWORD for p in accepted.values())


def _head(model: Any) -> Head:
    """Read how scores are made, at the time of the call: the weights may be gathered by then."""
    head, text = model.get_output_embeddings(), model.config.get_text_config()
    weight = head.weight.full_tensor() if hasattr(head.weight, "full_tensor") else head.weight
    scale = getattr(text, "logit_scale", None) or 1 / (getattr(text, "logits_scaling", None) or 1)
    return Head(weight, head.bias, scale, getattr(text, "final_logit_softcapping", None))


def _scores_are_plain(model: Any) -> bool:
    """Try on a few tokens whether our scores are the model's own."""
    head = model.get_output_embeddings()
    if model.base_model is model or type(head) is not torch.nn.Linear:
        return False
    if head.weight.is_meta:
        return True
    was_training = model.training
    model.eval()
    asked = {"input_ids": torch.arange(4, device=head.weight.device)[None], "use_cache": False}
    with torch.no_grad():
        theirs = type(model).forward(model, **asked).logits.float()
        found = _head(model)
        hidden = model.base_model(**asked).last_hidden_state
        ours = bent(torch.nn.functional.linear(hidden, found.weight, found.bias).float(), found)
    model.train(was_training)
    return bool(torch.allclose(ours, theirs, rtol=0.02, atol=0.02 * float(theirs.abs().max())))
