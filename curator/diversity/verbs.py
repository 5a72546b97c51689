"""Verbs: what a prompt asks one to do, and to what, read by rules in place of a parser.

Self-Instruct (Wang et al. 2023) draws the root verbs of instructions with their direct objects,
read by a constituency parser. Requests are the plainest sentences there are, so a lexicon and a few
rules do: imperatives, polite questions, wishes, and real questions.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from curator.diversity._asked import NOTHING, Asked, Strength
from curator.diversity._led import after_commas
from curator.diversity._questions import question
from curator.diversity._requests import LEADERS, request, wish
from curator.diversity._small_words import DETERMINERS, LINKS, PRONOUNS

__all__ = ["Asked", "asked_of"]

HEAD, TAIL = 1_200, 600
"""Characters from the beginning and the end of a prompt that are read."""
_CODE = re.compile(r"```.*?(?:```|$)", re.S)
_SENTENCE = re.compile(r"(?<=[.!?:;])[\"'\u201d\u2019)\]]*\s+|\n+")
_TOKEN = re.compile(r"[^\W_](?:[\w+#]|[-'\u2019.@](?=\w))*|[^\w\s]")
_QUOTES = dict.fromkeys("\u201c\u201d\u201e\u2018\u00ab\u00bb\u300c\u300d`'", '"')
_LONG = 60
"""Words of a sentence that are read."""


def asked_of(prompt: str) -> Asked:
    """Return the verb of the request and the head of its object, in their simplest forms.

    Where a prompt asks for several things it is the first; what only sets a scene ("imagine",
    "pretend") counts if nothing else is asked. A request at the end of a long prompt beats what
    stands in the text before it.
    """
    text = _CODE.sub(" ", prompt)
    first, *rest = re.split(r"\n\s*\n", text[:HEAD].strip(), maxsplit=1) or [""]
    found = _best(first)
    if found.strength is Strength.ASKED or not rest:
        return found.asked
    last = re.split(r"\n\s*\n", text.strip())[-1][-TAIL:]
    return max(found, _best(last), _best(rest[0]), key=lambda one: one.strength).asked


class _Found(NamedTuple):
    asked: Asked
    strength: Strength


def _best(text: str) -> _Found:
    """Return the first request of a text, or else what comes nearest to one."""
    best = _Found(Asked(None, None), Strength.NOTHING)
    for words in _sentences(text):
        found = _read(words)
        if found.strength > best.strength:
            best = found
        if best.strength is Strength.ASKED:
            break
    return best


def _sentences(text: str) -> Iterator[list[str]]:
    for sentence in _SENTENCE.split(text):
        words = [_token(found) for found in _TOKEN.findall(sentence)[:_LONG]]
        while words and (words[0] in LINKS or (not words[0][0].isalnum() and words[0] != '"')):
            words = words[1:]
        if words:
            yield words


def _token(found: str) -> str:
    word = found.lower().replace("\u2019", "'")
    return _QUOTES.get(word, word)


def _read(words: Sequence[str]) -> _Found:
    led = words[0] in LEADERS or words[0] in PRONOUNS or words[0] in DETERMINERS
    for reader in (question, request, *([after_commas] if led else []), wish):
        asked, strength = reader(words)
        if strength is not Strength.NOTHING:
            return _Found(asked, strength)
    return _Found(*NOTHING)
