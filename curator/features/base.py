"""Feature: a column that several filters read and that is computed once."""

from abc import ABC, abstractmethod
from typing import ClassVar

import polars as pl
import xxhash
from pydantic import BaseModel, ConfigDict

from curator.records import canonical_json


class Feature(BaseModel, ABC):
    """Compute one column for every record; the settings are part of its key."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    version: ClassVar[int] = 1
    """Raise it when `compute` changes: stored columns then expire."""
    tag: ClassVar[str]
    """The column's name."""
    names_files: ClassVar[tuple[str, ...]] = ()
    """Settings that name a model or file: what `files` says of it is in the key, not its place."""
    mapped: ClassVar[bool] = False
    """Whether the column is many numbers, which lie on disk as in memory, and are mapped."""
    reads_turns: ClassVar[bool] = False
    """Whether `compute` reads `messages`, which cost most to load."""

    @abstractmethod
    def compute(self, records: pl.DataFrame) -> pl.Series:
        """Return the column, named by the tag, one value a record, in their order."""

    def key(self) -> str:
        """Name what the column depends on: 16 hex digits."""
        parts = {
            "settings": self.model_dump(mode="json", exclude=set(self.names_files)),
            "version": type(self).version,
        }
        if files := self.files():
            parts["files"] = files
        return xxhash.xxh3_64_hexdigest(canonical_json(parts).encode())

    def files(self) -> dict[str, str]:
        """Return the sha256 of every model and file that `compute` reads."""
        return {}
