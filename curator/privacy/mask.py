"""Mask: the one door through which every text goes before anybody sees it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from curator.privacy.find import find_private, is_plain

MASK = "•"
_SIGN = re.compile(r"\S")
_REVEALED: ContextVar[bool] = ContextVar("revealed", default=False)


@contextmanager
def values(*, shown: bool) -> Iterator[None]:
    """Say for the block whether values are shown as they are; they are masked by default."""
    before = _REVEALED.set(shown)
    try:
        yield
    finally:
        _REVEALED.reset(before)


def values_are_shown() -> bool:
    """Say whether somebody asked to see values as they are."""
    return _REVEALED.get()


def masked(text: str) -> str:
    """Put a dot for every sign of every personal value and secret, unless values are shown.

    As long as before, so that places in it still fit. Give it whole texts and crop afterwards:
    half a value is not known for what it is.
    """
    return text if _REVEALED.get() else hidden(text)


def hidden(text: str) -> str:
    """Mask a text for a file that others may read, whatever was asked to be seen."""
    if is_plain(text):
        return text
    parts, at = [], 0
    for found in find_private(text):
        parts += [text[at : found.start], _SIGN.sub(MASK, text[found.start : found.end])]
        at = found.end
    return "".join([*parts, text[at:]]) if parts else text
