"""Features: what several filters need, computed once a shard and stored under their own key."""

from curator.features.base import Feature
from curator.features.sides import asked
from curator.features.signature import Signature

FEATURES: dict[str, Feature] = {"signature": Signature()}

__all__ = ["FEATURES", "Feature", "Signature", "asked"]
