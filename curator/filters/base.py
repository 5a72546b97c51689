"""Filter: what every filter is, and what it may rely on."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from typing import Any, ClassVar, Literal, NamedTuple, Self

import polars as pl
import xxhash
from pydantic import BaseModel, ConfigDict, Field, model_validator

from curator.features import FEATURES, Feature
from curator.models import CATALOGUE
from curator.records import canonical_json

Action = Literal["drop", "flag", "off"]
View = Literal["prompt", "response", "reasoning", "text", "rejected"]
_SETTLES = frozenset({"name", "on", "score_dropped"})


class Span(NamedTuple):
    """A stretch of text to highlight: code points `start` to `end`, and the rule it speaks for."""

    start: int
    end: int
    reason: str


class News(NamedTuple):
    """How far a filter is with all records, and what it has to tell before it goes on."""

    done: int
    total: int
    told: str = ""


def threshold(default: Any, **limits: Any) -> Any:
    """Declare a setting that only rules read: it expires no scores and becomes a slider."""
    return Field(default, json_schema_extra={"threshold": True}, **limits)


class Filter(BaseModel, ABC):
    """Measure every record, and say which measures are reasons to drop or flag it.

    A leaf declares `filter: Literal["its_tag"]`, its settings, `score` and `rules`, nothing else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    version: ClassVar[int] = 1
    """Raise it when `score` changes: stored scores then expire."""
    needs: ClassVar[tuple[str, ...]] = ()
    """Names of the features that `score` reads as extra columns."""
    incidental: ClassVar[tuple[str, ...]] = ()
    """Settings that say how something is measured and not what: they expire no scores."""
    names_files: ClassVar[tuple[str, ...]] = ()
    """Settings that name a model, or the path of a file; what it holds counts, not where it is."""
    sees_all: ClassVar[bool] = False
    """Whether it needs all records of the run at once, rather than shard by shard."""
    actions: ClassVar[dict[str, Action]] = {}
    """The default action of each rule that does not drop."""
    runs_beside: ClassVar[bool] = False
    """Whether `score` is compiled code that leaves Python free: it needs no process of its own."""
    judges_all: ClassVar[bool] = True
    """Whether every record has what it looks at; else null is usual and no report remarks on it."""

    name: str | None = None
    """Label of this filter in columns, reasons and reports; needed where a filter is used twice."""
    on: dict[str, Action] = {}
    """What each rule does when it fires: drop, flag or off."""
    score_dropped: bool = True
    """Whether records that an earlier filter dropped are measured too."""

    @property
    def tag(self) -> str:
        """The filter's registered name."""
        return str(type(self).model_fields["filter"].default)

    @property
    def label(self) -> str:
        """What stands before `__` in columns and before `.` in reasons."""
        return self.name or self.tag

    @abstractmethod
    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        """Measure the records: one row each, in their order, scalars named by measure."""

    @abstractmethod
    def rules(self) -> dict[str, pl.Expr]:
        """Return each reason with the condition over this filter's own measures."""

    def spans(self, text: str) -> list[Span]:
        """Point at what the rules speak of, in one text; nothing to point at by default."""
        return []

    def features(self) -> tuple[Feature, ...]:
        """Return the features that `score` and `pairs` read."""
        return tuple(FEATURES[name] for name in self.needs)

    def action(self, rule: str) -> Action:
        """Say what happens when the rule fires."""
        return self.on.get(rule, self.actions.get(rule, "drop"))

    def key(self) -> str:
        """Name what the scores depend on: 16 hex digits."""
        kept = {
            name: value
            for name, value in self.model_dump(mode="json").items()
            if name not in {*_SETTLES, *self.names_files, *self.incidental, *self.thresholds()}
        }
        parts = {
            "settings": kept,
            "version": type(self).version,
            "features": [feature.key() for feature in self.features()],
            "files": self.files(),
        }
        return xxhash.xxh3_64_hexdigest(canonical_json(parts).encode())

    def files(self) -> dict[str, str]:
        """Return the sha256 of every model, lexicon and file that `score` reads."""
        return {}

    def device(self) -> str:
        """Say where scores are made, where another device may give others."""
        return "cpu"

    def placed(self, place: Callable[[str], str]) -> Self:
        """Return the filter with the paths it names put elsewhere; names of models stay."""
        said = {name: getattr(self, name) for name in self.names_files}
        moved = {
            name: self.moved(str(value), place)
            for name, value in said.items()
            if value is not None and value not in CATALOGUE
        }
        return self.model_copy(update=moved)

    def moved(self, value: str, place: Callable[[str], str]) -> str:
        """Return the value of a setting of `names_files` with the path in it put elsewhere."""
        return place(value)

    @classmethod
    def thresholds(cls) -> tuple[str, ...]:
        """Name the settings that only rules read."""
        return tuple(name for name, info in cls.model_fields.items() if _is_threshold(info))

    def bounds(self) -> dict[str, tuple[str, str | None]]:
        """Return for each rule the measure it judges and the threshold it holds it against.

        Nobody writes this down twice: a threshold belongs to a rule when another value of the
        threshold makes another expression of it.
        """
        rules = self.rules()
        found: dict[str, str] = {}
        for setting in self.thresholds():
            moved = self.model_copy(update={setting: _other(getattr(self, setting))}).rules()
            for reason, rule in rules.items():
                if reason not in found and not rule.meta.eq(moved[reason]):
                    found[reason] = setting
        return {
            reason: (rule.meta.root_names()[0], found.get(reason)) for reason, rule in rules.items()
        }


class DuplicateFilter(Filter):
    """Find records that say the same.

    Its one rule, `duplicate`, is settled over the pairs of all duplicate filters together, so that
    every dropped record has a witness that was kept.
    """

    sees_all = True
    min_similarity: float
    floor: float

    @model_validator(mode="after")
    def _threshold_above_floor(self) -> Self:
        if self.min_similarity < self.floor:
            raise ValueError(
                f"min_similarity {self.min_similarity} is below floor {self.floor}: pairs are only "
                f"complete from the floor up, so lower `floor` too"
            )
        return self

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        """Measure nothing by itself: a duplicate is a matter of two."""
        return pl.DataFrame(height=records.height)

    def rules(self) -> dict[str, pl.Expr]:
        """Return no row-wise rule; `duplicate` fires in the settlement."""
        return {}

    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """Name the record columns that `pairs` reads, besides the features."""

    @abstractmethod
    def pairs(self, measured: pl.LazyFrame) -> pl.LazyFrame:
        """Return `left, right, similarity, verified` for every pair from the floor up.

        `measured` has all records of the run in order; `left` < `right` are row numbers in it.
        Records of similarity 1 form classes, written as stars around their first row.
        """


class CorpusFilter(Filter):
    """Measure each record by all the others; its rules are ordinary rules over these measures.

    What it measures of a record depends on which records there are, never on their order.
    """

    sees_all = True
    asks: ClassVar[bool] = False
    """Whether it measures each record by itself and sees all of them only to ask somebody once:
    with `score_dropped: false` it is then not shown those that an earlier filter drops."""

    def score(self, records: pl.DataFrame) -> pl.DataFrame:
        """Measure records that are a whole run."""
        return self.score_corpus(records.lazy())

    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """Name the record columns that `score_corpus` reads, besides the features."""

    @abstractmethod
    def score_corpus(self, measured: pl.LazyFrame) -> pl.DataFrame:
        """Measure all records of the run: one row each, in their order, scalars by measure.

        `measured` has the columns and the features; it can be collected column by column.
        """

    def scoring(self, measured: pl.LazyFrame) -> Generator[News, None, pl.DataFrame]:
        """Measure as `score_corpus` does, and give news on the way; what takes hours has some."""
        yield from ()
        return self.score_corpus(measured)


def _is_threshold(info: Any) -> bool:
    extra = info.json_schema_extra
    return isinstance(extra, dict) and bool(extra.get("threshold"))


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return value + "?"
    if value is None:
        return 1
    return type(value)([*value, "?"])
