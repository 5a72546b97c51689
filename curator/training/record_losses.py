"""Record losses: what a model found hard in each record it was trained on."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from curator.training.conversation import Example
from curator.training.loss import with_chunked_loss
from curator.training.nll import nll
from curator.training.rows import Rows


def record_losses(model: Any, examples: Sequence[Example], width: int) -> NDArray[np.float64]:
    """Return nats per supervised token, example by example; NaN where none is supervised.

    Called before training and after it, it says what the model did not know, and what it did not
    learn.
    """
    found = nll(model, examples, width)
    means = np.full(len(examples), np.nan)
    np.divide(found.nll, found.tokens, out=means, where=found.tokens > 0)
    return means


def gradient_norms(
    model: Any, examples: Sequence[Example], *, most: int | None = None
) -> NDArray[np.float64]:
    """Return how strongly each example alone would move the weights that are trained.

    It is the length of the gradient of its mean loss, by one backward pass an example: exact, and
    as slow as training on them one by one. Only the first `most` are measured, and the rest is NaN,
    as is an example that teaches nothing; so hand over first what matters most (`hardest`).
    """
    found = np.full(len(examples), np.nan)
    learnt = [weight for weight in model.parameters() if weight.requires_grad]
    longest = max((len(example) for example in examples), default=1)
    with_chunked_loss(model, longest=longest)
    was_training = model.training
    # Nothing is left out at random: the norm is of the model as it is.
    model.eval()
    for place, example in enumerate(examples[:most]):
        tokens = int(example.supervised[1:].sum())
        if tokens:
            loss = _loss(model, example) / tokens
            gradients = torch.autograd.grad(loss, learnt, allow_unused=True)
            found[place] = _norm(gradients)
    model.train(was_training)
    return found


def hardest(losses: NDArray[np.float64]) -> list[int]:
    """Return places by falling loss; equal ones in their order, those without a loss last."""
    places: list[int] = np.argsort(-losses, kind="stable").tolist()
    return places


def _loss(model: Any, example: Example) -> Any:
    batch = Rows([example], len(example), padding=0, packing=False).batch([0])
    return model(**{name: values.to(model.device) for name, values in batch.items()}).loss


def _norm(gradients: Sequence[Any]) -> float:
    norms = [
        torch.linalg.vector_norm(one, dtype=torch.float64) for one in gradients if one is not None
    ]
    return float(torch.linalg.vector_norm(torch.stack(norms)))
