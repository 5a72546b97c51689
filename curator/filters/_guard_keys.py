"""Guard keys: what two texts must have in common to ask the same; equal or not, no more."""

from collections.abc import Sequence
from typing import Final

import polars as pl

_UNITS: Final = ("zero", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS: Final = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS: Final = {
    **{"first": "1st", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th"},
    **{"seventh": "7th", "eighth": "8th", "ninth": "9th", "tenth": "10th", "once": "1x"},
    **{"twice": "2x", "thrice": "3x", "half": "1/2", "per cent": "%", "percent": "%"},
}
_OTHERS: Final = ("dozen", "hundred", "thousand", "million", "billion", "trillion", "quarter")


def _values() -> dict[str, str]:
    """Return the digits of number words."""
    found = {"zero": "0", **_ORDINALS}
    found |= {word: str(at) for at, word in enumerate(_UNITS[1:], 2)}
    found |= {word: str(at) for at, word in enumerate(_TEENS, 10)}
    for ten, word in enumerate(_TENS, 2):
        found[word] = str(ten * 10)
        for unit, small in enumerate(("one", *_UNITS[1:]), 1):
            found |= {f"{word}-{small}": str(ten * 10 + unit)}
    return found


_DIGITS: Final = _values()
NUMBER_WORDS: Final = frozenset({*_DIGITS, *_OTHERS})
"""The words that the guard of numbers compares."""
_TENS_WORD: Final = rf"(?:{'|'.join(_TENS)})(?:[- ](?:one|{'|'.join(_UNITS[1:])})\b)?"
_WORD: Final = rf"\b(?:{_TENS_WORD}|{'|'.join((*_UNITS, *_TEENS, *_OTHERS, *_ORDINALS))})\b"
_NUMERAL: Final = r"\d[\d.,]*(?:(?:st|nd|rd|th)\b)?(?:\s*[-–/:×]\s*\d[\d.,]*)*"  # noqa: RUF001
_NUMBER: Final = rf"(?i){_WORD}|{_NUMERAL}|[+*×÷^=<>%√$€£¥]"  # noqa: RUF001
_LISTED: Final = r"(?m)^[ \t]*\d{1,2}[.)][ \t]"
_NEGATION: Final = (
    r"(?i)\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|except|excluding|unless"
    r"|\w+n['\x{2019}]t|non)\b"
)
KEYED: Final = ("numbers", "negation")
"""The guards that ask for equal keys; the others look at a pair."""


def guard_keys(texts: pl.Series, guards: Sequence[str]) -> pl.Series:
    """Return a number for each text, the same where it agrees in all that these guards ask for."""
    made = {
        "numbers": numbers(),
        "negation": pl.col("text").str.count_matches(_NEGATION),
    }
    keys = [made[guard].alias(guard) for guard in KEYED if guard in guards]
    frame = texts.fill_null("").alias("text").to_frame()
    if not keys:
        return pl.zeros(frame.height, dtype=pl.UInt64, eager=True)
    return frame.lazy().select(keys).collect().hash_rows(seed=0)


def numbers() -> pl.Expr:
    """Return the numbers of `text`, in order, in one spelling: "forty-two" and "42" are equal.

    Numbers that only count the lines of a list are left out, and so is "one", mostly a pronoun.
    """
    said = pl.element().str.to_lowercase().str.replace_all(r"\s|,(\d\d\d)\b", "$1")
    plain = said.str.strip_chars_end(".,").str.replace(r"ty([a-z])", "ty-$1")
    words = pl.element().str.contains(r"^[A-Za-z]")
    value = pl.when(words).then(plain.replace(_DIGITS)).otherwise(plain)
    found = pl.col("text").str.replace_all(_LISTED, "").str.extract_all(_NUMBER)
    return found.list.eval(value).list.join(" ")
