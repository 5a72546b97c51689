"""Spread: ways to select that compare what records say, by their embeddings."""

from collections.abc import Callable
from pathlib import PurePath
from typing import Annotated, Literal, Self

from pydantic import Field

from curator.features import Embedding, Feature
from curator.filters import threshold
from curator.recipe.budget import Model, Quality, Select, View

Pool = Annotated[
    int | None,
    Field(
        None,
        ge=1,
        description="Look only at so many of the best by `quality`; at all when absent. Among few "
        "good records a spread is worth more than among many bad ones.",
    ),
]


class Deita(Select):
    """Go down by quality times complexity, and keep what is not too similar to anything kept.

    DEITA (Liu et al. 2024, What Makes Good Data for Alignment?).
    """

    method: Literal["deita"]
    quality: str
    """The score column of quality, such as `judge__quality`."""
    complexity: str
    """The score column of complexity, such as `judge__complexity`."""
    max_similarity: float = threshold(0.9, ge=-1, le=1)
    """Up to this cosine similarity to every record kept before, a record is kept: a similarity, not
    a distance. 0.9 as in Liu et al. 2024."""
    view: View
    model: Model

    def ranks(self) -> tuple[str, ...]:
        return (self.quality, self.complexity)

    def features(self) -> tuple[Feature, ...]:
        return (Embedding(view=self.view, model=self.model),)


class Rds(Select):
    """Let each record of a target set choose in turn what is most similar to it.

    RDS+ (Ivison et al. 2025, Large-Scale Data Selection for Instruction Tuning).
    """

    method: Literal["rds"]
    target: str
    """A file of records, or of prompts, like those the model shall be good at; relative to the
    recipe."""
    target_sha256: str | None = None
    """The sha256 that the target must have; a run writes it into its copy of the recipe."""
    view: View
    model: Model

    def features(self) -> tuple[Feature, ...]:
        return (Embedding(view=self.view, model=self.model),)

    def placed(self, place: Callable[[str], str]) -> Self:
        moved = super().placed(place)
        return moved.model_copy(update={"target": place(self.target)})

    def files(self) -> dict[str, str]:
        named = PurePath(self.target).name
        return {f"target {named}": self.target_sha256} if self.target_sha256 else {}


class KCenter(Select):
    """Choose next the record that is least similar to all that is chosen (Gonzalez 1985)."""

    method: Literal["k_center"]
    quality: Quality
    pool: Pool
    view: View
    model: Model

    def features(self) -> tuple[Feature, ...]:
        return (Embedding(view=self.view, model=self.model),)


class FacilityLocation(Select):
    """Choose records that together stand for all: each has one like it among the kept.

    Greedily, as Nemhauser, Wolsey and Fisher 1978.
    """

    method: Literal["facility_location"]
    quality: Quality
    pool: Pool
    view: View
    model: Model

    def features(self) -> tuple[Feature, ...]:
        return (Embedding(view=self.view, model=self.model),)
