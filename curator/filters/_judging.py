"""Judging: what is asked about all records of a run, what it will cost, and what came of it."""

import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl
import xxhash

from curator.errors import ModelError
from curator.filters._rubrics import RUBRICS, Rubric, is_due, shown_to
from curator.filters.base import News
from curator.filters.turns import conversations
from curator.models import (
    Answered,
    Asking,
    Endpoint,
    Failed,
    Graded,
    Messages,
    read_address,
    tokens_of,
    worked,
)
from curator.records import canonical_json

_RECORDS = 1_000
"""Records whose requests are written at once: it bounds the memory."""
_IN_A_ROW = 10
_MOST_FAILED = 0.05
"""From ten failures on, so many in a row or more than this share of all stop the run: then it is
not the records that are at fault."""


class Task(NamedTuple):
    """Whom to ask, about what, and how."""

    base_url: str
    model: str
    rubrics: dict[Rubric, str]
    redact: bool
    most: int
    asking: Asking
    cache: Path

    @property
    def file(self) -> Path:
        """Where the answers of this model at this address are."""
        name = re.sub(r"[^\w.-]+", "_", self.model)[:60]
        own = xxhash.xxh3_64_hexdigest(canonical_json([self.base_url, self.model]).encode())
        return self.cache / f"{name}-{own[:8]}.jsonl"


class Request(NamedTuple):
    """One question: the row and the rubric it is for, its key, and its text if it may be sent."""

    row: int
    rubric: Rubric
    key: str | None
    messages: Messages


class Judging:
    """Grades the records of one run."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self.answered = Answered(task.file)

    def scores(self, records: pl.DataFrame) -> Generator[News, None, pl.DataFrame]:
        """Ask what is not known, and give the grades: null where there is none."""
        due = [(one.row, one.rubric, one.key) for one in self.requests(records)]
        waiting = {
            one.key: tokens_of(one.messages)
            for one in self.requests(records)
            if one.key is not None and self.answered.get(one.key) is None
        }
        if waiting:
            endpoint = Endpoint(self._task.base_url, self._task.model, self._task.asking)
            yield News(0, len(waiting), self._foretold(waiting, len({key for *_, key in due})))
            yield from self._ask(endpoint, records, waiting)
        return self._grades(due, records.height)

    def requests(self, records: pl.DataFrame) -> Iterator[Request]:
        """Write every question that is due; one that is too long has no key."""
        start = 0
        for part in records.iter_slices(_RECORDS):
            for row, turns in enumerate(conversations(part), start):
                if records["label"][row] is False:
                    continue  # it is meant to be bad (KTO)
                for rubric, told in self._task.rubrics.items():
                    if is_due(rubric, turns):
                        shown = shown_to(rubric, turns, redact=self._task.redact)
                        yield self._request(row, rubric, told, shown)
            start += part.height

    def _request(self, row: int, rubric: Rubric, told: str, shown: str) -> Request:
        messages = [{"role": "system", "content": told}, {"role": "user", "content": shown}]
        if len(shown) > self._task.most:
            return Request(row, rubric, None, messages)
        asked = canonical_json([self._task.base_url, self._task.model, messages])
        key = xxhash.xxh3_128_hexdigest(asked.encode("utf-8", "surrogatepass"))
        return Request(row, rubric, key, messages)

    def _foretold(self, waiting: dict[str, int], asked: int) -> str:
        """Say what asking will cost at most; stop where that is too much.

        Raises:
            ModelError: it is more than `max_cost`.
        """
        asking, host = self._task.asking, read_address(self._task.base_url).host
        tokens_in, tokens_out = sum(waiting.values()), len(waiting) * asking.max_answer_tokens
        cost = asking.cost(tokens_in, tokens_out)
        if asking.max_cost is not None and cost > asking.max_cost:
            raise ModelError(
                f"asking {self._task.model} costs up to {cost:,.2f}, and `max_cost:` is "
                f"{asking.max_cost:,.2f}: nothing was asked. Take fewer records, or another model"
            )
        known = f" ({asked - len(waiting):,} are answered)" if asked > len(waiting) else ""
        priced = f", up to {cost:,.2f}" if cost else ""
        hidden = "masked" if self._task.redact else "sent as they are"
        return (
            f"{len(waiting):,} requests to {self._task.model} at {host}{known}, about "
            f"{tokens_in:,} tokens in and up to {tokens_out:,} out{priced}; personal values and "
            f"secrets are {hidden}"
        )

    def _ask(
        self, endpoint: Endpoint, records: pl.DataFrame, waiting: dict[str, int]
    ) -> Iterator[News]:
        """Ask what is waiting, each once; an answer is on disk before it is counted."""
        left = set(waiting)

        def pieces() -> Iterator[Request]:
            for one in self.requests(records):
                if one.key in left:
                    left.discard(one.key)
                    yield one

        def work(one: Request) -> Graded | Failed:
            found = endpoint.grade(one.messages)
            if isinstance(found, Graded) and one.key is not None:
                self.answered.keep(one.key, found)
            return found

        tally = _Tally(self._task)
        for done, (_, found) in enumerate(worked(work, pieces(), self._task.asking.concurrency), 1):
            tally.take(found)
            yield News(done, len(waiting))
        yield News(len(waiting), len(waiting), tally.told())

    def _grades(self, due: list[tuple[int, Rubric, str | None]], height: int) -> pl.DataFrame:
        grades: dict[str, list[float | None]] = {name: [None] * height for name in RUBRICS}
        missing: list[int | None] = [None] * height
        for row, rubric, key in due:
            found = self.answered.get(key) if key else None
            grades[rubric][row] = found.score if found else None
            missing[row] = (missing[row] or 0) + (found is None)
        return pl.DataFrame(
            {**grades, "missing": missing},
            {**dict.fromkeys(RUBRICS, pl.Float64), "missing": pl.Int64},
        )


class _Tally:
    """Counts what was answered, what it cost and what failed, and says when to stop."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._asked = self._failed = self._in_a_row = 0
        self._tokens = [0, 0]
        self._why = ""

    def take(self, found: Graded | Failed) -> None:
        """Count one outcome.

        Raises:
            ModelError: too many failed, or it costs too much.
        """
        self._asked += 1
        if isinstance(found, Graded):
            self._in_a_row = 0
            self._tokens = [self._tokens[0] + found.tokens_in, self._tokens[1] + found.tokens_out]
            self._check_cost()
            return
        self._failed, self._in_a_row, self._why = self._failed + 1, self._in_a_row + 1, found.why
        many = self._failed >= _IN_A_ROW and self._failed > _MOST_FAILED * self._asked
        if self._in_a_row >= _IN_A_ROW or many:
            self._stop()

    def told(self) -> str:
        """Say what it came to.

        Raises:
            ModelError: nothing that was asked got a grade.
        """
        if self._failed == self._asked:
            self._stop()
        cost = self._task.asking.cost(*self._tokens)
        said = f"{self._asked:,} answers, {self._tokens[0]:,} tokens in and {self._tokens[1]:,} out"
        said += f", {cost:,.2f}" if cost else ""
        if self._failed:
            said += f"; {self._failed:,} got no grade and are flagged, the last: {self._why}"
        return said

    def _check_cost(self) -> None:
        most, cost = self._task.asking.max_cost, self._task.asking.cost(*self._tokens)
        if most is not None and cost > most:
            raise ModelError(
                f"the judge has cost {cost:,.2f}, more than `max_cost:` {most:,.2f}. What was "
                f"answered is kept: set it higher and run again to go on"
            )

    def _stop(self) -> None:
        raise ModelError(
            f"{self._failed:,} of {self._asked:,} requests to {self._task.model} got no grade, the "
            f"last: {self._why}. What was answered is kept: run again when it works"
        )
