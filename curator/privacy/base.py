"""Found: one stretch of a text that holds a personal value or a secret, and what kind it is."""

import re
from collections.abc import Iterable
from typing import NamedTuple

_ESCAPE = re.compile(r'\\(?:[nrtbf"/\\]|u[0-9a-fA-F]{4})')
NEAR = 48
"""Code points before a value in which a word may say what it is."""


class Found(NamedTuple):
    """A value in a text: code points `start` to `end`, and its kind, such as `email`."""

    start: int
    end: int
    kind: str


def unescaped(text: str) -> str:
    r"""Blank JSON's escapes, as long as before: after `\n` a value starts a word of its own."""
    return _ESCAPE.sub(lambda found: " " * len(found[0]), text) if "\\" in text else text


def before(text: str, at: int, size: int = NEAR) -> str:
    """Return what stands before a place."""
    return text[max(0, at - size) : at]


def around(text: str, start: int, end: int, size: int = NEAR) -> str:
    """Return what stands before and after a stretch, the stretch itself left out."""
    return f"{before(text, start, size)} \n {text[end : end + size // 2]}"


def settled(found: Iterable[Found]) -> list[Found]:
    """Keep of values that overlap the one that starts first, and of those the longest."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda value: (value.start, -value.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept
