"""Filters: the closed union of everything a recipe can list, which is the only registry."""

from typing import Annotated, get_args

from pydantic import Field

from curator.filters.base import Action, DuplicateFilter, Filter, Span, View, threshold
from curator.filters.empty import Empty
from curator.filters.exact_duplicate import ExactDuplicate
from curator.filters.length import Length
from curator.filters.near_duplicate import NearDuplicate
from curator.filters.refusal import Refusal
from curator.filters.repetition import Repetition
from curator.filters.structure import Structure
from curator.filters.truncated import Truncated

AnyFilter = Annotated[
    Structure | Empty | Length | Repetition | Refusal | Truncated | ExactDuplicate | NearDuplicate,
    Field(discriminator="filter"),
]
FILTERS: tuple[type[Filter], ...] = get_args(get_args(AnyFilter)[0])

__all__ = [
    "FILTERS",
    "Action",
    "AnyFilter",
    "DuplicateFilter",
    "Filter",
    "Span",
    "View",
    "threshold",
]
