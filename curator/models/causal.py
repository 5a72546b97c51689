"""Causal: a language model read from a folder, and how surprised it is by the tokens of a text."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from curator.errors import ModelError
from curator.models.device import Device, device, need_torch
from curator.models.passages import Pair, Passage, Turns, Wording, Writer
from curator.models.transformer import no_bar, one_thread_each, read_tokenizer, reading
from curator.models.windows import Batch, Window, list_batches

Precision = Literal["auto", "float32", "bfloat16"]
Losses = NDArray[np.float64]
_LOGITS = 1 << 30
"""Numbers that a batch's predictions may take on a GPU: with a vocabulary of 150,000 it is 7,000
tokens, and 2 GiB in bfloat16."""
_ROWS = 512
"""Tokens whose predictions are turned into losses at once, in float32."""


class CausalModel:
    """A language model with its tokenizer; nothing of it runs but transformers' architectures."""

    def __init__(self, folder: Path, where: Device, *, half: bool) -> None:
        self._where = where
        self._tokenizer = read_tokenizer(folder)
        self._model = _read_model(folder, half=half).to(where.name)
        config = self._model.config.get_text_config()
        places = (
            getattr(config, "max_position_embeddings", None) or self._tokenizer.model_max_length
        )
        self.longest = int(min(places, self._tokenizer.model_max_length))
        self._tokens = where.tokens
        if where.kind == "cuda":
            self._tokens = max(1, min(where.tokens, _LOGITS // config.vocab_size))

    def pairs(
        self, exchanges: Sequence[tuple[Turns, str]], wording: Wording, *, chat: bool
    ) -> list[Pair | None]:
        """Write every answer after the turns before it, and alone; none where it cannot be."""
        writer = Writer(self._tokenizer, wording, chat=chat)
        return [writer.pair(before, answer) for before, answer in exchanges]

    def losses(self, passages: Sequence[Passage]) -> Losses:
        """Return the negative log-likelihood of each passage's scored tokens, summed: (passages,).

        On a CPU one batch runs on one thread, so that no result depends on the number of cores.
        """
        windows = [Window(place, one.tokens, None) for place, one in enumerate(passages)]
        starts = [one.start for one in passages]
        found = np.zeros(len(passages), np.float64)
        batches = list_batches(windows, self._tokens, self._tokenizer.pad_token_id or 0)
        with one_thread_each(self._where), ThreadPoolExecutor(self._where.lanes) as lanes:
            for places, sums in lanes.map(lambda one: self._run(one, windows, starts), batches):
                found[places] = sums
        return found

    def _run(
        self, batch: Batch, windows: Sequence[Window], starts: Sequence[int]
    ) -> tuple[NDArray[np.int64], Losses]:
        import torch

        with torch.inference_mode():
            tokens, mask = (
                torch.from_numpy(rows).to(self._where.name) for rows in (batch.tokens, batch.mask)
            )
            logits = self._model(input_ids=tokens, attention_mask=mask, use_cache=False).logits
            sums = [
                _sum(logits[row, start - 1 : end - 1], tokens[row, start:end])
                for row, place in enumerate(batch.windows)
                for start, end in ((starts[place], len(windows[place].tokens)),)
            ]
        return batch.windows, np.array(sums, np.float64)


def _sum(logits: Any, tokens: Any) -> float:
    """Sum the losses of some tokens, each in float32, the sum in float64."""
    import torch

    parts = [
        torch.nn.functional.cross_entropy(some.float(), wanted, reduction="none").double().sum()
        for some, wanted in zip(logits.split(_ROWS), tokens.split(_ROWS), strict=True)
    ]
    return float(torch.stack(parts).sum())


def causal_model(folder: Path, sha256: str, precision: Precision) -> CausalModel:
    """Load the language model in a folder, once a process; the hash notices another in its place.

    Raises:
        MissingExtraError: the extra `models` is not installed.
        ModelError: the folder holds no language model that can be run.
    """
    need_torch(f"the model in {folder}")
    return _loaded(folder, sha256, is_half(precision))


@lru_cache(maxsize=1)
def _loaded(folder: Path, sha256: str, half: bool) -> CausalModel:
    return CausalModel(folder, device(), half=half)


def is_half(precision: Precision) -> bool:
    """Say whether numbers are bfloat16: on a GPU by default, on a CPU only where asked for."""
    if precision == "auto":
        return find_spec("torch") is not None and device().kind == "cuda" and device().half
    return precision == "bfloat16"


def _read_model(folder: Path, *, half: bool) -> Any:
    from transformers import AutoModelForCausalLM

    with no_bar():
        model, told = reading(
            folder,
            lambda: AutoModelForCausalLM.from_pretrained(
                folder,
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                output_loading_info=True,
                dtype="bfloat16" if half else "float32",
            ),
        )
    missing = sorted(told["missing_keys"])
    if missing:
        raise ModelError(
            f"the weights in {folder} are not those of a language model: {missing[0]} is missing; "
            f"name one that was trained to go on with a text (a causal language model)"
        )
    return model.eval()
