"""Target: what one record becomes in an exported data set."""

from typing import Protocol

from curator.export.entry import Entry
from curator.export.llama_factory import LlamaFactory
from curator.export.shapes import InShape
from curator.export.survey import Survey
from curator.export.trl import Trl
from curator.recipe import Export


class Target(Protocol):
    """Write records as the rows of one shape, or of one trainer's layout."""

    @property
    def layout(self) -> str:
        """The name of the rows' layout."""

    @property
    def caution(self) -> str:
        """What someone who loads the data should know; mostly nothing."""

    def write(self, entry: Entry) -> str:
        """Return the record's row as one line of JSON, or raise a CarryError that says why not."""

    def describe(self, name: str, files: dict[str, str]) -> dict[str, str]:
        """Return the texts of further files that the trainer reads, by file name."""


def target_of(settings: Export, found: Survey) -> Target:
    """Choose the target an export asks for."""
    if settings.to == "trl":
        return Trl(found, settings.container)
    if settings.to == "llama_factory":
        return LlamaFactory(found)
    return InShape(settings.to, verbatim=settings.container == "jsonl")
