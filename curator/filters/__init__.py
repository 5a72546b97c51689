"""Filters: the closed union of everything a recipe can list, which is the only registry."""

from typing import Annotated, get_args

from pydantic import Field

from curator.filters.artifacts import Artifacts
from curator.filters.base import (
    Action,
    CorpusFilter,
    DuplicateFilter,
    Filter,
    News,
    Span,
    View,
    threshold,
)
from curator.filters.bias import Bias
from curator.filters.code_validity import CodeValidity
from curator.filters.conflict import Conflict
from curator.filters.counterfactual import Counterfactual
from curator.filters.decontaminate import Decontaminate
from curator.filters.diversity import Diversity
from curator.filters.empty import Empty
from curator.filters.exact_duplicate import ExactDuplicate
from curator.filters.garbled import Garbled
from curator.filters.ifd import Ifd
from curator.filters.judge import Judge
from curator.filters.language import Language
from curator.filters.leading_text import LeadingText
from curator.filters.length import Length
from curator.filters.near_duplicate import NearDuplicate
from curator.filters.pii import Pii
from curator.filters.poisoning import Poisoning
from curator.filters.preference import Preference
from curator.filters.quality import Quality
from curator.filters.reasoning import Reasoning
from curator.filters.refusal import Refusal
from curator.filters.repetition import Repetition
from curator.filters.safety import Safety
from curator.filters.script_mix import ScriptMix
from curator.filters.secrets import Secrets
from curator.filters.semantic_duplicate import SemanticDuplicate
from curator.filters.statistics import Statistics
from curator.filters.structure import Structure
from curator.filters.task import Task
from curator.filters.toxicity import Toxicity
from curator.filters.truncated import Truncated

AnyFilter = Annotated[
    Structure
    | Empty
    | Length
    | Statistics
    | Task
    | Repetition
    | Refusal
    | Truncated
    | Artifacts
    | Reasoning
    | Preference
    | Pii
    | Secrets
    | Toxicity
    | Safety
    | Bias
    | Counterfactual
    | Quality
    | Language
    | LeadingText
    | Conflict
    | Poisoning
    | Garbled
    | ScriptMix
    | CodeValidity
    | Decontaminate
    | Ifd
    | Judge
    | Diversity
    | ExactDuplicate
    | NearDuplicate
    | SemanticDuplicate,
    Field(discriminator="filter"),
]
FILTERS: tuple[type[Filter], ...] = get_args(get_args(AnyFilter)[0])

__all__ = [
    "FILTERS",
    "Action",
    "AnyFilter",
    "CorpusFilter",
    "DuplicateFilter",
    "Filter",
    "News",
    "Span",
    "View",
    "threshold",
]
