"""Features: what several filters need, computed once a shard and stored under their own key."""

from curator.features.base import Feature
from curator.features.embedding import Embedding
from curator.features.kind import KINDS, Kind
from curator.features.language import Language
from curator.features.sides import SIDE_COLUMNS, answered, asked, comparable
from curator.features.signature import Signature
from curator.features.tokens import answered_tokens, asked_tokens, estimate_tokens

FEATURES: dict[str, Feature] = {
    one.tag: one for one in (Embedding(), Kind(), Language(), Signature())
}

__all__ = [
    "FEATURES",
    "KINDS",
    "SIDE_COLUMNS",
    "Embedding",
    "Feature",
    "Kind",
    "Language",
    "Signature",
    "answered",
    "answered_tokens",
    "asked",
    "asked_tokens",
    "comparable",
    "estimate_tokens",
]
