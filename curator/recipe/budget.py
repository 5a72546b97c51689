"""Budget: what every way to select has in common."""

from collections.abc import Callable
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, Field, model_validator

from curator.features import Feature
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

Quality = Annotated[
    list[str],
    Field(
        [],
        description="Columns that say which records are best, highest first: score columns "
        "(`label__measure`), `tokens` or `response_chars`. Equals, and all where none is named, "
        "go by the survivor order.",
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
