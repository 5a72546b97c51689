"""Negative log-likelihood: how surprised a model is by the answers of each example."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from curator.training.apart import keeps_documents_apart
from curator.training.batches import IGNORED, PackedRows, collate
from curator.training.compiled import uncompiled
from curator.training.conversation import Example
from curator.training.loss import causal, with_chunked_loss
from curator.training.pack import pack


@dataclass(frozen=True)
class Losses:
    """One number an example, in the order they were given."""

    nll: NDArray[np.float64]
    """(examples,), nats, summed over the supervised tokens."""
    tokens: NDArray[np.int64]
    """(examples,), how many tokens are supervised."""


def nll(model: Any, examples: Sequence[Example], width: int) -> Losses:
    """Return the losses of each example's supervised tokens, in rows of `width` tokens.

    A model that lets documents of a row see each other gets a row for each.
    """
    places = pack([len(one) for one in examples], width)
    if not keeps_documents_apart(model):
        places = [[place] for place in range(len(examples))]
    rows = PackedRows(examples, places, width, 0)
    sums, counts = np.zeros(len(examples)), np.zeros(len(examples), np.int64)
    inner = causal(model)
    before = getattr(inner, "curator_longest", None)
    with_chunked_loss(model, longest=max((len(one) for one in examples), default=1))
    was_training = model.training
    model.eval()
    with torch.inference_mode(), uncompiled(model):
        for place in range(len(rows)):
            batch = collate([rows[place]])
            learnt = batch["shift_labels"][0] != IGNORED
            owners = batch["segments"][0][learnt].numpy()
            asked = {name: values.to(model.device) for name, values in batch.items()}
            losses = model(**asked).losses.double().cpu().numpy()
            np.add.at(sums, owners, losses)
            np.add.at(counts, owners, 1)
    model.train(was_training)
    inner.curator_longest = before
    return Losses(sums, counts)
