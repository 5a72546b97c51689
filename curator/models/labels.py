"""Labels: which of a model's labels are which of our columns."""

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from curator.errors import ModelError

Category = Literal[
    "toxicity",
    "severe_toxicity",
    "obscene",
    "threat",
    "insult",
    "identity_attack",
    "sexual_explicit",
]
"""What toxicity is told of: the categories of the Jigsaw data sets (2018 to 2020)."""
CATEGORIES: tuple[str, ...] = get_args(Category)
_KNOWN = dict.fromkeys(CATEGORIES, "") | {
    "toxic": "toxicity",
    "severe_toxic": "severe_toxicity",
    "identity_hate": "identity_attack",
}
_SAFE = frozenset({"safe", "benign", "harmless", "ok", "clean", "neutral", "allowed"})
_UNSAFE = frozenset({"unsafe", "harmful", "malicious", "jailbreak", "injection", "blocked"})


def category_of(label: str) -> str | None:
    """Return the column that a label means by its name, in any case and with any joint."""
    plain = "_".join(label.lower().replace("-", " ").replace("_", " ").split())
    return (_KNOWN[plain] or plain) if plain in _KNOWN else None


def categories_of(
    labels: Sequence[str], said: Mapping[str, str], name: str
) -> dict[str, tuple[int, ...]]:
    """Return for each column the places of the labels that mean it, in the order of the columns.

    What the recipe says of a label goes before its name. Where no label means `toxicity`, every
    other category counts as it too.

    Raises:
        ModelError: the recipe names a label that is not there, or no label means anything here.
    """
    _check_said(labels, said, name)
    found: dict[str, list[int]] = {}
    for place, label in enumerate(labels):
        category = said.get(label) or category_of(label)
        if category:
            found.setdefault(category, []).append(place)
    if not found:
        raise ModelError(
            f"{name} has the labels {', '.join(labels)}, of which none is known here: say what "
            f"they mean with `labels: {{{labels[-1]}: toxicity}}`; the categories are "
            f"{', '.join(CATEGORIES)}"
        )
    if "toxicity" not in found:
        found["toxicity"] = sorted({place for places in found.values() for place in places})
    return {one: tuple(found[one]) for one in CATEGORIES if one in found}


def unsafe_of(labels: Sequence[str], said: Sequence[str], name: str) -> tuple[int, ...]:
    """Return the places of the labels that mean unsafe: those said, or those known by name.

    Where one label is known as safe, all others are unsafe.

    Raises:
        ModelError: a label is said that is not there, or none is known.
    """
    _check_said(labels, dict.fromkeys(said, ""), name)
    if said:
        return tuple(labels.index(label) for label in said)
    plain = [label.lower().strip() for label in labels]
    if len(labels) > 1 and any(label in _SAFE for label in plain):
        return tuple(place for place, label in enumerate(plain) if label not in _SAFE)
    found = tuple(place for place, label in enumerate(plain) if label in _UNSAFE)
    if not found:
        raise ModelError(
            f"{name} has the labels {', '.join(labels)}, and which mean unsafe is not known: say "
            f"so with `unsafe: [{labels[-1]}]`"
        )
    return found


def joined(
    chances: NDArray[np.float32], places: Sequence[int], *, exclusive: bool
) -> NDArray[np.float32]:
    """Return the probability of any of some labels: their sum if they exclude each other, else the
    greatest of them, which is the least that it can be.
    """
    chosen = chances[:, list(places)]
    found: NDArray[np.float32] = (
        np.minimum(chosen.sum(axis=1), 1) if exclusive else chosen.max(axis=1)
    )
    return found


def _check_said(labels: Sequence[str], said: Mapping[str, str], name: str) -> None:
    unknown = [label for label in said if label not in labels]
    if unknown:
        raise ModelError(f'{name} has no label "{unknown[0]}": its labels are {", ".join(labels)}')
