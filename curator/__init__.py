"""Curate instruction-tuning data: measure every record, decide with a reason, export to train.

    import curator

    run = curator.curate("recipe.yaml", out="runs/demo")
    run.decisions().collect()

Importing this package loads the standard library only; the rest comes when it is used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from curator.errors import CuratorError
    from curator.filters import CorpusFilter, DuplicateFilter, Filter, threshold
    from curator.pipeline import curate
    from curator.recipe import Recipe, load_recipe
    from curator.run import Run

__version__ = "0.1.0"

_HOME = {
    "CuratorError": "curator.errors",
    "CorpusFilter": "curator.filters",
    "DuplicateFilter": "curator.filters",
    "Filter": "curator.filters",
    "Recipe": "curator.recipe",
    "Run": "curator.run",
    "curate": "curator.pipeline",
    "load_recipe": "curator.recipe",
    "threshold": "curator.filters",
}
__all__ = [
    "CorpusFilter",
    "CuratorError",
    "DuplicateFilter",
    "Filter",
    "Recipe",
    "Run",
    "curate",
    "load_recipe",
    "threshold",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its home when it is first used."""
    if name not in _HOME:
        raise AttributeError(f"module 'curator' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
