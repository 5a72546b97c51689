"""Reference: the mix of tasks, domains, languages and turns that a data set is held against."""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from curator.diversity.taxonomy import COARSE, DOMAINS, FINE, TAXONOMY
from curator.errors import RecipeError
from curator.report.kinds import ONE, SEVERAL

OTHER = "other"
"""What stands for everything that a mix does not name."""
_KNOWN = {"task": (*COARSE, *FINE, OTHER), "domain": (*DOMAINS, OTHER), "turns": (ONE, SEVERAL)}


class Reference(BaseModel):
    """Shares by class, of any sum; a dimension that is left out is not compared."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: str = "reference"
    """What the report calls it."""
    source: str = ""
    """Where it is from."""
    task: dict[str, float] = {}
    """Shares of coarse classes (`code`) or fine ones (`code.debugging`), which then stand beside
    the rest of their coarse class; `other` is all that is not named."""
    domain: dict[str, float] = {}
    """Shares of domains."""
    language: dict[str, float] = {}
    """Shares of languages, named as the filter `language` names them, such as `en`."""
    turns: dict[str, float] = {}
    """Shares of records with `one` question and with `several`."""

    @model_validator(mode="after")
    def _shares_can_be_read(self) -> Self:
        for dimension in ("task", "domain", "language", "turns"):
            shares: dict[str, float] = getattr(self, dimension)
            known = _KNOWN.get(dimension)
            for name, share in shares.items():
                if known and name not in known:
                    near = get_close_matches(name, known, n=1)
                    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
                    raise ValueError(f"there is no {dimension} {name!r}: {hint}")
                if share < 0:
                    raise ValueError(f"the share of {name!r} is below 0")
            if shares and not sum(shares.values()) > 0:
                raise ValueError(f"the shares of {dimension} are all 0")
        return self

    def shares(self, dimension: str) -> dict[str, float]:
        """Return the shares of a dimension so that they add up to 1; none where it is left out."""
        said: dict[str, float] = getattr(self, dimension)
        whole = sum(said.values())
        return {name: share / whole for name, share in said.items()}


BALANCED = Reference(
    name="balanced",
    source="every task as often as any other, and so its fine classes",
    task={fine: 1 / len(TAXONOMY[fine.split(".")[0]].fine) for fine in FINE},
)
INSTRUCTGPT = Reference(
    name="instructgpt",
    source="use cases of prompts to the InstructGPT interface (Ouyang et al. 2022, table 1)",
    task={
        "generation": 45.6,
        "question_answering": 12.4,
        "question_answering.closed_question": 2.6,
        "brainstorming": 11.2,
        "conversation": 8.4,
        "rewriting": 6.6,
        "summarisation": 4.2,
        "classification": 3.5,
        "extraction": 1.9,
        OTHER: 3.5,
    },
)
DOLLY = Reference(
    name="dolly",
    source="categories of the 15,011 records of databricks-dolly-15k (Conover et al. 2023)",
    task={
        "question_answering": 3742 + 2191,
        "question_answering.closed_question": 1773,
        "classification": 2136,
        "brainstorming": 1766,
        "extraction": 1506,
        "summarisation": 1188,
        "generation": 709,
    },
)
MIXES = {one.name: one for one in (BALANCED, INSTRUCTGPT, DOLLY)}


def reference_of(name: str) -> Reference:
    """Return a mix by name, or read one from a YAML file.

    A file of plain shares is of tasks.

    Raises:
        RecipeError: there is no such mix or file, or it cannot be read.
    """
    if name in MIXES:
        return MIXES[name]
    path = Path(name)
    try:
        said = yaml.safe_load(path.read_text("utf-8"))
    except FileNotFoundError:
        raise RecipeError(
            f"{name} is no reference mix: name a YAML file, or {', '.join(MIXES)}"
        ) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RecipeError(f"{name} cannot be read as a reference mix: {error}") from None
    return _read(path, said)


def _read(path: Path, said: Any) -> Reference:
    if not isinstance(said, Mapping):
        raise RecipeError(f"{path}: a reference mix says a share for each task, such as `code: 20`")
    plain = bool(said) and all(isinstance(share, int | float) for share in said.values())
    settings = {"task": dict(said)} if plain else dict(said)
    try:
        return Reference.model_validate({"name": path.stem} | settings)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        message = str(first["msg"]).removeprefix("Value error, ")
        raise RecipeError(f"{path}: {place + ': ' if place else ''}{message}") from None
