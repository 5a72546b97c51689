"""What ingest takes and gives: sources in, records and quarantine entries out."""

from dataclasses import dataclass, field
from pathlib import Path

from curator.records import Record


@dataclass(frozen=True)
class Source:
    """One file of input, and what the recipe says about it."""

    path: Path
    name: str
    """What its records carry as `source`: the path relative to the recipe, with `/`."""
    format: str | None = None
    columns: dict[str, str] | None = None
    licence: str | None = None
    said: str = ""
    """Where the recipe speaks of it, such as `recipe.yaml, line 4`, for what is wrong with it."""
    entry: int = 0
    """The place of the recipe's `input:` entry that named it."""


@dataclass(frozen=True)
class Sniff:
    """What the head of a file shows."""

    container: str
    """json_lines, json, csv, parquet or arrow."""
    compression: str | None
    """gzip, zstd, bzip2 or None."""
    encoding: str
    shape: str | None
    """None where the head holds no row."""
    confidence: float
    ranking: list[tuple[str, float]] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    """The fields found, in the order they were met."""


@dataclass(slots=True)
class Ingested:
    """One record, with the row it came from and what had to be said about it."""

    row: int
    part: int
    shape: str
    """The shape it was read as, which gives the row back."""
    record: Record
    notes: list[str]


@dataclass(slots=True)
class Quarantined:
    """One row that cannot be represented as a record."""

    source: str
    row: int
    field: str
    error: str
    raw: str
