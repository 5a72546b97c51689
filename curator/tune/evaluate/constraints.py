"""Constraints: what can be asked of the form of an answer, and be checked by counting.

The file is copied into the export for lm-eval-harness, so that it imports nothing of curator. To
check by program rather than by opinion, and to read strictly and loosely, is the idea of IFEval
(Zhou et al. 2023, *Instruction-Following Evaluation for Large Language Models*); the constraints,
the prompts and the checks are ours.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Constraint = Mapping[str, Any]
"""`type`, and what the type needs beside it: a number, words, a phrase."""

_COMMAS = re.compile("[,\u060c\u3001\uff0c]")
_FENCED = re.compile(r"\A```[a-zA-Z]*\n(.*)\n```\Z", re.DOTALL)
_BULLET = re.compile(r"^[ \t]*(?!(?:[-*][ \t]*){3,}$)[-*\u2022][ \t]+\S", re.MULTILINE)
_TITLE = re.compile(r"<<[^<>\n]*[^<>\s][^<>\n]*>>")
_SLOT = re.compile(r"\[[^\[\]\n]*[^\[\]\s][^\[\]\n]*\](?!\()")
_POSTSCRIPT = re.compile(r"\n[ \t]*p\. ?s\.[ \t:]*\S", re.IGNORECASE)
_THREE_STARS = re.compile(r"^[ \t]*\*{3}[ \t]*$", re.MULTILINE)
_SIX_STARS = re.compile(r"^[ \t]*\*{6}[ \t]*$", re.MULTILINE)
_NO_END = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|vs|e\.g|i\.e)\.(?=\s)", re.IGNORECASE)
_SENTENCE = re.compile(
    r"[^.!?\u3002\uff01\uff1f]*\w.*?"
    r"(?:[.!?]+[\"'\u201d\u2019)\]]*(?=\s|\Z)|[\u3002\uff01\uff1f]+|\Z)",
    re.DOTALL,
)
_QUOTES = {'"': '"', "\u201c": "\u201d", "\u00ab": "\u00bb", "\u201e": "\u201c"}


def count_words(text: str) -> int:
    """Count the stretches between spaces that hold a letter or a digit."""
    return sum(any(sign.isalnum() for sign in word) for word in text.split())


def count_sentences(text: str) -> int:
    """Count what ends with a full stop, a question or an exclamation mark, or with the text."""
    return sum(1 for _ in _SENTENCE.finditer(_NO_END.sub("_", text)))


def says_anything(text: str) -> bool:
    """Say whether a text has a letter, a digit or a symbol: dots and spaces say nothing."""
    return any(unicodedata.category(sign)[0] in "LNS" for sign in text)


def _says(text: str, word: str) -> bool:
    """Say whether a word or phrase is in a text, as a whole and in any case."""
    said = r"\s+".join(map(re.escape, word.casefold().split()))
    return re.search(rf"(?<!\w){said}(?!\w)", text.casefold()) is not None


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _is_json(text: str, _: Constraint) -> bool:
    fenced = _FENCED.match(text)
    try:
        told = json.loads(fenced[1] if fenced else text)
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict | list)


def _ends_with(text: str, asked: Constraint) -> bool:
    bare = text.rstrip().rstrip("\"'\u201d\u2019")
    return _plain(bare).endswith(_plain(asked["phrase"]))


def _parts(text: str, marks: "re.Pattern[str]") -> list[str]:
    return [_plain(part) for part in marks.split(text)]


def _has_paragraphs(text: str, asked: Constraint) -> bool:
    parts = _parts(text, _THREE_STARS)
    return len(parts) == asked["n"] and all(parts)


def _has_two_answers(text: str, _: Constraint) -> bool:
    parts = _parts(text, _SIX_STARS)
    return len(parts) == 2 and all(parts) and parts[0] != parts[1]  # noqa: PLR2004 (two)


def _is_quoted(text: str, _: Constraint) -> bool:
    inside = text[1:-1]
    return bool(inside.strip()) and _QUOTES.get(text[0]) == text[-1]


def _repeats_first(text: str, asked: Constraint) -> bool:
    said, request = _plain(text), _plain(asked["request"])
    return said.startswith(request) and bool(said[len(request) :].strip(" .:?!\"'*"))


def _is_choice(text: str, asked: Constraint) -> bool:
    return _plain(text).removesuffix(".") in {_plain(choice) for choice in asked["choices"]}


CHECKS: dict[str, Callable[[str, Constraint], bool]] = {
    "no_comma": lambda text, _: _COMMAS.search(text) is None,
    "json": _is_json,
    "least_words": lambda text, asked: count_words(text) >= asked["n"],
    "most_words": lambda text, asked: count_words(text) <= asked["n"],
    "exact_words": lambda text, asked: count_words(text) == asked["n"],
    "bullets": lambda text, asked: len(_BULLET.findall(text)) == asked["n"],
    "keywords": lambda text, asked: all(_says(text, word) for word in asked["words"]),
    "forbidden": lambda text, asked: not any(_says(text, word) for word in asked["words"]),
    "title": lambda text, _: _TITLE.search(text) is not None,
    "ends_with": _ends_with,
    "lower_case": lambda text, _: text.islower(),
    "upper_case": lambda text, _: text.isupper(),
    "paragraphs": _has_paragraphs,
    "placeholders": lambda text, asked: len(_SLOT.findall(text)) >= asked["n"],
    "postscript": lambda text, _: _POSTSCRIPT.search(text) is not None,
    "two_answers": _has_two_answers,
    "quoted": _is_quoted,
    "repeats_first": _repeats_first,
    "sentences": lambda text, asked: count_sentences(text) == asked["n"],
    "choice": _is_choice,
}
"""Each type with its check of an answer that is not empty and has no space at its ends."""

NEEDS: dict[str, tuple[str, type]] = {
    **dict.fromkeys(("least_words", "most_words", "exact_words"), ("n", int)),
    **dict.fromkeys(("bullets", "paragraphs", "placeholders", "sentences"), ("n", int)),
    **dict.fromkeys(("keywords", "forbidden"), ("words", list)),
    "ends_with": ("phrase", str),
    "repeats_first": ("request", str),
    "choice": ("choices", list),
}
"""What a type needs beside its name."""


def wrong_in(asked: Any) -> str:
    """Say what is wrong with a constraint; nothing where it can be checked."""
    if not isinstance(asked, Mapping) or asked.get("type") not in CHECKS:
        return f"a constraint has a `type`, one of {', '.join(CHECKS)}"
    if asked["type"] not in NEEDS:
        return ""
    name, kind = NEEDS[asked["type"]]
    if isinstance(asked.get(name), kind) and not isinstance(asked[name], bool):
        return ""
    return f"the constraint {asked['type']!r} needs `{name}`, of type {kind.__name__}"


def follows(answer: str, asked: Constraint, *, loose: bool = False) -> bool:
    """Say whether an answer does what a constraint asks; one that says nothing never does.

    Loosely read, it is enough that one of eight readings does: without its first line, its last
    line or both ("Sure, here it is:"), and each of these without asterisks.
    """
    check = CHECKS[asked["type"]]
    readings = _readings(answer) if loose else iter([answer.strip()])
    return any(says_anything(text) and check(text, asked) for text in readings)


def followed(answer: str, constraints: Sequence[Constraint], *, loose: bool = False) -> list[bool]:
    """Say of each constraint whether an answer does what it asks."""
    return [follows(answer, asked, loose=loose) for asked in constraints]


def _readings(answer: str) -> Iterator[str]:
    lines = answer.strip().split("\n")
    for part in (lines, lines[1:], lines[:-1], lines[1:-1]):
        text = "\n".join(part).strip()
        yield text
        yield text.replace("*", "").strip()
