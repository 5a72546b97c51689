"""Target: what one record becomes in an exported data set."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from curator.export.axolotl import Axolotl
from curator.export.entry import Entry, parted
from curator.export.lesson import Lesson
from curator.export.llama_factory import LlamaFactory
from curator.export.openai import OpenAI
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
        """Return the record's rows, one line of JSON each, or raise a CarryError that says why."""

    @property
    def command(self) -> str:
        """The command that trains on the rows, run where their folder lies; mostly nothing."""

    def describe(self, name: str, files: dict[str, str]) -> dict[str, str]:
        """Return the texts of further files that the trainer reads, by file name."""


@dataclass(frozen=True)
class Parting:
    """Write a preference pair as two judged answers, and any other record as its target does."""

    target: Target

    @property
    def layout(self) -> str:
        """The name of the rows' layout."""
        return self.target.layout

    @property
    def caution(self) -> str:
        """What someone who loads the data should know."""
        return self.target.caution

    @property
    def command(self) -> str:
        """The command that trains on the rows."""
        return self.target.command

    def write(self, entry: Entry) -> str:
        """Return one row or two, or raise a CarryError."""
        halves = (entry,) if entry.record.rejected is None else parted(entry)
        return "\n".join(self.target.write(half) for half in halves)

    def describe(self, name: str, files: dict[str, str]) -> dict[str, str]:
        """Return what the target says of its files."""
        return self.target.describe(name, files)


def target_of(
    settings: Export, look: Callable[[], Survey], folder: str, lesson: Lesson | None = None
) -> Target:
    """Choose the target of an export that is written as a folder of this name.

    `look` surveys the kept records, which a trainer's layout depends on and a shape does not. With
    a lesson, the trainer gets a config too.
    """
    chosen = _chosen(settings, look, folder, lesson)
    return Parting(chosen) if settings.pairs == "labelled" else chosen


def _chosen(
    settings: Export, look: Callable[[], Survey], folder: str, lesson: Lesson | None
) -> Target:
    match settings.to:
        case "axolotl":
            return Axolotl(found := look(), folder, _fitting(lesson, found))
        case "openai":
            return OpenAI(look())
        case "trl":
            return Trl(found := look(), settings.container, _fitting(lesson, found))
        case "llama_factory":
            return LlamaFactory(found := look(), _fitting(lesson, found))
        case shape:
            return InShape(shape, verbatim=settings.container == "jsonl")


def _fitting(lesson: Lesson | None, found: Survey) -> Lesson | None:
    """Return the lesson where the rows are answers to learn: `tune:` describes nothing else."""
    return lesson if found.kind == "answers" else None
