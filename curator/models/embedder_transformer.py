"""The transformer embedder: a model of sentence-transformers, read from a folder, run quickly."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from curator.errors import MissingExtraError
from curator.models.device import Device, device, need_torch
from curator.models.precision import halved, is_halved
from curator.models.transformer import no_bar, one_thread_each, reading
from curator.models.windows import LONGEST, Batch, Text, Window, list_batches, list_windows


class TransformerEmbedder:
    """Embeds texts; made by `load`."""

    def __init__(self, model: Any, where: Device) -> None:
        self._where = where
        self._tokenizer = model.tokenizer
        self._padding = self._tokenizer.pad_token_id or 0
        self._longest = min(model.max_seq_length or LONGEST, LONGEST)
        self._prompt = (model.prompts or {}).get(model.default_prompt_name, "")
        self._model = halved(model) if where.half else model

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the model, on the device of this process; only safetensors, no code of its own.

        Raises:
            MissingExtraError: the extra `models` is not installed.
            ModelError: the folder holds no model that can be run.
        """
        need_torch(f"the model in {folder}")
        if find_spec("sentence_transformers") is None:
            raise MissingExtraError("sentence-transformers", "models", f"the model in {folder}")
        from sentence_transformers import SentenceTransformer

        where = device()
        with no_bar():
            model = reading(
                folder,
                lambda: SentenceTransformer(
                    str(folder),
                    device=where.name,
                    local_files_only=True,
                    trust_remote_code=False,
                    model_kwargs={"use_safetensors": True, "dtype": "float32"},
                ),
            )
        return cls(model.eval(), where)

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return int(self._model.get_embedding_dimension())

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row of unit length for each text, of zeros where it is empty.

        Of a long text the first tokens count, as many as the model was made for, 512 at most. Texts
        of like length are run together, and shapes follow from the text alone.
        """
        out = np.zeros((len(texts), self.dimensions), np.float32)
        filled = [place for place, text in enumerate(texts) if text.strip()]
        given = [Text(self._prompt + texts[place]) for place in filled]
        firsts: dict[int, Window] = {}
        for window in list_windows(self._tokenizer, given, self._longest):
            firsts.setdefault(window.text, window)
        windows = list(firsts.values())
        batches = list_batches(windows, self._where.tokens, self._padding)
        with one_thread_each(self._where), ThreadPoolExecutor(self._where.lanes) as lanes:
            for places, rows in lanes.map(lambda one: (one.windows, self._run(one)), batches):
                out[[filled[place] for place in places]] = rows[: len(places)]
        return out

    def _run(self, batch: Batch) -> NDArray[np.float32]:
        import torch

        given = {"input_ids": batch.tokens, "attention_mask": batch.mask}
        if batch.segments is not None:
            given["token_type_ids"] = batch.segments
        half = is_halved(self._model)
        with (
            torch.inference_mode(),
            torch.autocast(self._where.kind, torch.bfloat16, enabled=half),
        ):
            placed = {
                name: torch.from_numpy(rows).to(self._where.name) for name, rows in given.items()
            }
            found = self._model(placed)["sentence_embedding"].float()
            unit = torch.nn.functional.normalize(found, dim=1)
        rows: NDArray[np.float32] = unit.cpu().numpy()
        return rows
