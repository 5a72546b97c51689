"""White space: what nobody sees and every tokeniser pays for."""

import re

from curator.records import Turn
from curator.repairs.base import mend_texts

_SUSPECT = re.compile(r"[ \t]\n|[ \t\n]\Z|\A[ \t]*\n|\n{4}|[\u00a0\u200b\u2060\ufeff]")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff]")
_FENCE = re.compile(r"[ \t]{0,3}(```|~~~)")
_CODE = re.compile(r"(?: {4}|\t| *\|)")
_BLANK_LINES = 2


def mend_whitespace(turn: Turn) -> Turn:
    """Cut spaces at line ends, more than two blank lines, no-break and zero-width spaces.

    Fenced and indented code, tables and all indentation stay as they are, and so do two spaces
    before a line break, which Markdown reads, and joiners, which emoji and Persian need.
    """
    return mend_texts(turn, _mend)


def _mend(text: str) -> str:
    if not _SUSPECT.search(text):
        return text
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
