"""Toxicity: the model that scores it, loaded when the first text is scored."""

from functools import cache
from typing import TYPE_CHECKING

from curator.models.catalogue import card_of
from curator.models.store import file_of

if TYPE_CHECKING:
    from curator.models.toxicity_static import StaticToxicity

OUTPUTS = ("toxicity", "identity_attack")
"""The columns of the scores."""


@cache
def toxicity_model() -> "StaticToxicity":
    """Load the bundled model, once a process.

    Raises:
        ModelError: its file is missing or another one.
    """
    from curator.models.toxicity_static import StaticToxicity

    return StaticToxicity.load(file_of(card_of("toxicity_static")))
