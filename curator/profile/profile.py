"""Profile: format, counts, lengths, scripts, shared openings and problems of some files."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from curator.filters.empty import Empty
from curator.filters.structure import Structure
from curator.ingest import Ingested, Quarantined, Source, read_source, sniff
from curator.profile.preambles import Preamble, shared_preambles
from curator.records import Origin, Record, frame_of
from curator.repairs import REPAIRS, repair

_BLOCK = 4_096
_SHOWN = 1_000
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)
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


@dataclass(frozen=True)
class Problem:
    """Something wrong with one row: where, and what."""

    place: str
    problem: str


@dataclass
class SourceProfile:
    """How one file was read, and what it gave."""

    name: str
    container: str
    shape: str | None
    confidence: float
    ranking: list[tuple[str, float]]
    rows: int = 0
    records: int = 0
    quarantined: int = 0


@dataclass
class Profile:
    """What some files hold. Lengths are in words; quantiles as in QUANTILES."""

    sources: list[SourceProfile]
    records: int = 0
    quarantined: int = 0
    is_whole: bool = True
    lengths: dict[str, list[float]] = field(default_factory=dict)
    turns: dict[int, int] = field(default_factory=dict)
    scripts: dict[str, int] = field(default_factory=dict)
    preambles: list[Preamble] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)
    repairs: dict[str, int] = field(default_factory=dict)
    with_system: int = 0
    with_tools: int = 0
    with_reasoning: int = 0
    with_preference: int = 0
    problem_count: int = 0
    problem_kinds: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def profile_of(sources: Sequence[Source], most: int | None = None) -> Profile:
    """Read the sources, or the first `most` rows of each, and describe them."""
    collected = _Collected(Profile([]))
    for source in sources:
        sniffed = sniff(source)
        container = ".".join(part for part in (sniffed.container, sniffed.compression) if part)
        about = SourceProfile(
            source.name, container, sniffed.shape, round(sniffed.confidence, 3), sniffed.ranking
        )
        collected.profile.sources.append(about)
        rows: set[int] = set()
        block: list[Ingested] = []
        for item in read_source(source, sniffed):
            if most is not None and item.row > most:
                collected.profile.is_whole = False
                break
            rows.add(item.row)
            if isinstance(item, Quarantined):
                about.quarantined += 1
                collected.problem(item.source, item.row, item.error)
                continue
            about.records += 1
            block.append(item)
            if len(block) == _BLOCK:
                collected.add(source.name, block)
                block = []
        collected.add(source.name, block)
        about.rows = len(rows)
    return collected.finish()


class _Collected:
    """What was counted so far."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.words: dict[str, list[pl.Series]] = {"prompt": [], "response": []}
        self.prompts: list[str] = []
        self.turns: Counter[int] = Counter()
        self.scripts: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.notes: Counter[str] = Counter()
        self.repairs: Counter[str] = Counter()

    def problem(self, source: str, row: int, text: str) -> None:
        """Count a problem, and keep the first thousand."""
        self.profile.problem_count += 1
        place = f"{source}:{row}"
        text = text.removeprefix(f"{place}: ")
        self.kinds[text] += 1
        if len(self.profile.problems) < _SHOWN:
            self.profile.problems.append(Problem(place, text))

    def add(self, source: str, block: list[Ingested]) -> None:
        """Count a block of records of one source."""
        if not block:
            return
        records = [item.record for item in block]
        frame = frame_of(
            records,
            [
                Origin(f"{i}", "", source, item.row, item.part, item.shape)
                for i, item in enumerate(block)
            ],
        )
        self._count(frame, records)
        for item in block:
            self.notes.update(item.notes)
        for place, text in _judged(frame):
            self.problem(source, place, text)

    def _count(self, frame: pl.DataFrame, records: list[Record]) -> None:
        profile = self.profile
        profile.records += frame.height
        for view, found in self.words.items():
            found.append(frame[view].str.count_matches(r"\S+"))
        self.prompts += frame["prompt"].str.slice(0, 20_000).to_list()
        self.turns.update(frame["messages"].list.len().to_list())
        self.scripts.update(main_script(frame["text"]).to_list())
        for name in REPAIRS:
            self.repairs[name] += sum(bool(repair(record, [name])[1]) for record in records)
        roles = frame["messages"].list.eval(pl.element().struct.field("role"))
        profile.with_system += int(roles.list.contains("system").sum())
        profile.with_tools += int(frame["tools"].is_not_null().sum())
        profile.with_reasoning += int((frame["reasoning"] != "").sum())
        profile.with_preference += int(frame["rejected"].is_not_null().sum())

    def finish(self) -> Profile:
        """Sum up."""
        profile = self.profile
        profile.quarantined = sum(source.quarantined for source in profile.sources)
        profile.turns = dict(sorted(self.turns.items()))
        profile.scripts = dict(self.scripts.most_common())
        profile.problem_kinds = dict(self.kinds.most_common(_SHOWN))
        profile.notes = dict(self.notes.most_common())
        profile.repairs = {name: count for name, count in self.repairs.items() if count}
        profile.preambles = shared_preambles(self.prompts)
        for view, parts in self.words.items():
            if parts:
                words = pl.concat(parts)
                profile.lengths[view] = [
                    float(words.quantile(quantile, "nearest") or 0) for quantile in QUANTILES
                ]
        return profile


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
                yield row, f"{entry.label}.{name}"


def sources_from(paths: Sequence[str], base: Path, shape: str | None) -> list[Source]:
    """Name the files behind some paths, for a look at data that no recipe lists yet."""
    from curator.ingest import find_files

    return [
        Source(path=file, name=str(file), format=shape, columns=None, licence=None)
        for given in paths
        for file in find_files(given, base)
    ]
