"""Shares: ways to select that divide a budget over classes."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from curator.features import Embedding, Feature
from curator.filters import threshold
from curator.recipe.budget import Model, Quality, Select, View

REST = "other"
"""The class of all values that a margin does not name."""


By = Annotated[
    list[str],
    Field(
        description="Columns whose values together make the classes: score columns or `input`, "
        "`source`, `shape`, `licence`, `label`, `tokens`, `response_chars`."
    ),
]
Bins = Annotated[
    dict[str, list[float]],
    Field(
        {},
        description="Where numbers are parted into classes: `{tokens: [100, 500]}` makes `<100`, "
        "`100..500` and `>=500`.",
    ),
]
Pick = Annotated[
    Literal["best", "random"],
    Field(
        "best",
        description="Which records of a class come first: the best by `quality`, or those that "
        "the recipe's seed draws.",
    ),
]


class Quotas(Select):
    """Keep so many of every class."""

    needs_budget = False
    method: Literal["quotas"]
    by: By = Field(min_length=1)
    quotas: dict[str, Annotated[int, Field(ge=0)]] = threshold({})
    """How many records of a class are kept, by its name; several columns are joined as `a / b`."""
    others: int | None = threshold(None, ge=0)
    """How many of every class that is not named; all of them when absent."""
    bins: Bins
    quality: Quality
    pick: Pick


class Balanced(Select):
    """Go round the classes, or clusters, and take one of each in turn."""

    method: Literal["balanced"]
    by: By = Field([])
    clusters: int = Field(100, ge=1)
    """How many clusters of the embeddings to go round where `by` names no column. 100 as in Li et
    al. 2024 (From Quantity to Quality)."""
    bins: Bins
    quality: Quality
    pick: Pick
    view: View
    model: Model

    def features(self) -> tuple[Feature, ...]:
        return () if self.by else (Embedding(view=self.view, model=self.model),)


class Mixture(Select):
    """Divide the budget over classes by weight, size and temperature.

    The part of a class grows with (weight x size) ** (1 / temperature), up to its cap and to what
    it has; what it cannot give goes to the others.
    """

    method: Literal["mixture"]
    by: By = Field(["input"], min_length=1)
    weights: dict[str, dict[str, Annotated[float, Field(ge=0)]]] = threshold({})
    """The weight of a value by column, such as `{task__task: {code: 2}}`; 1 where none is said. Of
    several columns they multiply. `input` has those of the recipe's `input:` entries, which then
    act here and not when the data is written."""
    caps: dict[str, dict[str, Annotated[int, Field(ge=0)]]] = threshold({})
    """At most so many records of a value, by column; tokens where only `max_tokens` is said."""
    temperature: float = threshold(1.0, ge=0.1, le=100)
    """1 keeps the proportions of the data, more brings classes nearer to equal parts (Raffel et al.
    2020, temperature-scaled mixing)."""
    bins: Bins
    quality: Quality
    pick: Pick

    @model_validator(mode="after")
    def _weights_are_of_columns(self) -> Self:
        for name, said in (("weights", self.weights), ("caps", self.caps)):
            for column in said:
                if column not in self.by:
                    raise ValueError(f"`{name}:` names {column!r}, and `by:` does not")
        return self

    def weighs_inputs(self) -> bool:
        return "input" in self.by


class Fitted(Select):
    """Keep records so that their shares are those of a target table.

    The table is fitted to the data's own by iterative proportional fitting (Deming and Stephan
    1940).
    """

    method: Literal["fitted"]
    margins: dict[str, dict[str, Annotated[float, Field(ge=0)]]] = threshold(
        ..., min_length=1, max_length=3
    )
    """The share of each value, by column, such as `{task__task: {code: 30, qa: 70}}`; up to three
    columns. Shares need not add up to 1. Values that are not named are `other`, which has no share
    unless you give it one."""
    max_rounds: int = threshold(100, ge=1)
    """Rounds of fitting at most."""
    bins: Bins
    quality: Quality
    pick: Pick

    @model_validator(mode="after")
    def _some_share_is_positive(self) -> Self:
        for column, shares in self.margins.items():
            if not sum(shares.values()) > 0:
                raise ValueError(f"`margins:` gives no value of {column!r} a share above 0")
        return self

    def classes(self) -> tuple[str, ...]:
        return tuple(self.margins)
