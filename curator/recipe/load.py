"""Load a recipe from YAML, and explain what is wrong with it."""

import difflib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from curator.errors import RecipeError
from curator.filters import Filter
from curator.recipe.lines import line_of
from curator.recipe.model import Export, Input, Recipe
from curator.recipe.plugins import filters_with, recipe_with
from curator.recipe.select import METHODS
from curator.recipe.tune import Tune


class _Yaml12(yaml.SafeLoader):
    """YAML without the 1.1 surprise that reads `no`, `off` and `on` as booleans."""


_Yaml12.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Yaml12.add_implicit_resolver(
    "tag:yaml.org,2002:bool",
    re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"),
    list("tTfF"),
)


def load_recipe(path: Path) -> Recipe:
    """Read a recipe file; every mistake is a RecipeError that names its place in the file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise RecipeError(
            f"{path} does not exist: write a recipe with `curator init DATA --out {path}`"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path} cannot be read as a recipe: {error}") from None
    return placed(parse_recipe(text, str(path)), lambda file: str((path.parent / file).absolute()))


def parse_recipe(text: str, name: str = "recipe") -> Recipe:
    """Read a recipe from YAML text; `name` is what errors call it."""
    try:
        said = yaml.load(text, Loader=_Yaml12)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "is not YAML"
        raise RecipeError(f"{name}{place}: {problem}") from None
    if not isinstance(said, dict):
        raise RecipeError(f"{name}: a recipe is a mapping with the keys input, filters, export …")
    plugins = _plugins(said, name)
    try:
        return recipe_with(plugins).model_validate(said)
    except ValidationError as error:
        leaves = {str(leaf.model_fields["filter"].default): leaf for leaf in filters_with(plugins)}
        lines = [
            f"{name}: {_explain(problem, leaves)}{_line(text, problem['loc'])}"
            for problem in error.errors()
        ]
        raise RecipeError("\n".join(lines)) from None


def parse_tune(said: Mapping[str, Any]) -> Tune:
    """Read settings of `tune:` by themselves; every mistake is a RecipeError."""
    try:
        return Tune.model_validate(dict(said))
    except ValidationError as error:
        problems = [{**problem, "loc": ("tune", *problem["loc"])} for problem in error.errors()]
        raise RecipeError("\n".join(_explain(problem, {}) for problem in problems)) from None


def placed(recipe: Recipe, place: Callable[[str], str]) -> Recipe:
    """Return the recipe with the paths of its filters, selection and tuning put elsewhere."""
    moved: dict[str, Any] = {"filters": [one.placed(place) for one in recipe.filters]}
    if recipe.select is not None:
        moved["select"] = recipe.select.placed(place)
    if recipe.tune is not None:
        moved["tune"] = recipe.tune.placed(place)
    return recipe.model_copy(update=moved)


def input_places(path: Path) -> list[str]:
    """Say for each input of a recipe file where it stands, such as `recipe.yaml, line 4`."""
    text = path.read_text(encoding="utf-8-sig")
    count = len(parse_recipe(text, str(path)).input)
    return [f"{path}, line {line_of(text, ('input', number))}" for number in range(count)]


def _line(text: str, location: tuple[int | str, ...]) -> str:
    line = line_of(text, _steps(location))
    return f" (line {line})" if line else ""


def _plugins(said: dict[str, Any], name: str) -> list[str]:
    """Read which plugins a recipe opts into, before anything else is validated."""
    plugins = said.get("plugins", [])
    if not isinstance(plugins, list) or not all(isinstance(one, str) for one in plugins):
        raise RecipeError(f"{name}: `plugins:` must be a list of package names")
    return plugins


def dump_recipe(recipe: Recipe) -> str:
    """Write a recipe as YAML with every default spelled out."""
    said = recipe.model_dump(mode="json", by_alias=True)
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=100)


def _explain(problem: Any, leaves: Mapping[str, type[Filter]]) -> str:
    place = _place(problem["loc"])
    if problem["type"] == "extra_forbidden":
        key = str(problem["loc"][-1])
        return f"{place} is not a setting{_nearest(key, _known_keys(problem['loc'], leaves))}"
    if problem["type"] == "union_tag_invalid":
        tag = str(problem["ctx"]["tag"])
        what, known = ("method", METHODS) if place == "select" else ("filter", leaves)
        return f'{place}: there is no {what} "{tag}"{_nearest(tag, list(known))}'
    if problem["type"] == "union_tag_not_found":
        return f'{place}: every entry needs "filter: <name>", see `curator filters`'
    if problem["type"] == "missing":
        return f"{place} is missing"
    if problem["type"] == "literal_error":
        return _not_one_of(place, problem)
    message = str(problem["msg"]).removeprefix("Value error, ")
    found = problem.get("input")
    shown = "" if isinstance(found, dict | list) or found is None else f", found {found!r}"
    return f"{place}: {message[0].lower()}{message[1:]}{shown}" if place else message


def _not_one_of(place: str, problem: Any) -> str:
    known = re.findall(r"'([^']*)'", str(problem["ctx"]["expected"]))
    found = str(problem["input"])
    what = re.sub(r"s?\[\d+\]$", "", place.rpartition(".")[2])
    return f'{place}: there is no {what} "{found}"{_nearest(found, known)}'


def _place(location: tuple[int | str, ...]) -> str:
    """Write a location as `filters[2].min_words`, with the filter's tag as a reading help."""
    text = ""
    for step in _steps(location):
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def _steps(location: tuple[int | str, ...]) -> list[int | str]:
    """Leave out what pydantic adds for a union: the tag after `filters[i]` and after `select`."""
    match location:
        case ("filters", int(place), _, *rest):
            return ["filters", place, *rest]
        case ("select", _, *rest):
            return ["select", *rest]
    return list(location)


def _known_keys(location: tuple[int | str, ...], leaves: Mapping[str, type[Filter]]) -> list[str]:
    sections: dict[str, type[BaseModel]] = {"input": Input, "export": Export, "tune": Tune}
    match location:
        case ("filters", int(), str(tag), *_):
            section: type[BaseModel] = leaves[tag]
        case ("select", str(tag), *_):
            section = METHODS[tag]
        case (str(name), _, *_):
            section = sections.get(name, Recipe)
        case _:
            section = Recipe
    return [info.alias or name for name, info in section.model_fields.items()]


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f': did you mean "{near[0]}"?' if near else f": there are {', '.join(known)}"
