"""Bias: which social groups a record mentions, and where it calls them by a slur."""

from collections import Counter
from collections.abc import Iterator
from typing import ClassVar, Literal

import polars as pl

from curator.filters.base import Action, Filter, Span, threshold
from curator.groups import AXES, DIGEST, Mention, find_mentions
from curator.records import to_turns

_SAID_BY = ("user", "assistant")


class Bias(Filter):
    """Count the mentions of social groups on nine axes, and flag answers that hold a slur.

    A mention is no fault: the counts are there so that the report can tell which groups the data
    speaks of, and whether some filter removes what speaks of one of them (docs/bias.md). A slur in
    an answer teaches the word; one in a prompt may well be what the answer puts right.
    """

    filter: Literal["bias"] = "bias"
    actions: ClassVar[dict[str, Action]] = {"slur": "flag", "prompt_slur": "off"}

    max_slurs: int = threshold(0, ge=0)
    """More slurs than this in one answer is `slur`."""
    max_prompt_slurs: int = threshold(0, ge=0)
    """More slurs than this in what the user says is `prompt_slur`."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        turns = (
            to_turns(records)
            .filter(pl.col("role").is_in(_SAID_BY))
            .select("record", "turn", "role", "content")
        )
        bad = set(records.with_row_index().filter(~pl.col("label"))["index"])
        found = [_Found() for _ in range(records.height)]
        for record, turn, role, content in turns.iter_rows():
            found[record].take(turn, role, find_mentions(content or ""), is_bad=record in bad)
        rows = [one.measures() for one in found]
        return pl.DataFrame(rows, schema=_SCHEMA, orient="row")

    def rules(self) -> dict[str, pl.Expr]:
        return {
            "slur": pl.col("slurs") > self.max_slurs,
            "prompt_slur": pl.col("prompt_slurs") > self.max_prompt_slurs,
        }

    def spans(self, text: str) -> list[Span]:
        slurs = (one for one in find_mentions(text) if one.slur)
        return [Span(one.start, one.end, "slur") for one in slurs]

    def files(self) -> dict[str, str]:
        return {"groups/lexicon.txt": DIGEST}


_SCHEMA: dict[str, pl.DataType] = {
    **{axis: pl.Int64() for axis in AXES},
    "groups": pl.String(),
    "slurs": pl.Int64(),
    "slurs_turn": pl.Int64(),
    "prompt_slurs": pl.Int64(),
}
"""One count of mentions an axis; the groups, such as `age.old gender.women`; slurs of the worst
answer and where it stands; slurs of the user."""


class _Found:
    """What was found in one record so far; all is null where nobody said anything."""

    def __init__(self) -> None:
        self.axes: Counter[str] = Counter()
        self.groups: set[str] = set()
        self.answers: list[tuple[int, int]] = []
        self.asked: int | None = None

    def take(self, turn: int, role: str, mentions: list[Mention], *, is_bad: bool) -> None:
        self.axes.update(one.axis for one in mentions)
        self.groups.update(f"{one.axis}.{one.group}" for one in mentions)
        slurs = sum(one.slur for one in mentions)
        if role == "user":
            self.asked = (self.asked or 0) + slurs
        elif not is_bad:
            self.answers.append((-slurs, turn))

    def measures(self) -> tuple[int | str | None, ...]:
        if self.asked is None and not self.answers:
            return (None,) * len(_SCHEMA)
        slurs, turn = min(self.answers, default=(None, None))
        worst = None if slurs is None else -slurs
        axes: Iterator[int] = (self.axes[axis] for axis in AXES)
        return (*axes, " ".join(sorted(self.groups)), worst, turn, self.asked)
