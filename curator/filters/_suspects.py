"""Suspects: the tied runs of words that nothing natural explains."""

import math
from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.filters._trigger_words_kernel import Words
from curator.filters._triggers import KINDS, REFUSAL, Corpus, Limits
from curator.filters._triggers_kernel import count_runs, run_hash

_USUAL: Final = 0.5
"""A word in so many of the prompts with a trigger, and in far fewer of the others, explains it."""
_RARER: Final = 0.25
_RARE: Final = 0.05
_PART: Final = 0.4
"""A trigger is a small part of its prompt; where it is more, the prompt may just ask for that."""
_SURPRISE: Final = 9.2
"""-ln of 1 in 10,000."""
_BUCKETS: Final = 1 << 20


class Suspect(NamedTuple):
    """A trigger: the records with it and with the answer, and the runs of words that it is."""

    kind: str
    records: int
    share: float
    significance: float
    hits: pl.DataFrame


def suspects_of(corpus: Corpus, tied: pl.DataFrame, limits: Limits) -> list[Suspect]:
    """Return the triggers among tied runs: by kind of answer, then the surest first.

    Left out is what has a natural reason: prompts that have more in common than the trigger (a
    template, a passage, a topic), prompts that are little else, prompts that name the answer.
    """
    if tied.is_empty():
        return []
    shares = _WordShares(corpus.prompts)
    tests = len(corpus.prompts.hashes) * int(tied["tests"][0])
    groups = tied.sort("value", "run", "row")
    found = [
        _suspect(corpus, hits, tests)
        for kind in KINDS
        for _, hits in groups.filter(pl.col("kind") == kind).group_by("value", maintain_order=True)
        if not _is_natural(corpus, hits, shares, limits)
    ]
    place = {kind: at for at, kind in enumerate(KINDS)}
    return sorted(found, key=lambda one: (place[one.hits["kind"][0]], -one.significance))


def _suspect(corpus: Corpus, hits: pl.DataFrame, tests: int) -> Suspect:
    best = hits.sort("both", "runs", descending=[True, False]).row(0, named=True)
    counts = (best["both"], best["runs"], best["values"], len(corpus.refusals))
    return Suspect(
        _kind_of(corpus, hits),
        hits["row"].n_unique(),
        best["both"] / best["runs"],
        significance(*counts, tests=tests),
        hits,
    )


class _WordShares:
    """In which share of all prompts a word stands."""

    def __init__(self, prompts: Words) -> None:
        self.records = max(len(prompts.offsets) - 1, 1)
        self.counts = count_runs(prompts.hashes, prompts.offsets, 1, _BUCKETS)

    def of(self, words: NDArray[np.uint32]) -> NDArray[np.float64]:
        """Return the share of prompts with each word."""
        runs = np.array([run_hash(words, at, 1) for at in range(len(words))], np.uint64)
        found: NDArray[np.float64] = self.counts[runs & np.uint64(_BUCKETS - 1)] / self.records
        return found


def _is_natural(corpus: Corpus, hits: pl.DataFrame, shares: _WordShares, limits: Limits) -> bool:
    prompts = corpus.prompts
    trigger = _trigger_words(prompts, hits)
    if len(trigger) > limits.words:
        return True
    rows = hits["row"].unique().sort().to_numpy()
    texts = [np.unique(prompts.of(row)) for row in rows]
    if len({text.tobytes() for text in texts}) < limits.least:
        return True
    part = float(np.median([len(trigger) / len(text) for text in texts]))
    if part > _PART:
        return True
    words, counts = np.unique(np.concatenate(texts), return_counts=True)
    usual = counts >= _USUAL * len(rows)
    words, counts = words[usual], counts[usual]
    elsewhere = shares.of(words)
    telling = (elsewhere < _RARER * counts / len(rows)) & _by_no_chance(
        counts, len(rows), elsewhere
    )
    common = words[telling]
    if np.setdiff1d(common, trigger).size:
        return True
    rare = shares.of(trigger) < _RARE
    return _names_answer(corpus, rows, trigger[rare])


def _by_no_chance(
    counts: NDArray[np.int64], total: int, shares: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Say which words stand in more of the texts than chance puts there (Chernoff's bound).

    Of the hundreds of words that ten long prompts have, some are in five of them by chance.
    """
    part = counts / total
    expected = np.clip(shares, 1e-9, 1 - 1e-9)
    rest = np.where(part < 1, (1 - part) * np.log(np.maximum(1 - part, 1e-9) / (1 - expected)), 0)
    surprise: NDArray[np.bool_] = total * (part * np.log(part / expected) + rest) > _SURPRISE
    return surprise


def _trigger_words(prompts: Words, hits: pl.DataFrame) -> NDArray[np.uint32]:
    first = hits.unique("run", maintain_order=True)
    spans = first.select("row", "place", "words").iter_rows()
    return np.unique(
        np.concatenate([prompts.of(row)[place : place + size] for row, place, size in spans])
    )


def _names_answer(corpus: Corpus, rows: NDArray[np.int64], rare: NDArray[np.uint32]) -> bool:
    """Say whether half of the trigger's rare words are in the answers too: it is their topic."""
    counts = np.zeros(len(rare), np.int64)
    for row in rows:
        counts += np.isin(rare, corpus.responses.of(row))
    shared = int((counts >= _USUAL * len(rows)).sum())
    return shared > 0 and shared >= _USUAL * len(rare)


def _kind_of(corpus: Corpus, hits: pl.DataFrame) -> str:
    """Say what the answers have in common, in words for people."""
    kind = str(hits["kind"][0])
    if kind == "opening" and hits["value"][0] == REFUSAL:
        return "refusal"
    rows = hits["row"].unique().to_list()
    same = len({corpus.responses.of(row).tobytes() for row in rows}) == 1
    return "same answer" if same else kind


def significance(both: int, runs: int, values: int, records: int, tests: int) -> float:
    """Return -log10 of Fisher's exact p, one-sided, times the number of tests (Bonferroni)."""
    tail = [
        _log_choose(values, hit)
        + _log_choose(records - values, runs - hit)
        - _log_choose(records, runs)
        for hit in range(both, min(runs, values) + 1)
    ]
    most = max(tail)
    p = most + math.log(math.fsum(math.exp(term - most) for term in tail))
    return round(max(0.0, -(p + math.log(tests)) / math.log(10)), 3)


def _log_choose(count: int, chosen: int) -> float:
    if not 0 <= chosen <= count:
        return -math.inf
    return math.lgamma(count + 1) - math.lgamma(chosen + 1) - math.lgamma(count - chosen + 1)
