"""Compare: what two runs decide differently, and which settings made them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import polars as pl

from curator.recipe import Recipe
from curator.records import canonical_json
from curator.report.moves import Difference, difference_of, named
from curator.run import Run


class Comparison(NamedTuple):
    """Two runs side by side; `settings` has `setting, before, after` where the recipes differ."""

    before: str
    after: str
    difference: Difference
    settings: pl.DataFrame


def compare(before: Run, after: Run) -> Comparison:
    """Compare two runs, record by record: the same content and occurrence is the same record."""
    found = difference_of(before.decisions().collect(), after.decisions().collect())
    return Comparison(
        str(before.path),
        str(after.path),
        named(found, after.records(), before.records()),
        settings_that_differ(before.recipe, after.recipe),
    )


def settings_that_differ(before: Recipe, after: Recipe) -> pl.DataFrame:
    """List the settings that differ, as JSON text; null where a recipe does not have them."""
    rows = [(name, *values) for name, values in settings_beside([before, after]).items()]
    schema = {"setting": pl.String, "before": pl.String, "after": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def settings_beside(recipes: Sequence[Recipe]) -> dict[str, list[str | None]]:
    """Return the settings that are not the same in all recipes, as JSON text, one a recipe.

    A filter that a recipe does not list is one line, null there, and not a line a setting.
    """
    said = [_settings(recipe) for recipe in recipes]
    names = dict.fromkeys(name for settings in said for name in settings)
    shared = set.intersection(*({entry.label for entry in one.filters} for one in recipes))
    found: dict[str, list[str | None]] = {}
    for name in names:
        label = name.rpartition(".")[0]
        values = [settings.get(name) for settings in said]
        if label and label not in shared:
            found[label] = [None if value is None else "listed" for value in values]
        elif len(set(values)) > 1:
            found[name] = values
    return found


def _settings(recipe: Recipe) -> dict[str, str]:
    said: dict[str, Any] = recipe.model_dump(
        mode="json", include={"input", "repairs", "prefer", "verdicts", "select", "seed"}
    )
    said["filters"] = [entry.label for entry in recipe.filters]
    for entry in recipe.filters:
        own = entry.model_dump(mode="json", exclude={"name"})
        said |= {f"{entry.label}.{name}": value for name, value in own.items()}
    return {name: canonical_json(value) for name, value in said.items()}
