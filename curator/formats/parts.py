"""Texts in parts: joined into one, and cut apart again where they still fit."""

from curator.records import JOINER


def join_parts(parts: list[str]) -> str:
    """Join the parts that are not empty by a blank line."""
    return JOINER.join(part for part in parts if part)


def cut_parts(text: str, lengths: list[int]) -> list[str] | None:
    """Cut a joined text at the lengths (in code points) it was joined from, or say it cannot be."""
    parts: list[str] = []
    at = 0
    for length in lengths:
        if length and any(parts):
            if not text.startswith(JOINER, at):
                return None
            at += len(JOINER)
        parts.append(text[at : at + length])
        at += length
    return parts if at == len(text) else None
