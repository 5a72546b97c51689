"""The recipe's vocabulary: one frozen model for each thing a recipe can say."""

from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from curator.filters import AnyFilter, DuplicateFilter, Filter
from curator.formats import FIELDS
from curator.recipe.budget import RECORD_COLUMNS
from curator.recipe.select import AnySelect
from curator.recipe.settings import SETTINGS
from curator.recipe.tune import Tune

ShapeName = Literal[
    "messages",
    "sharegpt",
    "alpaca",
    "prompt_completion",
    "preference",
    "kto",
    "dolly",
    "self_instruct",
    "prompt_only",
    "transcript",
    "oasst",
    "oasst_pairs",
    "ultrachat",
    "exchanges",
    "baize",
    "magpie",
    "helpsteer",
    "flan",
]
Target = Literal[ShapeName, "trl", "llama_factory", "axolotl", "openai"]
RepairName = Literal["unicode", "special_tokens", "placeholders", "whitespace", "redact"]
Container = Literal["jsonl", "parquet", "hf"]


class _Settings(BaseModel):
    model_config = SETTINGS


class Input(_Settings):
    """One place that records come from."""

    path: str
    """A file, a glob or a folder, relative to the recipe file; an address; or `-`, standard input.

    Addresses are hf://datasets/OWNER/NAME[@REVISION]/…, s3://…, gs://… and https://….
    """
    format: ShapeName | None = None
    """The shape of the rows; detected from the content when absent."""
    columns: dict[str, str] | None = None
    """Which column of the data holds which field, such as `prompt: question`."""
    licence: str | None = None
    """The licence of this data, carried to the dataset card."""
    name: str | None = None
    """What reports call this source; the path when absent."""
    allow_private: bool = False
    """Whether the host of a web address may be one of a private network, or this machine."""
    weight: float = Field(1.0, gt=0, le=1000)
    """How often its kept records are written to be trained on: 2 is twice, 0.5 is half of them."""
    cap: int | None = Field(None, ge=1)
    """At most this many of its kept records are written; all when absent."""

    @model_validator(mode="after")
    def _columns_name_fields(self) -> Self:
        for field in self.columns or {}:
            if field not in FIELDS:
                near = get_close_matches(field, FIELDS, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(FIELDS)}"
                raise ValueError(f"`columns:` knows no field {field!r}: {hint}")
        return self


class Export(_Settings):
    """One data set to write from the kept records."""

    to: Target
    """A shape, or the preset of a trainer."""
    container: Container = Field("jsonl", alias="as")
    """The kind of file: JSON Lines, Parquet, or a Hugging Face dataset folder."""
    splits: dict[str, float] = Field(default_factory=dict)
    """Shares by split name, such as `{train: 95, validation: 5}`; the largest is trained on."""
    name: str | None = None
    """The folder below `export/`; the target's name when absent."""
    strict: bool = False
    """Fail, rather than leave out, when a record does not fit the target."""
    pairs: Literal["whole", "labelled"] = "whole"
    """`labelled` writes a preference pair as two rows, a good and a bad answer, for KTO."""
    max_shard_rows: int | None = Field(None, ge=1)
    """Most rows of one file, such as `train-00000-of-00004.parquet`; one file when absent."""
    config: bool | None = None
    """Write the trainer's config too, which trains as `curator tune` would, on the splits of
    `tune:` unless others are given; when absent, written if the recipe has a `tune:`."""

    @property
    def folder(self) -> str:
        """The folder below `export/` that this export writes."""
        return self.name or self.to

    @model_validator(mode="after")
    def _shares_are_positive(self) -> Self:
        wrong = [name for name, share in self.splits.items() if not share > 0]
        if wrong:
            raise ValueError(f"the share of split {wrong[0]!r} must be greater than 0")
        return self


class Recipe(_Settings):
    """What a run reads, mends, measures, decides and writes."""

    name: str = Field("curated", pattern=r"^[^/\\.][^/\\]*$")
    """The name of the data set, and of the run directory; no slashes."""
    input: list[Input] = Field(min_length=1)
    """Where records come from; appending is adding a line."""
    plugins: list[str] = []
    """Installed packages whose filters this recipe may use beside the built-in ones."""
    repairs: list[RepairName] = []
    """What to mend before measuring, in this order; nothing by default."""
    filters: list[AnyFilter] = []
    """What to measure and decide, in the funnel's order."""
    prefer: list[str] = []
    """Score columns (`label__measure`, highest first) that choose which duplicate survives."""
    verdicts: list[str] = []
    """Other runs whose verdicts count here, by path."""
    select: AnySelect | None = None
    """A budget for the kept records; none by default."""
    export: list[Export] = []
    """Data sets to write at the end of a run."""
    tune: Tune | None = None
    """How `curator tune` trains a model on the kept records; `run` never tunes."""
    seed: int = 0
    """The seed of everything random."""

    @model_validator(mode="after")
    def _labels_are_unique(self) -> Self:
        for what, labels in (
            ("filter", [entry.label for entry in self.filters]),
            ("export", [entry.folder for entry in self.export]),
        ):
            twice = [label for label, count in Counter(labels).items() if count > 1]
            if twice:
                raise ValueError(
                    f"two {what}s are called {twice[0]!r}: give one of them another `name:`"
                )
        if any(entry.label == "select" for entry in self.filters):
            raise ValueError("no filter can be called 'select': give it another `name:`")
        return self

    @model_validator(mode="after")
    def _actions_name_rules(self) -> Self:
        for entry in self.filters:
            known = rule_names(entry)
            unknown = sorted(set(entry.on) - set(known))
            if unknown:
                raise ValueError(
                    f"filter {entry.label!r} has no rule {unknown[0]!r}: it has {', '.join(known)}"
                )
        return self

    @model_validator(mode="after")
    def _selection_names_filters(self) -> Self:
        labels = [entry.label for entry in self.filters]
        for column in self.select.columns() if self.select else ():
            label, _, measure = column.partition("__")
            if column in RECORD_COLUMNS or (label in labels and measure):
                continue
            known = [*RECORD_COLUMNS, *(f"{one}__{measure}" for one in labels)]
            near = get_close_matches(column, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else _columns_there_are(labels)
            raise ValueError(f"`select:` names {column!r}, which no filter measures: {hint}")
        return self


def _columns_there_are(labels: list[str]) -> str:
    scores = f", and <filter>__<measure> of {', '.join(labels)}" if labels else ""
    return f"there are {', '.join(RECORD_COLUMNS)}{scores}"


def rule_names(entry: Filter) -> list[str]:
    """Name the rules of a filter, in their order; a duplicate filter has the one, `duplicate`."""
    return ["duplicate"] if isinstance(entry, DuplicateFilter) else list(entry.rules())


def input_names(inputs: Sequence[Input]) -> list[str]:
    """Name the entries under `input:`, as the column `input` does: by name, or by place."""
    return [entry.name or f"input[{place}]" for place, entry in enumerate(inputs)]
