"""Explain: everything that is known about one record and the decision on it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import polars as pl

from curator.decide.rules import evaluate
from curator.errors import RunError
from curator.filters import DuplicateFilter, Filter
from curator.report.chosen import told
from curator.report.diffed import Change, diff_words
from curator.report.find import find_row, quarantined_row
from curator.report.judged import Held, judged_by
from curator.report.likenesses import likenesses
from curator.report.shown import Piece, pieces
from curator.report.spans import places_in
from curator.run import Run

MOST_FOLLOWERS = 10
"""How many of the duplicates that fell because of a record are named."""


class RuleLine(NamedTuple):
    """One rule over a measure of this record."""

    held: Held
    fires: bool


class ScoreLine(NamedTuple):
    """One measure of this record, and the rules that judge it; null was not measured."""

    label: str
    measure: str
    value: float | str | bool | None
    turn: int | None
    rules: tuple[RuleLine, ...]


class TurnView(NamedTuple):
    """One turn as it is shown, what the rules speak of highlighted."""

    role: str
    text: list[Piece]
    reasoning: list[Piece]


class Twin(NamedTuple):
    """The other record of a duplicate: the diff reads from its words to this record's."""

    id: str
    kept: bool
    place: str
    similarity: float | None
    likenesses: dict[str, float]
    """The similarity by each duplicate filter that found the pair."""
    prompt: list[Change]
    response: list[Change]
    follow_up: list[Change]


class Explanation(NamedTuple):
    """One record, its measures, and the decision."""

    id: str
    place: str
    shape: str
    licence: str | None
    decision: dict[str, Any]
    scores: list[ScoreLine]
    turns: list[TurnView]
    rejected: list[TurnView]
    repairs: pl.DataFrame
    twin: Twin | None
    followers: list[str]
    followed_by: int
    selection: dict[str, Any] | None
    """Its row of the selection, where it stood before one, and that in a sentence."""
    selected: str | None


def explain(run: Run, key: str) -> Explanation:
    """Explain the record that the key means: an id, the start of one, or `source:row`.

    A row in quarantine is a `RunError` that tells why it is there.
    """
    places = run.records().select("id", "source", "row").collect()
    why = quarantined_row(run.quarantine().collect(), places, key) if ":" in key else None
    if why is not None:
        raise RunError(why)
    at = find_row(places, key)
    record = run.records().slice(at, 1).collect()
    decision = run.decisions().slice(at, 1).collect().row(0, named=True)
    scores = run.scores().slice(at, 1).collect()
    followers = run.decisions().filter(pl.col("witness") == decision["id"]).select("id").collect()
    row = record.row(0, named=True)
    selection = run.selection().filter(pl.col("id") == row["id"]).collect().to_dicts()
    spent = run.recipe.select
    return Explanation(
        id=decision.pop("id"),
        place=f"{row['source']}:{row['row']}",
        shape=row["shape"],
        licence=row["licence"],
        decision=decision,
        scores=score_lines(run.recipe.filters, scores),
        turns=_turns(run.recipe.filters, row["messages"]),
        rejected=_turns(run.recipe.filters, row["rejected"] or [], "rejected"),
        repairs=run.repairs().filter(pl.col("id") == row["id"]).drop("id").collect(),
        twin=_twin(run, places, at, decision),
        followers=followers["id"].head(MOST_FOLLOWERS).to_list(),
        followed_by=followers.height,
        selection=selection[0] if selection else None,
        selected=told(selection[0], spent) if selection and spent else None,
    )


def score_lines(filters: Sequence[Filter], scores: pl.DataFrame) -> list[ScoreLine]:
    """List every measure of one record, those that a rule judges first."""
    lines = []
    for entry in filters:
        if not isinstance(entry, DuplicateFilter):
            lines += _lines_of(entry, scores)
    return lines


def _lines_of(entry: Filter, scores: pl.DataFrame) -> list[ScoreLine]:
    prefix = f"{entry.label}__"
    values = {
        name.removeprefix(prefix): scores[name][0]
        for name in scores.columns
        if name.startswith(prefix)
    }
    fired = evaluate(scores, entry).row(0, named=True) if entry.rules() else {}
    rules = {
        judged.measure: tuple(RuleLine(held, fired[held.rule]) for held in judged.rules)
        for judged in judged_by(entry)
    }
    turns = {f"{measure}_turn" for measure in values}
    order = [*rules, *(m for m in values if m not in rules and m not in turns)]
    return [
        ScoreLine(entry.label, m, values[m], values.get(f"{m}_turn"), rules.get(m, ()))
        for m in order
    ]


def _turns(
    filters: Sequence[Filter], messages: list[dict[str, Any]], answer: str = "response"
) -> list[TurnView]:
    """Show turns; `answer` is the part of a record that their answers are."""
    answered = [place for place, turn in enumerate(messages) if turn["role"] == "assistant"]
    first = answered[0] if answered else len(messages)
    found = []
    for place, turn in enumerate(messages):
        part = answer if turn["role"] == "assistant" else "prompt" if place < first else "text"
        calls = [f"{call['name']}({call['arguments']})" for call in turn["tool_calls"] or ()]
        said = "\n\n".join(filter(None, [turn["content"], "\n".join(calls)]))
        thought = turn["reasoning"]
        found.append(
            TurnView(
                turn["role"],
                pieces(said, places_in(filters, part, said)),
                pieces(thought, places_in(filters, "reasoning", thought or "")),
            )
        )
    return found


def _twin(run: Run, places: pl.DataFrame, own: int, decision: dict[str, Any]) -> Twin | None:
    if decision["witness"] is None:
        return None
    at = find_row(places, decision["witness"])
    said = ("prompt", "response", "follow_up")
    row, other = (
        run.records().slice(place, 1).select(said).collect().row(0, named=True)
        for place in (own, at)
    )
    kept = run.decisions().slice(at, 1).select("kept").collect().item()
    return Twin(
        decision["witness"],
        kept,
        f"{places['source'][at]}:{places['row'][at]}",
        decision["similarity"],
        likenesses(run, own, at),
        *(diff_words(other[part], row[part]) for part in said),
    )
