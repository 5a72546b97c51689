"""Engines: map work over shards, here or on a cluster."""

from curator.engines.base import Engine
from curator.engines.local import LocalEngine

__all__ = ["Engine", "LocalEngine"]
