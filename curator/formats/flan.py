"""FLAN: inputs and targets, as FLAN, T0 and P3 write their tasks."""

from curator.formats.prompt_completion import PROMPT_COMPLETION
from curator.formats.variants import Variant

FLAN = Variant(
    name="flan",
    base=PROMPT_COMPLETION,
    names={"prompt": "inputs", "completion": "targets"},
    signs=frozenset(),
    least=0,
    # P3 holds token ids in `inputs` and `targets`, and the texts beside them.
    others={"prompt": ("inputs_pretokenized",), "completion": ("targets_pretokenized",)},
)
