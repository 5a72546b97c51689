"""Scripts: which letters a text is written in, and which languages are written so."""

from bisect import bisect_right
from collections import Counter

_BLOCKS = [
    (0x0041, 0x005A, "latin"),
    (0x0061, 0x007A, "latin"),
    (0x00AA, 0x024F, "latin"),
    (0x0370, 0x03FF, "greek"),
    (0x0400, 0x052F, "cyrillic"),
    (0x0531, 0x0587, "armenian"),
    (0x05D0, 0x05F4, "hebrew"),
    (0x0620, 0x077F, "arabic"),
    (0x0900, 0x097F, "devanagari"),
    (0x0980, 0x09FF, "bengali"),
    (0x0A00, 0x0A7F, "gurmukhi"),
    (0x0A80, 0x0AFF, "gujarati"),
    (0x0B00, 0x0B7F, "odia"),
    (0x0B80, 0x0BFF, "tamil"),
    (0x0C00, 0x0C7F, "telugu"),
    (0x0C80, 0x0CFF, "kannada"),
    (0x0D00, 0x0D7F, "malayalam"),
    (0x0D80, 0x0DFF, "sinhala"),
    (0x0E00, 0x0E7F, "thai"),
    (0x0E80, 0x0EFF, "lao"),
    (0x0F00, 0x0FFF, "tibetan"),
    (0x1000, 0x109F, "myanmar"),
    (0x10A0, 0x10FF, "georgian"),
    (0x1100, 0x11FF, "hangul"),
    (0x1200, 0x139F, "ethiopic"),
    (0x1780, 0x17FF, "khmer"),
    (0x1E00, 0x1EFF, "latin"),
    (0x1F00, 0x1FFF, "greek"),
    (0x3041, 0x30FF, "kana"),
    (0x3400, 0x4DBF, "han"),
    (0x4E00, 0x9FFF, "han"),
    (0xAC00, 0xD7AF, "hangul"),
    (0xF900, 0xFAFF, "han"),
    (0xFB1D, 0xFB4F, "hebrew"),
    (0xFB50, 0xFDFF, "arabic"),
    (0xFE70, 0xFEFC, "arabic"),
    (0x20000, 0x323AF, "han"),
]
"""Unicode's blocks of letters (Unicode 16, Blocks.txt), first and last code point."""
_FIRST = [first for first, _, _ in _BLOCKS]
_DENSE = {"han": 3, "kana": 2, "hangul": 3}
"""How many letters an ideograph, a kana or a Korean syllable is worth beside an alphabet's."""
_KANA_SHARE = 0.05
"""Share of kana from which on a text of kana and ideographs is Japanese."""

_LABELS = {
    "greek": "el",
    "cyrillic": "ru uk be bg mk sr sh kk ky mn tg tt ba cv ce os sah av lez myv mhr mrj kv bxr krc "
    "tyv xal rue az uz tk",
    "armenian": "hy",
    "hebrew": "he yi",
    "arabic": "ar fa ur ps sd ug ckb arz azb pnb mzn ku",
    "devanagari": "hi mr ne sa bh new gom mai dty",
    "bengali": "bn as bpy",
    "gurmukhi": "pa",
    "gujarati": "gu",
    "odia": "or",
    "tamil": "ta",
    "telugu": "te",
    "kannada": "kn",
    "malayalam": "ml",
    "sinhala": "si",
    "thai": "th",
    "lao": "lo",
    "tibetan": "bo",
    "myanmar": "my",
    "georgian": "ka xmf",
    "hangul": "ko",
    "ethiopic": "am",
    "khmer": "km",
    "kana": "ja",
    "han": "zh",
}
_ALSO_LATIN = frozenset({"sr", "sh", "az", "uz", "tk", "ku", "kk", "tt"})

WRITTEN: dict[str, frozenset[str]] = {
    script: frozenset(labels.split()) for script, labels in _LABELS.items()
}
"""The languages (labels of lid.176) that are written in a script; Latin is every other's. What is
written in ideographs alone is `zh`, Cantonese and Wu too: short texts do not tell them apart."""
NOT_LATIN = frozenset({"yue", "wuu"}).union(*WRITTEN.values()) - _ALSO_LATIN
"""Languages that are never written in Latin letters."""


def script_of(text: str) -> str | None:
    """Name the script most letters of a text are in; ideographs with kana are `kana`."""
    if text.isascii():
        return "latin" if any(map(str.isalpha, text)) else None
    counts = Counter(map(_script, map(ord, filter(str.isalpha, text))))
    kana, han = counts["kana"], counts["han"]
    if kana > _KANA_SHARE * (kana + han):
        counts["kana"] += counts.pop("han", 0)
    counts.pop("", 0)
    weights = {script: number * _DENSE.get(script, 1) for script, number in counts.items()}
    return max(weights, key=weights.__getitem__) if weights else None


def _script(code: int) -> str:
    place = bisect_right(_FIRST, code) - 1
    return _BLOCKS[place][2] if place >= 0 and code <= _BLOCKS[place][1] else ""
