"""The recipe: everything a run does, in one YAML file."""

from curator.recipe.load import dump_recipe, load_recipe, parse_recipe
from curator.recipe.model import Export, Input, Recipe, Select

__all__ = [
    "Export",
    "Input",
    "Recipe",
    "Select",
    "dump_recipe",
    "load_recipe",
    "parse_recipe",
]
