"""Profile: format, counts, lengths, scripts, shared openings and problems of some files."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from curator.engines import map_in_order
from curator.ingest import (
    Ingested,
    Quarantined,
    Sniff,
    Source,
    Stream,
    line_blocks,
    read_source,
    sniff,
)
from curator.privacy import masked
from curator.profile.block import Block, CountLines, count_items
from curator.profile.model import QUANTILES, Problem, Profile, SourceProfile
from curator.profile.preambles import shared_preambles
from curator.repairs import REPAIRS

_ITEMS = 4_096
_SHOWN = 1_000
_BYTES = 4_000_000
"""Bytes of lines that one process reads at a time."""
_LARGE = 200e6
"""Bytes of text from which on only a sample of the texts is measured, of about `_SAMPLE` bytes."""
_SAMPLE = 64e6
_SMALL = 20e6
"""Below this many bytes one process is done before a second one has started."""
_COMPRESSED = 4.0


def profile_of(sources: Sequence[Source], most: int | None = None) -> Profile:
    """Read the sources, or the first `most` rows of each, and describe them.

    Large files are read in several processes, and their texts measured in a sample.
    """
    collected = _Collected(Profile([]))
    size = 0.0 if most is not None else sum(map(_text_bytes, sources))
    one_in = round(size / _SAMPLE) if size > _LARGE else 1
    for source in sources:
        sniffed = sniff(source)
        about = _about(source, sniffed)
        collected.profile.sources.append(about)
        for block in _blocks(source, sniffed, one_in, most, collected.profile):
            collected.add(about, block)
    return collected.finish()


def _about(source: Source, sniffed: Sniff) -> SourceProfile:
    container = ".".join(part for part in (sniffed.container, sniffed.compression) if part)
    confidence = round(sniffed.confidence, 3)
    return SourceProfile(source.name, container, sniffed.shape, confidence, sniffed.ranking)


def _text_bytes(source: Source) -> float:
    """Estimate the bytes of a file's text without reading it."""
    size = source.path.stat().st_size
    return size * (_COMPRESSED if Stream(source.path).compression else 1.0)


def _blocks(
    source: Source, sniffed: Sniff, one_in: int, most: int | None, profile: Profile
) -> Iterator[Block]:
    """Count a source block by block: lines in several processes, where they are many."""
    if most is None and sniffed.container == "json_lines" and _text_bytes(source) > _SMALL:
        count = CountLines(source, sniffed.shape, one_in)
        lines = line_blocks(Stream(source.path), _BYTES)
        yield from map_in_order(count, lines, len(os.sched_getaffinity(0)))
        return
    for items in _batches(read_source(source, sniffed), most, profile):
        yield count_items(source, items, one_in)


def _batches(
    items: Iterable[Ingested | Quarantined], most: int | None, profile: Profile
) -> Iterator[list[Ingested | Quarantined]]:
    """Gather items up to a row, without parting those of one row; note if there are more."""
    batch: list[Ingested | Quarantined] = []
    for item in items:
        if most is not None and item.row > most:
            profile.is_whole = False
            break
        if len(batch) >= _ITEMS and batch[-1].row != item.row:
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch


class _Collected:
    """What was counted so far."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.sum = Block()
        self.words: dict[str, list[pl.Series]] = {"prompt": [], "response": []}
        self.kinds: Counter[str] = Counter()

    def add(self, about: SourceProfile, block: Block) -> None:
        """Add what was counted in some rows of a source."""
        about.rows += block.rows
        about.records += block.records
        about.quarantined += block.quarantined
        whole = self.sum
        whole.records += block.records
        whole.measured += block.measured
        whole.quarantined += block.quarantined
        whole.facts += block.facts
        whole.turns += block.turns
        whole.scripts += block.scripts
        whole.notes += block.notes
        whole.repairs += block.repairs
        whole.prompts += block.prompts
        for view, counts in block.words.items():
            self.words[view].append(counts)
        for row, text in sorted(block.problems, key=lambda problem: problem[0]):
            self._problem(f"{about.name}:{row}", text)

    def _problem(self, place: str, text: str) -> None:
        """Count a problem, and keep the first thousand."""
        text = masked(text.removeprefix(f"{place}: "))
        self.kinds[text] += 1
        if len(self.profile.problems) < _SHOWN:
            self.profile.problems.append(Problem(place, text))

    def finish(self) -> Profile:
        """Sum up."""
        profile, whole = self.profile, self.sum
        profile.records, profile.measured = whole.records, whole.measured
        profile.quarantined = whole.quarantined
        profile.with_system, profile.with_tools = whole.facts["system"], whole.facts["tools"]
        profile.with_reasoning = whole.facts["reasoning"]
        profile.with_preference = whole.facts["preference"]
        profile.turns = dict(sorted(whole.turns.items()))
        profile.scripts = dict(whole.scripts.most_common())
        profile.notes = {masked(note): count for note, count in whole.notes.most_common()}
        profile.repairs = {name: whole.repairs[name] for name in REPAIRS if whole.repairs[name]}
        profile.preambles = shared_preambles(whole.prompts)
        profile.problem_count = self.kinds.total()
        profile.problem_kinds = dict(self.kinds.most_common(_SHOWN))
        profile.lengths = {view: _quantiles(parts) for view, parts in self.words.items() if parts}
        return profile


def _quantiles(parts: list[pl.Series]) -> list[float]:
    words = pl.concat(parts)
    return [float(words.quantile(quantile, "nearest") or 0) for quantile in QUANTILES]
