"""Results: what one training came to, one file each, that appears whole."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import xxhash

from curator.records import canonical_json
from curator.run import write_text

VERSION = 1
"""Raised when the same training would come to other numbers."""


@dataclass(frozen=True)
class OnSet:
    """One model on one held-out set, record by record."""

    nll: list[float]
    """Nats, summed over the supervised tokens of a record."""
    tokens: list[int]
    exact: float | None = None
    """Share of answers that are the held-out ones word for word; None where those are long."""
    degenerate: float | None = None
    """Share of answers that are empty, do not end, or loop; None where none was asked for."""
    words: float | None = None
    """Mean words of an answer."""


@dataclass(frozen=True)
class Result:
    """One arm with one seed."""

    arm: str
    seed: int
    records: int
    unique_tokens: int
    """Supervised tokens of its records."""
    seen_tokens: int
    """Supervised tokens it was trained on."""
    epochs: float
    loss: float
    """Of training, the mean of the last tenth of the steps."""
    seconds: float
    sets: dict[str, OnSet] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> "Result":
        """Read it from JSON."""
        said = json.loads(text)
        said["sets"] = {name: OnSet(**one) for name, one in said["sets"].items()}
        return cls(**said)


@dataclass(frozen=True)
class Store:
    """The folder where results lie, named by what they depend on."""

    folder: Path

    def path(self, arm: str, seed: int, depends: Mapping[str, Any]) -> Path:
        """Return where a result lies, or will."""
        key = xxhash.xxh3_64_hexdigest(canonical_json({**depends, "version": VERSION}).encode())
        name = "".join(sign if sign.isalnum() else "_" for sign in arm)
        return self.folder / f"{name}-{seed}-{key}.json"

    def read(self, path: Path) -> Result | None:
        """Return a result that is there."""
        return Result.read(path.read_text("utf-8")) if path.is_file() else None

    def write(self, path: Path, result: Result) -> None:
        """Write a result whole."""
        write_text(path, json.dumps(asdict(result), ensure_ascii=False) + "\n")
