"""Unicode: text that was decoded wrongly on its way, set right by ftfy."""

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from curator.records import Turn
from curator.repairs.base import mend_texts

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

_SUSPECT = re.compile(r"[^\x20-\x7e\n\t]")
# Controls, line separators, deprecated format characters, marks and surrogates: ftfy cuts them.
_CUT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u206a-\u206f\ufeff\ufff9-\ufffc\ud800-\udfff]"
)
# Every sign of mojibake that ftfy knows (ftfy.badness, 6.3) has one of these: two neighbours that
# a one-byte encoding can hold, or a letter that is odd alone. Looking for them is eight times
# faster than asking ftfy, which still has the last word.
_MAY_BE_GARBLED = re.compile("[\x80-\u2fff\uf8ff\ufb01\ufb02\ufffd]{2}|[ŒœÂÃ]")
_ROUNDS = 4


def mend_unicode(turn: Turn) -> Turn:
    """Undo mojibake, drop control characters, write accents in one way (NFC).

    HTML stays escaped, quotes stay curly, ligatures and full-width signs stay: they may be meant.
    Plain ASCII is not even looked at.
    """
    return mend_texts(turn, _mend)


def _mend(text: str) -> str:
    if not _is_suspect(text):
        return text
    from ftfy.fixes import fix_line_breaks

    lines = fix_line_breaks(text).split("\n")
    return "\n".join(_mend_line(line) if _SUSPECT.search(line) else line for line in lines)


def _is_suspect(text: str) -> bool:
    """Say whether there may be something to mend; ruling it out is what most texts need."""
    if _CUT.search(text):
        return True
    if text.isascii():
        return False
    return bool(_MAY_BE_GARBLED.search(text)) or not unicodedata.is_normalized("NFC", text)


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
