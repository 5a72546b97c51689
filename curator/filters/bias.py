"""Bias: which groups a record mentions, and where it stereotypes or calls them by a slur."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

import polars as pl

from curator.filters.base import Action, Filter, Span, threshold
from curator.groups import AXES, DIGEST, Mention, find_mentions
from curator.models import card_of, stereotype_model
from curator.records import to_turns

_SAID_BY = ("user", "assistant")


class Bias(Filter):
    """Count the mentions of social groups, and flag answers that stereotype one or hold a slur.

    A mention is no fault: the counts are there so that the report can tell which groups the data
    speaks of, and whether some filter removes what speaks of one of them (docs/bias.md). What is
    said of them is judged sentence by sentence, where a sentence names a group. A slur or a
    stereotype in an answer is taught; one in a prompt may well be what the answer puts right.
    """

    filter: Literal["bias"] = "bias"
    version: ClassVar[int] = 2
    actions: ClassVar[dict[str, Action]] = {
        "stereotype": "flag",
        "prompt_stereotype": "off",
        "slur": "flag",
        "prompt_slur": "off",
    }

    max_stereotype: float = threshold(0.23, ge=0, le=1)
    """Greatest probability that a sentence of an answer links a group with a stereotype or a
    hostile generalisation. Above 0.23 are two fifths of the stereotypes of CrowS-Pairs, and 0.5% of
    the encyclopedic sentences of BOLD (docs/bias.md)."""
    max_prompt_stereotype: float = threshold(0.23, ge=0, le=1)
    """Greatest probability of that in what the user says."""
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
        model = stereotype_model()
        found = [_Found() for _ in range(records.height)]
        for record, turn, role, content in turns.iter_rows():
            mentions = find_mentions(content or "")
            found[record].count(mentions)
            if role == "user" or record not in bad:
                worst = model.worst(content or "", mentions)
                slurs = sum(one.slur for one in mentions)
                found[record].take(turn, role, worst.chance if worst else None, slurs)
        rows = [one.measures() for one in found]
        return pl.DataFrame(rows, schema=_SCHEMA, orient="row")

    def rules(self) -> dict[str, pl.Expr]:
        return {
            "stereotype": pl.col("stereotype") > self.max_stereotype,
            "prompt_stereotype": pl.col("prompt_stereotype") > self.max_prompt_stereotype,
            "slur": pl.col("slurs") > self.max_slurs,
            "prompt_slur": pl.col("prompt_slurs") > self.max_prompt_slurs,
        }

    def spans(self, text: str) -> list[Span]:
        mentions = find_mentions(text)
        slurs = [Span(one.start, one.end, "slur") for one in mentions if one.slur]
        said = stereotype_model().sentences(text, mentions)
        suspect = [one for one in said if one.chance > self.max_stereotype]
        return [*slurs, *(Span(one.start, one.end, "stereotype") for one in suspect)]

    def files(self) -> dict[str, str]:
        cards = [card_of(name) for name in _MODELS]
        return {"groups/lexicon.txt": DIGEST, **{card.name: card.sha256 for card in cards}}


_MODELS = ("encoder_pieces", "encoder_trunk", "stereotype_groups", "stereotype_head")
_SCHEMA: dict[str, pl.DataType] = {
    **{axis: pl.Int64() for axis in AXES},
    "groups": pl.String(),
    "stereotype": pl.Float64(),
    "stereotype_turn": pl.Int64(),
    "prompt_stereotype": pl.Float64(),
    "slurs": pl.Int64(),
    "slurs_turn": pl.Int64(),
    "prompt_slurs": pl.Int64(),
}
"""One count of mentions an axis; the groups, such as `age.old gender.women`; of the worst answer
the greatest probability of a stereotype, and the slurs, with where they stand; the same of the
user. A turn that names no group has no such probability."""


class _Found:
    """What was found in one record so far; all is null where nobody said anything."""

    def __init__(self) -> None:
        self.axes: Counter[str] = Counter()
        self.groups: set[str] = set()
        self.turns: dict[str, list[tuple[int, float | None, int]]] = {"user": [], "assistant": []}

    def count(self, mentions: list[Mention]) -> None:
        """Count what a turn mentions."""
        self.axes.update(one.axis for one in mentions)
        self.groups.update(f"{one.axis}.{one.group}" for one in mentions)

    def take(self, turn: int, role: str, stereotype: float | None, slurs: int) -> None:
        """Remember how a turn speaks of groups."""
        self.turns[role].append((turn, stereotype, slurs))

    def measures(self) -> tuple[int | float | str | None, ...]:
        """Return a value for each column."""
        asked, said = self.turns["user"], self.turns["assistant"]
        if not asked and not said:
            return (None,) * len(_SCHEMA)
        stereotype, at = _worst([(turn, chance) for turn, chance, _ in said])
        slurs, slurs_at = _worst([(turn, count) for turn, _, count in said])
        axes: Iterator[int] = (self.axes[axis] for axis in AXES)
        prompt_stereotype, _ = _worst([(turn, chance) for turn, chance, _ in asked])
        prompt_slurs = sum(count for _, _, count in asked) if asked else None
        groups = " ".join(sorted(self.groups))
        return (*axes, groups, stereotype, at, prompt_stereotype, slurs, slurs_at, prompt_slurs)


def _worst(turns: Sequence[tuple[int, float | None]]) -> tuple[float | None, int | None]:
    """Return the greatest value and the first turn that has it."""
    found = [(-value, turn) for turn, value in turns if value is not None]
    if not found:
        return None, None
    value, turn = min(found)
    return -value, turn
