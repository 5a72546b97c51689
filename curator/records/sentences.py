"""Sentences: where one ends and the next begins, near enough to judge them one by one."""

import re
from collections.abc import Iterator

_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")


def find_sentences(text: str) -> Iterator[re.Match[str]]:
    """Find the stretches between full stops, exclamation and question marks, and line ends."""
    return _SENTENCE.finditer(text)
