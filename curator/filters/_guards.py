"""Guards: why two texts that are worded much alike may still ask for different things.

Each looks at a couple and says whether it is apart; which of the two comes first never matters.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from curator.filters._guard_keys import NUMBER_WORDS
from curator.filters._guard_text import Couple, Word, framing
from curator.filters._guard_words import lexicon, stem_of

CLOSE: Final = 0.75
"""From this cosine of their static vectors on, two words may stand for one another. Of pairs of
Alpaca's words from 0.75 up most are forms or synonyms (why and reason, ocean and sea), of those
from 0.65 to 0.7 half are not (fastest and quickly, but outside and outdoor, red and blue)."""
_MUTUAL: Final = frozenset(
    stem_of(word)
    for word in (
        *("compare", "comparison", "contrast", "similar", "similarity", "relationship", "relation"),
        *("connection", "difference", "different", "differ", "common", "between", "distinguish"),
    )
)
"""Words that treat what they join alike, in either order."""
_BEING: Final = frozenset(map(stem_of, ("is", "are", "was", "were", "be", "been", "got")))
_DENIALS: Final = ("n't", "n\u2019t", "cannot")
_KEPT: Final = 1 << 16
_LETTERS: Final = 20
"""Letters from which on a language is told, as in the feature `language`."""
_SURE: Final = 0.8


def names(couple: Couple) -> bool:
    """Say whether one names what the other does not."""
    sides = zip(couple.middles, (couple.ours, couple.theirs), strict=True)
    return any(word.said in text.names for text, words in sides for word in telling(words))


def contrasts(couple: Couple) -> bool:
    """Say whether a word of one stands against a word of the other, as rise against fall."""
    known = lexicon()
    ours, theirs = (
        {word.stem for word in words if word.stem in known.apart}
        for words in (couple.ours, couple.theirs)
    )
    return any(known.are_apart(mine, yours) for mine in ours for yours in theirs)


def identifiers(couple: Couple) -> bool:
    """Say whether one has a code identifier that the other lacks."""
    one, other = couple.middles
    return one.identifiers != other.identifiers


def direction(couple: Couple) -> bool:
    """Say whether two words have traded places: from A to B, from B to A."""
    one, other = (text.places for text in couple.middles)
    turned = (one & _turned(other)) - _turned(one) - other
    if turned and _MUTUAL.isdisjoint(stem_of(word) for word, _ in couple.counts[0]):
        return True
    left = {word.stem for word in (*couple.ours, *couple.theirs)}
    return "by" in left and bool(left & _BEING) and not list(telling(couple.ours + couple.theirs))


def _turned(
    places: Iterable[tuple[str, tuple[str, ...], str]],
) -> set[tuple[str, tuple[str, ...], str]]:
    return {(after, between, before) for before, between, after in places}


def language(couple: Couple) -> bool:
    """Say whether the two are in different languages, both of them surely."""
    first, second = (_language_of(text.text) for text in couple.middles)
    return first is not None and second is not None and first != second


@lru_cache(_KEPT)
def _language_of(text: str) -> str | None:
    from curator.models import kin, language_model

    if sum(map(str.isalpha, text)) < _LETTERS:
        return None
    guess = language_model().identify([text])[0]
    return kin(guess.language) if guess.confidence >= _SURE else None


def content(couple: Couple) -> bool:
    """Say whether a telling word of one has no counterpart in the other."""
    ours, theirs = couple.ours, couple.theirs
    if not any(couple.counts):
        return True
    one, other = couple.texts
    return not (
        all(_is_met(word, theirs) for word in telling(ours, framing(one)))
        and all(_is_met(word, ours) for word in telling(theirs, framing(other)))
    )


def _is_met(word: Word, others: Sequence[Word]) -> bool:
    known = lexicon()
    return any(
        known.are_alike(word.stem, other.stem)
        or (
            not known.are_apart(word.stem, other.stem)
            and _closeness(word.said, other.said) >= CLOSE
        )
        for other in others
    )


def _closeness(one: str, other: str) -> float:
    return float(_vector(one) @ _vector(other))


@lru_cache(_KEPT)
def _vector(word: str) -> NDArray[np.float32]:
    from curator.models import embedder

    found: NDArray[np.float32] = embedder("bundled").embed([word])[0]
    return found


def telling(words: Sequence[Word], framing: frozenset[str] = frozenset()) -> list[Word]:
    """List the words that are no mere form of asking; numbers and denials have their own guards."""
    known = lexicon()
    return [
        word
        for word in words
        if word.stem not in known.quiet
        and word.stem not in known.weak
        and word.stem not in framing
        and not word.said.isdigit()
        and word.said not in NUMBER_WORDS
        and not word.said.endswith(_DENIALS)
    ]


PAIRED: Final = {
    "contrasts": contrasts,
    "content": content,
    "names": names,
    "identifiers": identifiers,
    "direction": direction,
    "language": language,
}
"""The guards that look at a couple, the quickest first; the others ask for equal keys."""
