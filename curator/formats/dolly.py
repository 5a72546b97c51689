"""Dolly: instruction, context and response, with the category of the task."""

from curator.formats.alpaca import ALPACA
from curator.formats.variants import Variant

DOLLY = Variant(
    name="dolly",
    base=ALPACA,
    names={"input": "context", "output": "response"},
    signs=frozenset(("category",)),
    least=1,
)
