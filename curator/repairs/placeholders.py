"""Placeholders: `<noinput>` and its like, where there should be nothing."""

import re

from curator.records import Turn
from curator.repairs.base import parts_of, with_content

# Seen in Alpaca, its translations and Code Alpaca (AlpacaDataCleaned looks for `no ?input`).
_INPUT = re.compile(
    r"[<\[(]?\s*(?:no[ _-]?inputs?"
    r"(?: (?:is )?(?:needed|required|provided|necessary|given|available))?"
    r"|n/?a|none|not applicable|empty|blank|无|无需?输入|没有输入|不适用|不需要输入)"
    r"\s*[>\])]?\s*[.。]?",
    re.IGNORECASE,
)
_OUTPUT = re.compile(
    r"[<\[(]\s*no[ _-]?(?:out|in)puts?(?: (?:provided|given|available|required))?\s*[>\])]\s*[.。]?"
    r"|no(?:out|in)puts?",
    re.IGNORECASE,
)
_LONGEST = 40


def mend_placeholders(turn: Turn) -> Turn:
    """Take a placeholder out of an instruction's input, and out of an answer that is only one.

    The input goes with what joined it to the instruction; the answer becomes empty, which the
    `empty` filter then sees.
    """
    if turn["role"] == "assistant":
        return _mend_answer(turn)
    parts = parts_of(turn) if turn["role"] == "user" else None
    if parts is None or len(parts) != 2 or not _stands_for_nothing(parts[1], _INPUT):  # noqa: PLR2004
        return turn
    return with_content(turn, parts[0], None)


def _mend_answer(turn: Turn) -> Turn:
    if turn.get("tool_calls") or not _stands_for_nothing(turn["content"], _OUTPUT):
        return turn
    return with_content(turn, "", None)


def _stands_for_nothing(text: str, pattern: re.Pattern[str]) -> bool:
    return 0 < len(text) <= _LONGEST and pattern.fullmatch(text.strip()) is not None
