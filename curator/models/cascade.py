"""Cascade: below which score of the bundled model a text need not be shown to a costly one."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.errors import ModelError
from curator.places import cache_folder

RECALL = 0.99
"""The share of what the costly model flags that may not be lost."""
_DOUBT = 0.05
"""The risk that a calibrated threshold keeps less than that."""
_STANDARD = 0.01
"""What is cleared where nothing was calibrated: `docs/toxicity.md` says what that is worth."""


class Clearing(NamedTuple):
    """A threshold, and how it was found."""

    below: float
    """Texts whose bundled score is below this are taken as clean."""
    recall: float | None = None
    """The share it keeps at least, with 95% confidence; none where it was not calibrated."""
    flagged: int = 0
    """How many texts the costly model flagged when it was calibrated."""
    texts: int = 0


def find_threshold(
    cheap: NDArray[np.float64], flagged: NDArray[np.bool_], recall: float = RECALL
) -> Clearing:
    """Find the greatest threshold on the cheap scores that keeps a share of what is flagged.

    Of n flagged texts the m least may fall below it, m being the greatest number that would be as
    small with a probability of at most 5% if more than 1 - recall were lost in truth: the exact
    one-sided binomial bound (Clopper and Pearson 1934, Biometrika 26:404).

    Raises:
        ModelError: so few texts are flagged that not even losing none of them shows the recall.
    """
    scores = np.sort(cheap[flagged])
    lost = _most_lost(len(scores), 1 - recall)
    if lost is None:
        needed = math.ceil(math.log(_DOUBT) / math.log(recall))
        raise ModelError(
            f"the model flags {len(scores)} of the {len(cheap)} texts, and to show a recall of "
            f"{recall:g} it takes {needed} or more: give more texts, or such as have more in them "
            f"that is to be flagged"
        )
    # Rounded down, so that the text at the threshold is never below it.
    below = math.floor(float(scores[lost]) * 1e6) / 1e6
    return Clearing(below, recall, len(scores), len(cheap))


def _most_lost(count: int, share: float) -> int | None:
    """Return the greatest m with P(X <= m) <= 5%, X binomial; none where P(X = 0) is more."""
    total, found = 0.0, None
    for lost in range(count):
        total += math.exp(
            math.lgamma(count + 1)
            - math.lgamma(lost + 1)
            - math.lgamma(count - lost + 1)
            + lost * math.log(share)
            + (count - lost) * math.log1p(-share)
        )
        if total > _DOUBT:
            break
        found = lost
    return found


def clearing_of(costly: str, cheap: str) -> Clearing:
    """Return what was calibrated for two models, by their sha256, or the cautious default.

    Raises:
        ModelError: the file of the calibration cannot be read.
    """
    place = _place(costly, cheap)
    if not place.is_file():
        return Clearing(_STANDARD)
    try:
        return Clearing(**json.loads(place.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(
            f"{place} cannot be read: delete it and run `curator models calibrate` again ({error})"
        ) from None


def keep_clearing(costly: str, cheap: str, found: Clearing) -> Path:
    """Write a calibration where `clearing_of` looks for it, beside the converted models."""
    place = _place(costly, cheap)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(found._asdict(), indent=1) + "\n", "utf-8")
    return place


def chosen(hashes: Sequence[int], share: float) -> NDArray[np.bool_]:
    """Choose a share of texts by their 64-bit hashes, the same ones in any order and run."""
    return np.array(hashes, np.uint64) < np.uint64(min(share, 1 - 2**-53) * 2**64)


def _place(costly: str, cheap: str) -> Path:
    return cache_folder() / "models" / "cascade" / f"{costly[:32]}-{cheap[:32]}.json"
