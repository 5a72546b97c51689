"""Precision: a quick copy of a model in bfloat16, and which of its scores are near enough."""

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

Logits = NDArray[np.float64]
_NEAR = 0.01
"""How far a score may be from that of the model in float32."""
_CAUTION = 2.0
"""How many times the greatest error seen on `PROBES` is reckoned with for other texts."""
PROBES = (
    "Thank you, that was very kind of you.",
    "You are an idiot and nobody likes you.",
    "The committee met on Tuesday to discuss the budget of the library.",
    "I will find you and you will be sorry.",
    "def add(a, b):\n    return a + b",
    "How do I kill the process that listens on port 8080?",
    "People of every religion live in this city, and most of them get along well.",
    "What a load of rubbish. Get lost!",
    "Boil the pasta for nine minutes, drain it, and stir in the sauce with a spoon of the water.",
    "no",
    "She said that he was stupid, which was unfair, and everybody in the room told her so at once.",
    "1. Paris 2. London 3. Rome 4. Madrid",
)
"""Texts of several kinds on which the error of bfloat16 is measured when a model is loaded."""


def halved(model: Any) -> Any:
    """Copy a model with the weights of its matrices in bfloat16; all else is shared, and float32.

    Sums, norms and embeddings keep their precision, as under `torch.autocast`, and no weight is
    converted batch by batch.
    """
    import torch

    matrices = [module for module in model.modules() if isinstance(module, torch.nn.Linear)]
    own = {id(weight) for module in matrices for weight in module.parameters()}
    kept = [*model.parameters(), *model.buffers()]
    quick = copy.deepcopy(model, {id(one): one for one in kept if id(one) not in own})
    for module in quick.modules():
        if isinstance(module, torch.nn.Linear):
            module.to(torch.bfloat16)
    return quick


def is_halved(model: Any) -> bool:
    """Say whether a model is such a copy."""
    import torch

    return any(weight.dtype == torch.bfloat16 for weight in model.parameters())


def error_of(quick: Logits, exact: Logits) -> float:
    """Return by how much a logit of the quick model is reckoned to be off at most."""
    return _CAUTION * float(np.abs(quick - exact).max(initial=0.0))


def chances_of(logits: Logits, *, exclusive: bool) -> Logits:
    """Return probabilities: (rows, labels), by softmax where labels exclude each other."""
    if not exclusive:
        return 1 / (1 + np.exp(-logits))
    powers = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf))
    found: Logits = powers / powers.sum(axis=1, keepdims=True)
    return found


def doubtful(logits: Logits, error: float, *, exclusive: bool) -> NDArray[np.int64]:
    """List the rows of which a score may be further off than 0.01 if a logit is off by `error`.

    The slope of a sigmoid is p (1 - p); of a softmax it is that of the difference of two logits,
    which is off by twice as much. Where p is near 0 or 1, as most often, bfloat16 is near enough.
    """
    chances = chances_of(logits, exclusive=exclusive)
    reach = chances * (1 - chances) * error * (2 if exclusive else 1)
    return np.flatnonzero(reach.max(axis=1, initial=0.0) > _NEAR)
