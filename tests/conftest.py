"""Tiny literal records, and what a filter says of them."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, settings

from curator.filters.base import Filter
from curator.records import Origin, Record, Turn, content_of, frame_of

settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("CURATOR_DATA", ROOT.parent / "shared" / "data"))

Reasons = Callable[..., list[str | None]]

os.environ.setdefault("OMP_NUM_THREADS", "1")
"""Tests run side by side, one a core: threads of theirs would only wait for each other."""


def data_file(path: str) -> Path:
    """Return a file of the real data, or skip the test where it is absent."""
    found = DATA / path
    if not found.exists():
        pytest.skip(f"needs {path} of the real data: set CURATOR_DATA to its folder")
    return found


def chat(*texts: str, roles: Iterable[str] = ("user", "assistant") * 50) -> Record:
    """Make a record whose turns alternate between user and assistant."""
    turns: list[Turn] = [
        {"role": role, "content": text}  # type: ignore[typeddict-item]
        for role, text in zip(roles, texts, strict=False)
    ]
    return Record(messages=turns)


def frame(*records: Record) -> pl.DataFrame:
    """Make the canonical frame of some records."""
    contents = [content_of(record) for record in records]
    origins = [
        Origin(
            id=f"{content}-{contents[:i].count(content)}", content=content, source="t", row=i + 1
        )
        for i, content in enumerate(contents)
    ]
    return frame_of(records, origins)


def make_records(*responses: str, prompt: str = "Say something.") -> pl.DataFrame:
    """Make records of one prompt and one response each."""
    return frame(*(chat(prompt, response) for response in responses))


def fired(settings: Filter, records: pl.DataFrame) -> list[str | None]:
    """Name the first rule that fires for each record, whatever its action."""
    rules = [
        pl.when(rule).then(pl.lit(f"{settings.label}.{reason}"))
        for reason, rule in settings.rules().items()
    ]
    return settings.score(records).select(pl.coalesce(rules)).to_series().to_list()


@pytest.fixture
def reasons() -> Reasons:
    """Return `reasons(filter, *responses)`: the first reason that fires for each response."""

    def ask(settings: Filter, *responses: str) -> list[str | None]:
        return fired(settings, make_records(*responses))

    return ask
