"""Code validity: Python that does not parse, and JSON that does not load."""

import re
from collections.abc import Iterator
from typing import ClassVar, Literal, NamedTuple

import polars as pl

from curator.filters._json_code import fault_in_json, is_json
from curator.filters._python_code import CAP, Fault, ends_in_prose, fault_in_python, is_python
from curator.filters.base import Action, Filter, Span, threshold
from curator.filters.turns import view_texts, worst_turns

_REASONS = ("python", "python2", "json", "json_loose")
_BLOCK = re.compile(r"^[ \t]*```[ \t]*(\w*)[^\n]*\n(.*?)^[ \t]*```", re.M | re.S)
_PYTHON = frozenset({"python", "py", "python3"})
_SHOWS_FAULTS = re.compile(
    r"(?i)error|wrong|incorrect|invalid|\b(?:de)?bug|\bfix|broken|\bbad\b|mistake|instead|original"
    r"|pseudo|template|python ?2|错误|修复"
)
"""A prompt, or the line above a block, that says why code may be faulty."""


class Snippet(NamedTuple):
    """A stretch of an answer that is code of a known language."""

    start: int
    language: str
    code: str
    labelled: bool


class CodeValidity(Filter):
    """Flag answers with Python that does not parse, or JSON that does not load.

    Judged are fenced blocks labelled so, and whole answers or unlabelled blocks that are Python or
    JSON for certain. Sketches (`...`), sessions (`>>>`), blocks cut from a longer text and code
    that is shown for its fault are left alone; blocks that never close are for `truncated`.
    Nothing is run.
    """

    filter: Literal["code_validity"] = "code_validity"
    needs: ClassVar[tuple[str, ...]] = ("kind",)
    actions: ClassVar[dict[str, Action]] = dict.fromkeys(_REASONS, "flag")
    judges_all: ClassVar[bool] = False

    max_faults: int = threshold(0, ge=0)
    """More faulty blocks in a turn than this are a reason."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        about = records.select(
            pl.int_range(pl.len(), dtype=pl.Int64).alias("record"), "kind", "prompt"
        )
        text = pl.col("text")
        turns = view_texts(records, "response").join(about, on="record", how="left")
        coded = turns.filter(
            text.str.contains("```", literal=True) | (pl.col("kind").is_in(["code", "tool"]))
        ).sort("record", "turn")
        counts = [_count(*row) for row in coded.select("text", "prompt", "kind").iter_rows()]
        measured = coded.select("record", "turn").hstack(
            pl.DataFrame(counts, schema=dict.fromkeys(_REASONS, pl.Int64), orient="row")
        )
        return worst_turns(measured, records.height, dict.fromkeys(_REASONS, "high"))

    def rules(self) -> dict[str, pl.Expr]:
        return {reason: pl.col(reason) > self.max_faults for reason in _REASONS}

    def spans(self, text: str) -> list[Span]:
        return [
            _span(text, snippet, fault)
            for snippet in _snippets(text, whole=True)
            if len(snippet.code) <= CAP and (fault := _fault(text, snippet))
        ]


def _count(text: str, prompt: str | None, kind: str | None) -> tuple[int | None, ...]:
    """Count the faulty blocks by reason; null where nothing was judged."""
    snippets = [
        snippet for snippet in _snippets(text, whole=kind == "code") if len(snippet.code) <= CAP
    ]
    if not snippets or _SHOWS_FAULTS.search(prompt or ""):
        return (None,) * len(_REASONS)
    faults = [fault.reason for snippet in snippets if (fault := _fault(text, snippet))]
    return tuple(faults.count(reason) for reason in _REASONS)


def _snippets(text: str, *, whole: bool) -> Iterator[Snippet]:
    """List the blocks of Python and JSON, or the whole answer where it has no fence."""
    if "```" not in text:
        language = _language(text) if whole and len(text) <= CAP else None
        if language:
            yield Snippet(0, language, text, labelled=False)
        return
    for block in _BLOCK.finditer(text):
        label, code = block[1].lower(), block[2]
        if label in _PYTHON or label == "json":
            language = "json" if label == "json" else "python"
            yield Snippet(block.start(2), language, code, labelled=True)
        elif not label and len(code) <= CAP and (guessed := _language(code)):
            yield Snippet(block.start(2), guessed, code, labelled=False)


def _language(code: str) -> str | None:
    if is_json(code):
        return "json"
    return "python" if is_python(code) else None


def _fault(text: str, snippet: Snippet) -> Fault | None:
    above = text[: snippet.start].rsplit("```", 1)[0].rstrip().rsplit("\n", 1)[-1]
    if _SHOWS_FAULTS.search(above[-200:]):
        return None
    if snippet.language == "json":
        return fault_in_json(snippet.code)
    fault = fault_in_python(snippet.code)
    if fault and not snippet.labelled and ends_in_prose(snippet.code, fault.line):
        return None
    return fault


def _span(text: str, snippet: Snippet, fault: Fault) -> Span:
    """Point at the line of the text on which the fault was found."""
    lines = snippet.code.split("\n")
    start = snippet.start + sum(len(line) + 1 for line in lines[: fault.line])
    return Span(start, min(start + len(lines[fault.line]), len(text)), fault.reason)
