"""Judge: how often a language model prefers the later of two models, lengths told apart.

Every pair is asked about in both orders, for judges prefer what stands at one of the two places
(Zheng et al. 2023); the two grades are averaged, so that such a judge says nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml
from pydantic import ValidationError

from curator.errors import InputError, ModelError
from curator.filters.judge import Judge
from curator.tune.evaluate.comparing import Comparing, Question
from curator.tune.evaluate.length_control import Wins, controlled_wins, wins
from curator.tune.evaluate.replies import Reply

_LOWEST, _SPAN = 1, 4
"""Grades go from 1, the first answer is much better, to 5."""
_HALF = 0.5
_MOST_FAILED = 0.5
"""More pairs than this share without a grade are no result."""


class Pair(NamedTuple):
    """The answers of both models to one prompt."""

    before: Reply
    after: Reply


@dataclass(frozen=True)
class Judged:
    """What a judge prefers: shares are how surely it prefers the later model."""

    judge: str
    pairs: int
    failed: int
    """Pairs without a grade in one order or both; they are not counted."""
    swayed: int
    """Pairs in which the judge preferred the same place in both orders, whatever stood there."""
    longer: float
    """By how many characters the later model's answers are longer on average."""
    plain: Wins
    controlled: Wins | None
    """The share at equal lengths; none where nearly all answers of one model are longer."""


def read_judge(path: Path) -> Judge:
    """Read the settings of the filter `judge` from a YAML file: whom to ask, and how.

    Raises:
        InputError: the file cannot be read, or does not say what it should.
    """
    try:
        found = Judge.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} does not name a judge: {error}\nWrite `base_url:` and `model:`, and what else "
            f"the filter `judge` takes (docs/judges.md)"
        ) from error
    if found.base_url is None or found.model is None:
        raise InputError(f"{path} has no `base_url:` or no `model:`: name the endpoint to ask")
    return found


def judge_pairs(
    pairs: Sequence[Pair], settings: Judge, seed: int, say: Callable[[str], None]
) -> Judged:
    """Ask a judge about every pair, in both orders, and count what it prefers.

    Raises:
        ModelError: it cannot be asked, costs too much, or gives no grade for most pairs.
    """
    comparing = Comparing(settings)
    grades = comparing.grades([_question(pair, turned) for pair in pairs for turned in (0, 1)], say)
    chances = [_chances(*two) for two in zip(grades[::2], grades[1::2], strict=True)]
    known = [at for at, two in enumerate(chances) if two is not None]
    failed = len(pairs) - len(known)
    if failed > _MOST_FAILED * len(pairs):
        raise ModelError(
            f"{comparing.name} gave no grade for {failed:,} of {len(pairs):,} pairs, the last: "
            f"{comparing.why}. What was answered is kept: run again when it works"
        )
    told = np.array([chances[at] for at in known], np.float64).reshape(-1, 2)
    longer = np.array([_longer(pairs[at]) for at in known], np.float64)
    preferred = told.mean(1) if known else np.zeros(0)
    return Judged(
        judge=comparing.name,
        pairs=len(known),
        failed=failed,
        swayed=int(((told - _HALF).prod(1) < 0).sum()),
        longer=float(longer.mean()) if known else 0.0,
        plain=wins(preferred, seed),
        controlled=controlled_wins(preferred, longer, seed),
    )


def _question(pair: Pair, turned: int) -> Question:
    """Put the earlier model's answer first, or second where the order is turned."""
    first, second = (pair.after, pair.before) if turned else pair
    return Question(pair.after.prompt.text, first.text, second.text)


def _chances(grade: float | None, turned: float | None) -> tuple[float, float] | None:
    """Return how surely the later answer is preferred in either order, from 0 to 1."""
    if grade is None or turned is None:
        return None
    return (grade - _LOWEST) / _SPAN, 1 - (turned - _LOWEST) / _SPAN


def _longer(pair: Pair) -> int:
    return len(pair.after.text) - len(pair.before.text)
