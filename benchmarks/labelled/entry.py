"""Entry: how the file that names labelled sets says what each of them is."""

from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from curator.errors import CuratorError
from curator.filters import AnyFilter, CorpusFilter, DuplicateFilter

Format = Literal["csv", "tsv", "json", "jsonl", "bold"]
Damage = Literal["cut", "miscode", "mash"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Pairs(_Model):
    """Two sentences a row, of which a scorer should prefer the first (Nangia et al. 2020)."""

    first: str
    """Column of the sentence that should score higher."""
    second: str
    """Column of the other one."""
    kind: str | None = None
    """Column that parts the pairs: the share is taken of each part, and their mean told."""


class Entry(_Model):
    """One labelled set, and the filter that is judged on it."""

    name: str
    """What tables call the set."""
    filter: AnyFilter
    """The filter, as in a recipe."""
    rule: str = "any"
    """The rule whose verdict is judged; `any` is any rule that is not off."""
    measure: str | None = None
    """The measure whose order is judged; without it the one that the rule judges, if it is one."""
    curve: bool = True
    """Whether the order of the measure means something; false where only the verdict does."""
    low_is_bad: bool = False
    """Whether a low value of the measure speaks for the rule."""
    probability: bool = False
    """Whether the measure is a probability, so that its calibration is judged too."""
    paths: tuple[str, ...]
    """Files, relative to the folder of the data; one after another they are the set."""
    format: Format | None = None
    """Told by the name's end where it is not said; `bold` is a JSON file of sentences by group."""
    text: str = "text"
    """Column of the text that is judged; several parted by ` + ` are joined by line breaks."""
    side: Literal["prompt", "response"] = "response"
    """What the text is in a record: the answer to `Write something.`, or the question."""
    prompt: str | None = None
    """Column of the question, where the text is its answer."""
    label: str | None = None
    """Column of the label; without it every row is harmless."""
    positive: tuple[str, ...] = ()
    """Labels for which the rule should fire; where only `negative` is given, all others."""
    negative: tuple[str, ...] = ()
    """Labels for which it should not; where only `positive` is given, all others."""
    damage: Damage | None = None
    """Rather than labels: each row is harmless, and a copy of it, damaged so, is not."""
    together: str | None = None
    """Column of what is only drawn as a whole: rows of one value are not independent."""
    subgroups: tuple[str, ...] = ()
    """Columns of groups (each value a group), or `mentions`: who the text mentions."""
    pairs: Pairs | None = None
    """Rather than labels: pairs of sentences of which the first should score higher."""
    learnt_from: bool = False
    """Whether the filter's model, or its rules, were made on these very rows."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if isinstance(self.filter, CorpusFilter | DuplicateFilter):
            raise ValueError(  # noqa: TRY004 (pydantic reads it as the reason)
                f"{self.filter.tag} judges records by each other, not one by one"
            )
        if self.rule != "any" and self.rule not in self.filter.rules():
            raise ValueError(f"{self.filter.tag} has no rule {self.rule!r}")
        if self.label is not None and not self.positive and not self.negative:
            raise ValueError("a label needs `positive` or `negative` values")
        return self

    @property
    def judged(self) -> str | None:
        """The measure whose order is judged."""
        if not self.curve or self.measure or self.rule == "any":
            return self.measure if self.curve else None
        return self.filter.bounds()[self.rule][0]


class Sets(_Model):
    """The whole file."""

    sets: tuple[Entry, ...]


def read_sets(path: Path) -> tuple[Entry, ...]:
    """Read the file that names labelled sets; YAML in which every word is text, `no` and `on` too.

    Raises CuratorError for a file that is missing, no YAML, or does not say what a set is.
    """
    try:
        return Sets.model_validate(yaml.load(path.read_text("utf-8"), yaml.BaseLoader)).sets
    except OSError as error:
        raise CuratorError(f"{path} cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise CuratorError(f"{path} is not YAML: {error}") from None
    except ValidationError as error:
        lines = [f"{path}: {_place(one['loc'])}: {one['msg']}" for one in error.errors()]
        raise CuratorError("\n".join(lines)) from None


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(step) for step in location)
