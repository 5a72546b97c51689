"""Hardness: what a model found of each record it was taught, as scores of the run."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from curator.run import write_frame

if TYPE_CHECKING:
    from curator.training.conversation import Example
    from curator.training.nll import Losses

_MOST_GRADIENTS = 1000
"""Records whose gradient is measured, those of the highest loss: one backward pass each."""


def read_losses(model: Any, examples: "Sequence[Example]") -> "Losses":
    """Return the losses of each example, as the model is now."""
    from curator.training.nll import nll

    return nll(model, examples, max(len(example) for example in examples))


def write_scores(
    path: Path, model: Any, examples: "Sequence[Example]", losses: "tuple[Losses, Losses]"
) -> pl.DataFrame:
    """Write `id, loss_before, loss_after, gradient_norm, learnt`, hardest first, and return it.

    Losses are nats per learnt token; the norm is that of the gradient of the mean loss over the
    weights that are trained, null where it was not measured. A record that is learnt in several
    examples has their losses together, and the longest gradient.
    """
    from curator.training.record_losses import gradient_norms, hardest

    before, after = losses
    order = hardest(after.nll / np.maximum(after.tokens, 1))[:_MOST_GRADIENTS]
    norms = np.full(len(examples), np.nan)
    norms[order] = gradient_norms(_learning(model), [examples[place] for place in order])
    frame = pl.DataFrame(
        {
            "id": [example.id for example in examples],
            "before": before.nll,
            "after": after.nll,
            "norm": norms,
            "learnt": after.tokens,
        }
    )
    learnt = pl.col("learnt").sum()
    found = (
        frame.with_columns(pl.col("norm").fill_nan(None))
        .group_by("id", maintain_order=True)
        .agg(
            loss_before=(pl.col("before").sum() / learnt).round(6),
            loss_after=(pl.col("after").sum() / learnt).round(6),
            gradient_norm=pl.col("norm").max().round(6),
            learnt=learnt,
        )
        .sort("loss_after", descending=True, maintain_order=True)
    )
    write_frame(path, found)
    return found


def _learning(model: Any) -> Any:
    """Let the weights have gradients that were trained: adapters alone, where there are any."""
    adapters = [weight for name, weight in model.named_parameters() if "lora_" in name]
    for weight in adapters or model.parameters():
        weight.requires_grad_()
    return model
