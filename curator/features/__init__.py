"""Features: what several filters need, computed once a shard and stored under their own key."""

from curator.features.base import Feature
from curator.features.sides import SIDE_COLUMNS, answered, asked, kind
from curator.features.signature import Signature

FEATURES: dict[str, Feature] = {"signature": Signature()}

__all__ = ["FEATURES", "SIDE_COLUMNS", "Feature", "Signature", "answered", "asked", "kind"]
