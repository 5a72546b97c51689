"""Settings: how every part of a recipe is read."""

from pydantic import ConfigDict

SETTINGS = ConfigDict(
    frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True
)
"""Frozen, and a word that is not known is a mistake."""
