"""Merge: a trained model becomes files, and the files are read again to see that they say the same.

Models whose input and output embeddings are one matrix are where this goes wrong elsewhere (the
threads are in docs/serving.md): trained apart, they collapse into one when they are read again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForCausalLM

from curator.errors import ModelError
from curator.training.conversation import Example
from curator.training.quiet import without_bars

ADAPTER = "adapter"
MODEL = "model"
_EXACT = 1e-4
"""How far logits of float32 weights may be off, in standard deviations of the logits: adding an
adapter to the weights changes their last bits, about 5e-6; writing and reading changes none."""
_ROUNDED = 0.05
"""How far bfloat16 weights may be off once an adapter is added to them, in standard deviations of
the logits: each weight keeps 8 bits of the sum."""


@dataclass(frozen=True)
class Parity:
    """How far logits are apart, on a few records; `scale` is their standard deviation."""

    merged: float
    """Largest difference between the trained model and the merged one."""
    reloaded: float
    """Largest difference between the merged model and its files, read again."""
    agreement: float
    """Share of places where the trained model and the files hold the same token likeliest."""
    scale: float


def save_trained(
    model: Any, tokenizer: Any, folder: Path, examples: Sequence[Example], stops: Sequence[int]
) -> Parity:
    """Write the model, whole, and its adapter where it has one; read it again and compare.

    `stops` are the tokens at which an answer ends; generation stops at each.

    Raises:
        ModelError: what was read again is not what was trained.
    """
    with without_bars():
        return _save(model.eval(), tokenizer, folder, examples, stops)


def _save(
    model: Any, tokenizer: Any, folder: Path, examples: Sequence[Example], stops: Sequence[int]
) -> Parity:
    trained = logits_of(model, examples)
    if hasattr(model, "merge_and_unload"):
        model.save_pretrained(folder / ADAPTER)
        tokenizer.save_pretrained(folder / ADAPTER)
        model = model.merge_and_unload(safe_merge=True)
    _untie_if_apart(model)
    _stop_at(model, tokenizer, stops)
    merged = logits_of(model, examples)
    model.save_pretrained(folder / MODEL)
    tokenizer.save_pretrained(folder / MODEL)
    read = AutoModelForCausalLM.from_pretrained(
        folder / MODEL, local_files_only=True, use_safetensors=True, dtype=model.dtype
    ).to(model.device)
    return _checked(trained, merged, logits_of(read.eval(), examples), folder / MODEL, model.dtype)


def logits_of(model: Any, examples: Sequence[Example]) -> list[torch.Tensor]:
    """Return the logits of each example, alone in its row: (tokens, words) in float32."""
    found = []
    with torch.inference_mode():
        for one in examples:
            row = torch.from_numpy(one.tokens.astype(np.int64)).to(model.device)[None]
            found.append(model(input_ids=row, use_cache=False).logits[0].float().cpu())
    return found


def _checked(
    trained: Sequence[torch.Tensor],
    merged: Sequence[torch.Tensor],
    read: Sequence[torch.Tensor],
    folder: Path,
    kind: torch.dtype,
) -> Parity:
    """Compare the three, and refuse files that are another model."""
    scale = float(torch.cat([one.flatten() for one in trained]).std())
    found = Parity(_apart(trained, merged), _apart(merged, read), _agreement(trained, read), scale)
    allowed = scale * (_EXACT if kind == torch.float32 else _ROUNDED)
    if not isfinite(scale):
        raise ModelError(
            f"the model that was trained answers with numbers that are none: lower "
            f"`learning_rate` and train again; {folder} is not to be used"
        )
    off = max(found.merged, found.reloaded)
    if not (found.merged <= allowed and found.reloaded <= allowed):
        raise ModelError(
            f"{folder} was written, but read again it is another model than the one that was "
            f"trained: its logits are {off:.2g} off, where {allowed:.2g} is rounding. Use the "
            f"adapter beside it, if there is one, and please report the architecture"
        )
    return found


def _apart(one: Sequence[torch.Tensor], other: Sequence[torch.Tensor]) -> float:
    # By torch: its maximum is not a number where one of them is not, and Python's may be.
    apart = [(a - b).abs().max() for a, b in zip(one, other, strict=True)]
    return float(torch.stack(apart).max())


def _agreement(one: Sequence[torch.Tensor], other: Sequence[torch.Tensor]) -> float:
    same = [a.argmax(-1) == b.argmax(-1) for a, b in zip(one, other, strict=True)]
    return float(torch.cat(same).float().mean())


def _untie_if_apart(model: Any) -> None:
    """Say in the configuration that the embeddings are two, where training parted them."""
    head, embeddings = model.get_output_embeddings(), model.get_input_embeddings()
    if head is None or not model.config.get_text_config().tie_word_embeddings:
        return
    if head.weight is not embeddings.weight and not torch.equal(head.weight, embeddings.weight):
        model.config.tie_word_embeddings = False
        model.config.get_text_config().tie_word_embeddings = False
        model._tied_weights_keys = {}


def _stop_at(model: Any, tokenizer: Any, stops: Sequence[int]) -> None:
    """Let generation stop where an answer ends, in the templates that it was trained with."""
    told = model.generation_config
    known = told.eos_token_id if isinstance(told.eos_token_id, list) else [told.eos_token_id]
    ends = [*stops, *known, tokenizer.eos_token_id]
    told.eos_token_id = list(dict.fromkeys(int(end) for end in ends if end is not None))
    if told.pad_token_id is None:
        told.pad_token_id = tokenizer.pad_token_id
