"""The recipe: everything a run does, in one YAML file."""

from curator.recipe.budget import Select
from curator.recipe.load import (
    dump_recipe,
    input_places,
    load_recipe,
    parse_recipe,
    parse_tune,
    placed,
)
from curator.recipe.model import Export, Input, Recipe
from curator.recipe.plugins import filters_with, plugin_versions, recipe_with
from curator.recipe.select import AnySelect
from curator.recipe.tune import Tune

__all__ = [
    "AnySelect",
    "Export",
    "Input",
    "Recipe",
    "Select",
    "Tune",
    "dump_recipe",
    "filters_with",
    "input_places",
    "load_recipe",
    "parse_recipe",
    "parse_tune",
    "placed",
    "plugin_versions",
    "recipe_with",
]
