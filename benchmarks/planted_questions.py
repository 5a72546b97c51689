"""Planted questions: a test question put into a training record, in several ways."""

import random
import re
from collections.abc import Sequence

from curator.evaluation.sets import Question
from curator.records import Record

_SIGNS = re.compile(r"[^\w\s]|_")
_LONGEST = 4000
_COMMAS = 0.2

KINDS = (
    "verbatim",
    "re-cased",
    "signs gone",
    "signs to spaces",
    "other signs",
    "more commas",
    "embedded in lines",
    "embedded inline",
    "with its choices",
    "in the response",
    "over two turns",
)


def carriers(sets: Sequence[Sequence[Record]], each: int, chance: random.Random) -> list[Record]:
    """Choose records of every set to plant questions in."""
    fitting = [[one for one in records if _fits(one)] for records in sets]
    return [one for records in fitting for one in chance.sample(records, min(each, len(records)))]


def _fits(record: Record) -> bool:
    roles = [turn["role"] for turn in record.messages]
    return roles == ["user", "assistant"] and len(record.messages[0]["content"]) < _LONGEST


def planted_in(kind: str, question: Question, host: Record, chance: random.Random) -> Record:
    """Return the host with the question in it, in one of the ways."""
    asked, said = (turn["content"] for turn in host.messages)
    text = question.passages[0]
    if kind == "in the response":
        return _record(asked, f"{said}\n\n{text}\n\n{said}")
    if kind == "over two turns":
        words = text.split(" ")
        half = max(1, len(words) // 2)
        return _record(" ".join(words[:half]), said, " ".join(words[half:]), said)
    if kind == "embedded in lines":
        return _record(f"{asked}\n\n{text}\n\nThink step by step.", said)
    if kind == "embedded inline":
        return _record(f"{asked} {text} Think step by step.", said)
    return _record(_changed(kind, question, chance), said)


def _changed(kind: str, question: Question, chance: random.Random) -> str:
    text = question.passages[0]
    letters = zip("ABCDEFGHIJ", question.choices, strict=False)
    words = (f"{word}," if chance.random() < _COMMAS else word for word in text.split(" "))
    return {
        "verbatim": text,
        "re-cased": chance.choice([str.upper, str.lower, str.title, str.swapcase])(text),
        "signs gone": _SIGNS.sub("", text),
        "signs to spaces": _SIGNS.sub(" ", text),
        "other signs": re.sub(r"[.?!]", "!", text).replace(",", " ;"),
        "more commas": " ".join(words),
        "with its choices": "\n".join([text, *(f"{one}. {choice}" for one, choice in letters)]),
    }[kind]


def _record(*texts: str) -> Record:
    return Record(
        messages=[
            {"role": "assistant" if place % 2 else "user", "content": text}
            for place, text in enumerate(texts)
        ]
    )
