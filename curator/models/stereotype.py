"""Stereotype: how surely a sentence links a group with a stereotype or a hostile generalisation.

Two readings of one sentence whose groups are hidden, added up as calibrated (Platt 1999). *What is
said*: how surely it is said of a group as if all were so; which group it is cannot matter. *Of
whom*: how much better the sentence fits the group it names than the other groups of its axis, in
the vectors of all-MiniLM-L6-v2 (Reimers and Gurevych 2019), which have learnt from what people
write; the idea is that of Caliskan, Bryson and Narayanan 2017 (WEAT).
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from curator.groups import GROUPS, Mention
from curator.models.catalogue import card_of
from curator.models.store import file_of
from curator.models.tensors import Array, read_tensors
from curator.records import find_sentences

if TYPE_CHECKING:
    from curator.models.encoder import Head, Trunk

_HIDDEN = "group"
_UNJUDGED = frozenset({("age", "children"), ("age", "adults"), ("age", "middle_aged")})
"""Groups of which everybody is or was one: what is said of them is care, not prejudice ("keep away
from children"), and with the group hidden the two look alike."""
_ONE_BY_SEX = re.compile(r"(?:wo)?man|boy|girl|lady|gentleman|guy", re.IGNORECASE)
_AGED = re.compile(r"young|old|older|elderly", re.IGNORECASE)
_NOUN = re.compile(r"\s+([^\W\d_]+)")
_SEVERAL = ("s", "men", "people", "folk")
"""A person of a story is known by sex and age alone, and what happens to her is said of nobody
else; a noun that ends like this is of several."""
_FEWEST_WORDS = 4
_PIECES = 80
_CHARACTERS = 400


class Stereotyped(NamedTuple):
    """A sentence, code points `start` to `end` of its text, and how surely it stereotypes."""

    chance: float
    start: int
    end: int


class StereotypeModel:
    """Judges sentences that mention a group; made by `stereotype_model`."""

    def __init__(self, trunk: "Trunk", head: "Head", tensors: dict[str, Array]) -> None:
        self._trunk, self._head = trunk, head
        self._blend = tensors["blend"].astype(np.float64)
        self._vectors = tensors["vectors"].astype(np.float64)
        self._chance = lru_cache(maxsize=1 << 16)(self._judge)

    def worst(self, text: str, mentions: Sequence[Mention]) -> Stereotyped | None:
        """Return the sentence of a text that stereotypes most surely; None if none names a group.

        `mentions` are those of `curator.groups.find_mentions`.
        """
        return max(self.sentences(text, mentions), default=None, key=lambda one: one.chance)

    def sentences(self, text: str, mentions: Sequence[Mention]) -> Iterator[Stereotyped]:
        """Judge every sentence that names a group and is more than a few words."""
        judged = [one for one in mentions if _speaks_of_all(text, one)]
        for sentence in find_sentences(text) if judged else ():
            start, end = sentence.span()
            own = [one for one in judged if start <= one.start and one.end <= end]
            if own and len(sentence[0].split()) >= _FEWEST_WORDS:
                groups = frozenset((one.axis, one.group) for one in own)
                said = masked(text, own, start, end)[:_CHARACTERS]
                yield Stereotyped(self._chance(said, groups), start, end)

    def _judge(self, said: str, groups: frozenset[tuple[str, str]]) -> float:
        outputs = self._head.judge(self._trunk.read(said, _PIECES)).astype(np.float64)
        logit = self._blend @ [outputs[0], best_fit(self._vectors, outputs[1:], groups), 1]
        return round(float(1 / (1 + np.exp(-logit))), 6)


def best_fit(vectors: Array, meant: Array, groups: frozenset[tuple[str, str]]) -> float:
    """Return how much better a sentence fits the best of its groups than their whole axis.

    `vectors` are those of the groups, of length one, in the order of the lexicon; `meant` is the
    sentence's, of any length. The answer is a difference of cosines.
    """
    near = vectors @ (meant / np.linalg.norm(meant))
    places, axes = _places()
    return max(float(near[places[one]] - near[axes[one[0]]].mean()) for one in groups)


@cache
def _places() -> tuple[dict[tuple[str, str], int], dict[str, list[int]]]:
    """Return where the vector of each group is, and those of each axis."""
    names = [(axis, group) for axis, groups in GROUPS.items() for group in groups]
    places = {name: place for place, name in enumerate(names)}
    axes = {axis: [places[axis, group] for group in groups] for axis, groups in GROUPS.items()}
    return places, axes


def masked(text: str, mentions: Sequence[Mention], start: int = 0, end: int | None = None) -> str:
    """Return a stretch of a text with its groups hidden."""
    found = []
    for one in mentions:
        found += [text[start : one.start], _HIDDEN]
        start = one.end
    return " ".join("".join([*found, text[start:end]]).split())


def _speaks_of_all(text: str, one: Mention) -> bool:
    """Say whether a mention can bear a stereotype: of more people than one, or of a mark."""
    if (one.axis, one.group) in _UNJUDGED:
        return False
    if one.axis == "gender":
        return not _ONE_BY_SEX.fullmatch(text, one.start, one.end)
    aged = one.axis == "age" and _AGED.fullmatch(text, one.start, one.end)
    noun = _NOUN.match(text, one.end) if aged else None
    return noun is None or noun[1].lower().endswith(_SEVERAL)


@cache
def stereotype_model() -> StereotypeModel:
    """Load the bundled model, once a process.

    Raises:
        ModelError: a file of it is missing or another one.
    """
    from curator.models.encoder import Head, bundled_trunk

    head = Head.load(file_of(card_of("stereotype_head")))
    tensors = read_tensors(file_of(card_of("stereotype_groups")))
    return StereotypeModel(bundled_trunk(), head, tensors)
