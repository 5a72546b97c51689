"""HelpSteer: prompt and response, with people's scores beside them."""

from curator.formats.prompt_completion import PROMPT_COMPLETION
from curator.formats.variants import Variant

HELPSTEER = Variant(
    name="helpsteer",
    base=PROMPT_COMPLETION,
    names={"completion": "response"},
    signs=frozenset(("helpfulness", "correctness", "coherence", "complexity", "verbosity")),
    least=2,
)
