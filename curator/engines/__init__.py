"""Engines: map work over shards, here or on a cluster."""

from curator.engines.base import Engine
from curator.engines.local import LocalEngine
from curator.engines.ordered import map_in_order

__all__ = ["Engine", "LocalEngine", "map_in_order"]
