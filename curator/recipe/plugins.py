"""Plugins: filters of other packages, which a recipe opts into by name."""

from collections.abc import Sequence
from difflib import get_close_matches
from functools import reduce
from importlib.metadata import EntryPoint, entry_points
from operator import or_
from typing import Annotated, Any

from pydantic import Field, create_model

from curator.errors import RecipeError
from curator.filters import FILTERS, Filter
from curator.recipe.model import Recipe

GROUP = "curator.filters"
"""The entry point group in which a package declares the module that holds its `FILTERS`."""


def recipe_with(plugins: Sequence[str]) -> type[Recipe]:
    """Return the recipe's model, its filters the union of the built-in ones and the plugins'."""
    if not plugins:
        return Recipe
    union: Any = reduce(or_, filters_with(plugins))
    known = Annotated[union, Field(discriminator="filter")]
    inherited = Recipe.model_fields["filters"].description
    return create_model(
        "Recipe",
        __base__=Recipe,
        __module__=__name__,
        filters=(list[known], Field([], description=inherited)),
    )


def filters_with(plugins: Sequence[str]) -> tuple[type[Filter], ...]:
    """Return the built-in filters and those of the plugins; no two may have the same tag."""
    owners = {_tag(leaf): "curator" for leaf in FILTERS}
    found: list[type[Filter]] = list(FILTERS)
    for name in dict.fromkeys(plugins):
        for leaf in _load(name):
            tag = _tag(leaf)
            if tag in owners:
                raise RecipeError(
                    f'plugin "{name}" has a filter "{tag}", and so has {owners[tag]}: two filters '
                    f"cannot share a name, so leave one plugin out"
                )
            owners[tag] = name
            found.append(leaf)
    return tuple(found)


def plugin_versions(plugins: Sequence[str]) -> dict[str, str]:
    """Return the version of each plugin's distribution, by the distribution's name."""
    sources = (_entry_point(name).dist for name in plugins)
    return {dist.name: dist.version for dist in sources if dist is not None}


def _load(name: str) -> tuple[type[Filter], ...]:
    """Import a plugin and hold what it offers to the contract's form."""
    point = _entry_point(name)
    try:
        offered = getattr(point.load(), "FILTERS", None)
    except Exception as error:  # whatever a stranger's module raises is the stranger's to explain
        raise RecipeError(
            f'plugin "{name}" cannot be imported: {type(error).__name__}: {error}'
        ) from error
    if not isinstance(offered, tuple | list) or not offered:
        raise RecipeError(
            f'plugin "{name}" offers no filters: its module {point.value} needs a tuple `FILTERS`'
        )
    for leaf in offered:
        if not (isinstance(leaf, type) and issubclass(leaf, Filter)) or _tag(leaf) is None:
            raise RecipeError(
                f'plugin "{name}" offers {leaf!r}, which is no filter: a filter is a subclass of '
                f'curator.Filter with `filter: Literal["its_tag"] = "its_tag"`'
            )
    return tuple(offered)


def _entry_point(name: str) -> EntryPoint:
    """Find the plugin among the installed packages that say they are one; nothing is imported."""
    points = {point.name: point for point in entry_points(group=GROUP)}
    if name in points:
        return points[name]
    near = get_close_matches(name, points, n=1)
    known = f"installed are {', '.join(sorted(points))}" if points else "none is installed"
    hint = f'did you mean "{near[0]}"?' if near else known
    raise RecipeError(
        f'`plugins:` names "{name}", and no installed package declares it in its entry points '
        f"`{GROUP}`: install it beside curator; {hint}"
    )


def _tag(leaf: type[Filter]) -> str | None:
    info = leaf.model_fields.get("filter")
    return info.default if info is not None and isinstance(info.default, str) else None
