"""White space: what nobody sees and every tokeniser pays for."""

import re

from curator.records import Turn
from curator.repairs.base import mend_texts

_SUSPECT = (" \n", "\t\n", "\n\n\n\n")
_SUSPECT_SIGNS = ("\u00a0", "\u200b", "\u2060", "\ufeff")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff]")
_FENCE = re.compile(r"[ \t]{0,3}(```|~~~)")
_FENCES = ("```", "~~~")
_CODE = re.compile(r"(?: {4}|\t| *\|)")
_BLANK_LINES = 2


def mend_whitespace(turn: Turn) -> Turn:
    """Cut spaces at line ends, more than two blank lines, no-break and zero-width spaces.

    Fenced and indented code, tables and all indentation stay as they are, and so do two spaces
    before a line break, which Markdown reads, and joiners, which emoji and Persian need.
    """
    return mend_texts(turn, _mend)


def _mend(text: str) -> str:
    trimmed = _trim(text, inside=False)
    inside = any(mark in text for mark in _FENCES)
    if (trimmed == text or not inside) and not _is_suspect(trimmed):
        return trimmed
    return _mend_lines(text)


def _is_suspect(text: str) -> bool:
    """Say whether anything within the text may have to go; plain searches, for speed."""
    if any(mark in text for mark in _SUSPECT) or text[:1] in {" ", "\t"}:
        return True
    return not text.isascii() and any(mark in text for mark in _SUSPECT_SIGNS)


def _mend_lines(text: str) -> str:
    mended: list[str] = []
    fence = ""
    blank = 0
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and (not fence or mark.group(1) == fence):
            fence = "" if fence else mark.group(1)
        kept = line if fence or mark else _mend_line(line)
        blank = 0 if kept.strip() or fence else blank + 1
        if blank <= _BLANK_LINES:
            mended.append(kept)
    return _trim("\n".join(mended), inside=bool(fence))


def _mend_line(line: str) -> str:
    if not line.strip():
        return ""
    if _CODE.match(line):
        return line
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    said = _INVISIBLE.sub("", line[len(indent) :]).replace("\u00a0", " ")
    bare = said.rstrip(" \t")
    return indent + bare + ("  " if said == bare + "  " else "")


def _trim(text: str, *, inside: bool) -> str:
    """Cut blank lines at both ends; a fence that was never closed keeps its own."""
    return text.lstrip("\n") if inside else text.lstrip("\n").rstrip()
