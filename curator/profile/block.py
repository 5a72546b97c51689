"""Blocks: what some rows of a source come to, counted in any process and put together later."""

import gc
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl

from curator.filters.empty import Empty
from curator.filters.structure import Structure
from curator.ingest import Ingested, LineBlock, Quarantined, Source, read_lines
from curator.profile.fine import is_fine
from curator.records import Origin, Record, frame_of
from curator.repairs import REPAIRS, repair

_HEAD = 20_000
SCRIPTS = {
    "Latin": r"\p{Latin}",
    "Han": r"\p{Han}",
    "kana": r"[\p{Hiragana}\p{Katakana}]",
    "Hangul": r"\p{Hangul}",
    "Cyrillic": r"\p{Cyrillic}",
    "Arabic": r"\p{Arabic}",
    "Devanagari": r"\p{Devanagari}",
    "Greek": r"\p{Greek}",
    "Hebrew": r"\p{Hebrew}",
    "Thai": r"\p{Thai}",
}


@dataclass
class Block:
    """What was counted in some rows; `problems` are rows with what is wrong there."""

    rows: int = 0
    records: int = 0
    measured: int = 0
    quarantined: int = 0
    facts: Counter[str] = field(default_factory=Counter)
    turns: Counter[int] = field(default_factory=Counter)
    scripts: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    repairs: Counter[str] = field(default_factory=Counter)
    words: dict[str, pl.Series] = field(default_factory=dict)
    prompts: list[str] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class CountLines:
    """Read and count some lines of a JSON Lines source; runs in any process."""

    source: Source
    shape: str | None
    one_in: int

    def __call__(self, lines: LineBlock) -> Block:
        """Count the records of these lines."""
        searching = gc.isenabled()
        gc.disable()  # records have no cycles, and the search for them costs a fifth
        try:
            items = read_lines(self.source, self.shape, lines)
            return count_items(self.source, items, self.one_in)
        finally:
            if searching:
                gc.enable()


def count_items(source: Source, items: Iterable[Ingested | Quarantined], one_in: int = 1) -> Block:
    """Count rows; of one record in `one_in`, chosen by its row, the text is measured too."""
    block, taken, last = Block(), list[Ingested](), None
    for item in items:
        block.rows += item.row != last
        last = item.row
        if isinstance(item, Quarantined):
            block.quarantined += 1
            block.problems.append((item.row, item.error))
            continue
        taken.append(item)
        block.notes.update(item.notes)
        _count_facts(block, item.record)
    block.records = len(taken)
    doubtful = [item for item in taken if not is_fine(item.record)]
    if doubtful:
        block.problems += _judged(_frame(source.name, doubtful))
    chosen = taken if one_in == 1 else [one for one in taken if _is_chosen(one.row, one_in)]
    if chosen:
        _measure(block, _frame(source.name, chosen), chosen)
    return block


def _is_chosen(row: int, one_in: int) -> bool:
    """Spread the choice evenly, and alike on every machine and in every order."""
    return (row * 2_654_435_761 & 0xFFFF_FFFF) * one_in >> 32 == 0


def _frame(source: str, taken: list[Ingested]) -> pl.DataFrame:
    """Make the frame of records without what nobody looks at here: unknown fields and layout."""
    return frame_of(
        [
            Record(record.messages, record.rejected, record.tools, record.label)
            for record in (item.record for item in taken)
        ],
        [
            Origin(f"{i}", "", source, item.row, item.part, item.shape)
            for i, item in enumerate(taken)
        ],
    )


def _count_facts(block: Block, record: Record) -> None:
    """Count what the turns show without a look at their texts."""
    block.turns[len(record.messages)] += 1
    system = reasoning = False
    for turn in record.messages:
        role = turn["role"]
        system = system or role == "system"
        reasoning = reasoning or (role == "assistant" and bool(turn.get("reasoning")))
    shown = {
        "system": system,
        "reasoning": reasoning,
        "tools": record.tools is not None,
        "preference": record.rejected is not None,
    }
    for name, there in shown.items():
        if there:
            block.facts[name] += 1


def _measure(block: Block, frame: pl.DataFrame, chosen: list[Ingested]) -> None:
    """Measure the texts of the chosen records."""
    block.measured = frame.height
    for view in ("prompt", "response"):
        block.words[view] = frame[view].str.count_matches(r"\S+")
    block.prompts = frame["prompt"].str.slice(0, _HEAD).to_list()
    block.scripts.update(main_script(frame["text"]).to_list())
    for name in REPAIRS:
        block.repairs[name] = sum(bool(repair(item.record, [name])[1]) for item in chosen)


def main_script(texts: pl.Series) -> pl.Series:
    """Name the script most letters of each text are in; `none` where there is no letter."""
    column = pl.col("text").str.slice(0, 2_000)
    counts = (
        texts.alias("text")
        .to_frame()
        .select(
            column.str.count_matches(pattern).alias(script) for script, pattern in SCRIPTS.items()
        )
    )
    most = pl.max_horizontal(pl.all())
    named = pl.coalesce(pl.when(pl.col(script) == most).then(pl.lit(script)) for script in SCRIPTS)
    return counts.select(pl.when(most > 0).then(named).otherwise(pl.lit("none"))).to_series()


def _judged(frame: pl.DataFrame) -> Iterator[tuple[int, str]]:
    """Yield the row and the words for every record that is not well formed or has no answer."""
    for entry in (Structure(), Empty()):
        scores = entry.score(frame)
        for name, rule in entry.rules().items():
            if entry.action(name) != "drop":
                continue
            rows = frame["row"].filter(scores.select(rule.fill_null(False)).to_series())  # noqa: FBT003
            for row in rows:
                yield int(row), f"{entry.label}.{name}"
