"""Unicode: text that was decoded wrongly on its way, set right by ftfy."""

import re
from functools import cache
from typing import TYPE_CHECKING

from curator.records import Turn
from curator.repairs.base import mend_texts

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

_SUSPECT = re.compile(r"[^\x20-\x7e\n\t]")
_ROUNDS = 4


def mend_unicode(turn: Turn) -> Turn:
    """Undo mojibake, drop control characters, write accents in one way (NFC).

    HTML stays escaped, quotes stay curly, ligatures and full-width signs stay: they may be meant.
    Plain ASCII is not even looked at.
    """
    return mend_texts(turn, _mend)


def _mend(text: str) -> str:
    if not _SUSPECT.search(text):
        return text
    from ftfy.fixes import fix_line_breaks

    lines = fix_line_breaks(text).split("\n")
    return "\n".join(_mend_line(line) if _SUSPECT.search(line) else line for line in lines)


def _mend_line(line: str) -> str:
    """Fix until nothing changes: text that was garbled twice comes right in two rounds."""
    from ftfy import fix_text

    for _ in range(_ROUNDS):
        fixed = fix_text(line, _config())
        if fixed == line:
            break
        line = fixed
    return line


@cache
def _config() -> "TextFixerConfig":
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        unescape_html=False,
        uncurl_quotes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        explain=False,
    )
