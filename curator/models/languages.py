"""Languages: what language a text is in, told by fastText and by the function words it uses."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from curator.errors import ModelError
from curator.models.catalogue import card_of
from curator.models.function_words import function_words
from curator.models.scripts import NOT_LATIN, WRITTEN, script_of
from curator.models.store import file_of

DEFAULT = "lid.176.ftz"
_LABEL = "__label__"
_SURE = 0.9
"""fastText's probability from which on the words are not counted."""
_HEAD = 60
"""Characters that tell whether a text is in capitals."""
_GUESSES = 5
"""How many of fastText's guesses are weighed against the words."""
_LEAST = 0.01
"""The probability of a language that fastText did not guess but whose words are there."""
_WEIGHT = 10.0
_MOST = 0.5
"""The share of function words counts `_WEIGHT` times in log-odds, up to one in two words. Of 6 to
20, tried on sentences in 75 languages, 20 is right most often (0.960 against 0.955) but believes
itself in 5 points more of the languages it does not know."""
_APOSTROPHES = "'\u2019\u02bc"
_WORD = re.compile(rf"[^\W\d_]+(?:[{_APOSTROPHES}][^\W\d_]+)*|[{_APOSTROPHES}]n\b")

KIN = {
    "nb": "no",
    "nn": "no",
    "bs": "hr",
    "sr": "hr",
    "sh": "hr",
    "ms": "id",
    "wuu": "zh",
    "yue": "zh",
}
"""Written languages that one text often cannot tell apart; each counts as its relative."""
_SHARED = {"nb": "no", "nn": "no", "bs": "hr", "sh": "hr", "ms": "id"}
"""Languages whose function words stand in the list of another."""


class Guess(NamedTuple):
    """The likeliest language of a text (the model's own label) and its probability."""

    language: str
    confidence: float


class LanguageModel:
    """A fastText model whose labels are languages; `plain` ones are taken at their word."""

    def __init__(self, path: Path, *, plain: bool = False) -> None:
        import fasttext

        try:
            self._model = fasttext.load_model(str(path))
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{path} cannot be read as a fastText model: {error}") from None
        self._plain = plain

    def identify(self, texts: Sequence[str]) -> list[Guess]:
        """Name the language of each text; a text without a word is a guess like any other."""
        guess = self.first_guess if self._plain else self._guess
        return [guess(_line(text)) for text in texts]

    def first_guess(self, text: str) -> Guess:
        """Return what fastText says by itself, to compare with."""
        guesses = self._chances(" ".join(text.split()), 1)
        for language, chance in guesses.items():
            return Guess(language, min(chance, 1.0))
        return _NONE

    def _guess(self, line: str) -> Guess:
        script = script_of(line)
        if script is None:
            return _NONE
        written = WRITTEN.get(script)
        if written is not None and len(written) == 1:
            return Guess(next(iter(written)), 1.0)
        guesses = self._chances(line, _GUESSES)
        for language, chance in guesses.items():
            if chance >= _SURE and _fits(language, written):
                return Guess(language, min(chance, 1.0))
        fitting = {name: chance for name, chance in guesses.items() if _fits(name, written)}
        return _weighed(line, fitting, written)

    def _chances(self, line: str, guesses: int) -> dict[str, float]:
        # The list form of `predict` differs between the packages that install this module.
        found = self._model.f.predict(f"{line}\n", guesses, 0.0, "replace")
        return {label.removeprefix(_LABEL): chance for chance, label in found}


_NONE = Guess("und", 0.0)
"""What fastText says of a text in which it knows nothing: ISO 639's code for undetermined."""


def language_model(name: str = DEFAULT) -> LanguageModel:
    """Load a model of the catalogue, or a file by its path, once a process.

    Raises:
        ModelError: there is no such model, or its file is missing or another one.
    """
    card = card_of(name)
    return _loaded(file_of(card), card.sha256, card.source == "path")


@lru_cache(maxsize=4)
def _loaded(path: Path, sha256: str, plain: bool) -> LanguageModel:
    """Keep a model; the hash is there to notice another file in its place."""
    return LanguageModel(path, plain=plain)


def kin(language: str) -> str:
    """Return what stands for a language and those it cannot be told from."""
    return KIN.get(language, language)


def _line(text: str) -> str:
    """Put a text on one line; capitals, which the model has seen few of, become small letters."""
    line = " ".join(text.split())
    head = line[:_HEAD]
    return line.lower() if sum(map(str.isupper, head)) * 2 > len(head) else line


def _fits(language: str, written: frozenset[str] | None) -> bool:
    """Say whether a language is written in a script: in Latin letters, where none is given."""
    return language not in NOT_LATIN if written is None else language in written


def _weighed(text: str, chances: Mapping[str, float], written: frozenset[str] | None) -> Guess:
    """Weigh fastText's guesses by the share of words that are a language's function words."""
    if not chances:
        return _NONE
    words = [word.lower() for word in _WORD.findall(text)]
    known, count = function_words(), max(len(words), 1)
    hits = Counter(language for word in words for language in known.get(word, ()))
    for language, relative in _SHARED.items():
        hits[language] = hits[relative]
    weights = {
        language: math.log(max(chances.get(language, 0), _LEAST))
        + _WEIGHT * min(hits[language] / count, _MOST)
        for language in sorted({*chances, *hits})
        if _fits(language, written)
    }
    best = max(weights, key=weights.__getitem__)
    total = sum(math.exp(weight - weights[best]) for weight in weights.values())
    return Guess(best, 1 / total)
