"""Changes: another recipe over the same measures, as every what-if asks for."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from curator.errors import RecipeError
from curator.filters import Filter
from curator.recipe import AnySelect, Recipe, Select
from curator.recipe.model import rule_names
from curator.recipe.select import METHODS
from curator.recipe.spread import Rds

Changes = Mapping[str, Mapping[str, Any]]
_SELECT: TypeAdapter[Select] = TypeAdapter(AnySelect)


def changed(recipe: Recipe, changes: Changes) -> Recipe:
    """Return the recipe with other thresholds, actions or another budget; else it is an error."""
    labels = [entry.label for entry in recipe.filters]
    for label in changes:
        if label not in [*labels, "select"]:
            raise RecipeError(
                f"there is no filter {label!r}: there are {', '.join(labels)}, and select"
            )
    filters = []
    for entry in recipe.filters:
        asked = dict(changes.get(entry.label, {}))
        _refuse_unknown(entry, sorted(asked))
        try:
            filters.append(type(entry).model_validate(entry.model_dump() | asked))
        except ValidationError as error:
            raise _explained(entry.label, error) from None
    new = recipe.model_copy(update={"filters": filters})
    return _with_select(new, changes["select"]) if "select" in changes else new


def _with_select(recipe: Recipe, asked: Mapping[str, Any]) -> Recipe:
    """Return the recipe with another budget, or method, as far as the run's measures allow."""
    said = recipe.select.model_dump() if recipe.select else {}
    if asked.get("method") not in (None, said.get("method")):
        said = {name: said[name] for name in ("max_records", "max_tokens") if name in said}
    said |= asked
    method = said.get("method", "ranked")
    if method in METHODS:
        _refuse_unknown_setting(METHODS[method], sorted(asked))
    try:
        select = _SELECT.validate_python(said)
        type(recipe).model_validate(recipe.model_dump() | {"select": select.model_dump()})
    except ValidationError as error:
        raise _explained("select", error) from None
    filters = {feature.key() for entry in recipe.filters for feature in entry.features()}
    if not _compared(select) <= filters | _compared(recipe.select):
        raise RecipeError(
            f"select: this run has not measured what {method!r} compares: put it into the recipe's "
            f"`select:` and run it again"
        )
    return recipe.model_copy(update={"select": select})


def _compared(select: Select | None) -> set[str]:
    """Name what a method compares: its features, and its target."""
    if select is None:
        return set()
    target = [f"{select.target} {select.target_sha256}"] if isinstance(select, Rds) else []
    return {*(feature.key() for feature in select.features()), *target}


def _refuse_unknown_setting(settings: type[Select], asked: Sequence[str]) -> None:
    known = list(settings.model_fields)
    for name in asked:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            told = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(known)}"
            raise RecipeError(f"select has no setting {name!r}: {told}")


def _explained(label: str, error: ValidationError) -> RecipeError:
    first = error.errors()[0]
    steps = [str(step) for step in first["loc"] if str(step) not in METHODS and step != label]
    message = str(first["msg"]).removeprefix("Value error, ")
    return RecipeError(f"{'.'.join([label, *steps])}: {message}")


def _refuse_unknown(entry: Filter, asked: Sequence[str]) -> None:
    """Explain what cannot be asked: no such setting, or one that needs new measures."""
    free = [*entry.thresholds(), "on"]
    for name in asked:
        if name in free:
            continue
        if name in rule_names(entry):
            raise RecipeError(
                f"{entry.label}.{name} is a rule: ask for its action, as in "
                f"{entry.label}.on.{name}=drop"
            )
        if name in type(entry).model_fields:
            raise RecipeError(
                f"{entry.label}.{name} cannot be asked without measuring again: "
                f"{', '.join(free)} can"
            )
        near = difflib.get_close_matches(name, free, n=1)
        told = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(free)}"
        raise RecipeError(f"{entry.label} has no setting {name!r}: {told}")
