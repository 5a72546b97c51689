"""Select: the ways to choose the best records under a budget, one model a method."""

from collections.abc import Callable
from pathlib import PurePath
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from curator.features import Embedding, Feature
from curator.filters import threshold
from curator.models import placed_name
from curator.recipe.settings import SETTINGS

RECORD_COLUMNS = (
    "input",
    "source",
    "shape",
    "licence",
    "label",
    "tokens",
    "response_chars",
)
"""What a selection can name besides score columns: the entry under `input:` by its name (or as
`input[0]`), the file, the shape, the licence, the label of a KTO record, the estimated tokens of
all turns, and the code points of the answers."""
REST = "other"
"""The class of all values that a margin does not name."""

Quality = Annotated[
    list[str],
    Field(
        [],
        description="Columns that say which records are best, highest first: score columns "
        "(`label__measure`), `tokens` or `response_chars`. Equals, and all where none is named, "
        "go by the survivor order.",
    ),
]
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
View = Annotated[
    Literal["prompt", "response", "text", "pair"],
    Field(
        "text",
        description="Which text is compared by its embedding; `pair` is all that is asked beside "
        "all that is answered.",
    ),
]
Model = Annotated[
    str,
    Field(
        "bundled",
        description="What makes the embeddings: `bundled`, or `hub:` with the id or path of a "
        "model of sentence-transformers or model2vec.",
    ),
]
Pool = Annotated[
    int | None,
    Field(
        None,
        ge=1,
        description="Look only at so many of the best by `quality`; at all when absent. Among few "
        "good records a spread is worth more than among many bad ones.",
    ),
]


class Select(BaseModel):
    """A budget for the kept records: so many records, so many tokens, or both."""

    model_config = SETTINGS
    needs_budget: ClassVar[bool] = True
    """Whether one of the two limits must be there."""

    method: str
    """How the records are chosen."""
    max_records: int | None = threshold(None, ge=1)
    """At most so many records are kept."""
    max_tokens: int | None = threshold(None, ge=1)
    """At most so many tokens are kept, estimated over all turns (see `estimate_tokens`). The first
    record that does not fit ends the selection, so that a larger budget keeps all of a smaller."""

    @model_validator(mode="after")
    def _has_a_budget(self) -> Self:
        if self.needs_budget and self.max_records is None and self.max_tokens is None:
            raise ValueError("say how much to keep: `max_records`, `max_tokens` or both")
        return self

    def ranks(self) -> tuple[str, ...]:
        """Name the columns that say which records are best."""
        return tuple(getattr(self, "quality", ()))

    def classes(self) -> tuple[str, ...]:
        """Name the columns that part the records into classes."""
        return tuple(getattr(self, "by", ()))

    def columns(self) -> tuple[str, ...]:
        """Name the columns that are read, of scores and of records."""
        tokens = ["tokens"] if self.max_tokens is not None else []
        return tuple(dict.fromkeys([*self.ranks(), *self.classes(), *tokens]))

    def features(self) -> tuple[Feature, ...]:
        """Return the features that the method reads, each a column of vectors."""
        return ()

    def weighs_inputs(self) -> bool:
        """Say whether the weights and caps of the recipe's inputs act here, and not at export."""
        return False

    def files(self) -> dict[str, str]:
        """Return the sha256 of every file that the method reads, besides those of its features."""
        return {}

    def placed(self, place: Callable[[str], str]) -> Self:
        """Return the selection with the paths it names put elsewhere; names of models stay."""
        if "model" not in type(self).model_fields:
            return self
        model = getattr(self, "model")  # noqa: B009 (some methods have one)
        return self.model_copy(update={"model": placed_name(model, place)})


class Ranked(Select):
    """Keep the best: those first in the order of `quality`, else in the survivor order."""

    method: Literal["ranked"] = "ranked"
    quality: Quality


class Random(Select):
    """Keep a random draw: what is drawn depends on a record's content and the recipe's seed.

    The control that every other method should be held against: at scale many do no better (Ivison
    et al. 2025).
    """

    method: Literal["random"]


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


def _ranked_by_default(said: Any) -> Any:
    """Read a budget that names no method as one for the best."""
    return {"method": "ranked"} | said if isinstance(said, dict) else said


_Methods = (
    Ranked
    | Random
    | Quotas
    | Balanced
    | Mixture
    | Fitted
    | Deita
    | Rds
    | KCenter
    | FacilityLocation
)
AnySelect = Annotated[_Methods, Field(discriminator="method"), BeforeValidator(_ranked_by_default)]
METHODS: dict[str, type[Select]] = {
    get_args(leaf.model_fields["method"].annotation)[0]: leaf for leaf in get_args(_Methods)
}
"""Every method by its name in the recipe."""
