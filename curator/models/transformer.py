"""Transformer: a sequence-classification model read from a folder, and run quickly."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.errors import ModelError
from curator.models.device import Device, device, need_torch
from curator.models.precision import (
    PROBES,
    Logits,
    chances_of,
    doubtful,
    error_of,
    halved,
    is_halved,
)
from curator.models.windows import LONGEST, Batch, Text, Window, list_batches, list_windows

Chances = NDArray[np.float32]


class Judged(NamedTuple):
    """The probabilities of every window (windows, labels), and the text each window is of."""

    chances: Chances
    texts: NDArray[np.int64]


class Classifier:
    """A model with its tokenizer; nothing of it runs but the architectures of transformers."""

    def __init__(self, folder: Path, where: Device) -> None:
        self._where = where
        self._tokenizer = read_tokenizer(folder)
        self._exact = _read_model(folder).to(where.name)
        config = self._exact.config
        self.labels = tuple(str(config.id2label[place]) for place in range(config.num_labels))
        self.exclusive = _exclusive(config, folder)
        self._longest = _longest(self._tokenizer, config)
        self._padding = self._tokenizer.pad_token_id or 0
        self._quick = halved(self._exact) if where.half else self._exact
        self._error = self._measured() if where.half else 0.0

    @property
    def has_chat_template(self) -> bool:
        """Whether the model was made for conversations, and says how they are written."""
        return self._tokenizer.chat_template is not None

    def written(self, turns: Sequence[dict[str, str]]) -> str:
        """Write a conversation, `role` and `content` a turn, as the model's template says."""
        found: str = self._tokenizer.apply_chat_template(list(turns), tokenize=False)
        return found

    def judge(self, texts: Sequence[Text]) -> Judged:
        """Return the probability of every label for every window of every text.

        Labels exclude each other, and sum to 1, where the model's configuration says
        `single_label_classification`, or says nothing and there are several; else each is its own
        (the reading of the text-classification pipeline of transformers).
        """
        windows = list(list_windows(self._tokenizer, texts, self._longest))
        logits = self._logits(windows, self._quick)
        if self._quick is not self._exact:
            again = doubtful(logits, self._error, exclusive=self.exclusive)
            logits[again] = self._logits([windows[place] for place in again], self._exact)
        chances = chances_of(logits, exclusive=self.exclusive)
        owners = np.array([window.text for window in windows], np.int64)
        return Judged(chances.astype(np.float32), owners)

    def _measured(self) -> float:
        """Measure how far the quick copy is off."""
        windows = list(
            list_windows(self._tokenizer, [Text(text) for text in PROBES], self._longest)
        )
        return error_of(self._logits(windows, self._quick), self._logits(windows, self._exact))

    def _logits(self, windows: Sequence[Window], model: Any) -> Logits:
        """Run batches: on a CPU one a thread, so that no result depends on the number of cores."""
        logits = np.zeros((len(windows), len(self.labels)), np.float64)
        batches = list_batches(windows, self._where.tokens, self._padding)
        with one_thread_each(self._where), ThreadPoolExecutor(self._where.lanes) as lanes:
            found = list(
                lanes.map(lambda one: (one.windows, _run(model, one, self._where)), batches)
            )
        for places, rows in found:
            logits[places] = rows.float().cpu().numpy()[: len(places)]
        return logits


@lru_cache(maxsize=2)
def classifier(folder: Path, sha256: str) -> Classifier:
    """Load the model in a folder, once a process; the hash notices another in its place.

    Raises:
        MissingExtraError: the extra `models` is not installed.
        ModelError: the folder holds no model that can be run.
    """
    need_torch(f"the model in {folder}")
    return Classifier(folder, device())


def read_tokenizer(folder: Path) -> Any:
    """Read the tokenizer in a folder, one that knows where in a text its tokens stand."""
    from transformers import AutoTokenizer

    found = reading(
        folder,
        lambda: AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        ),
    )
    if not found.is_fast:
        raise ModelError(
            f"the tokenizer in {folder} has no tokenizer.json: save it once with "
            f"`save_pretrained` of a tokenizer that has one"
        )
    return found


def _read_model(folder: Path) -> Any:
    from transformers import AutoModelForSequenceClassification

    with no_bar():
        model, told = reading(
            folder,
            lambda: AutoModelForSequenceClassification.from_pretrained(
                folder,
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                output_loading_info=True,
                dtype="float32",
            ),
        )
    missing = sorted(told["missing_keys"])
    if missing:
        raise ModelError(
            f"the weights in {folder} are not those of a classifier: {missing[0]} is missing; name "
            f"a model that was trained to classify sequences"
        )
    return model.eval()


def reading(folder: Path, read: Callable[[], Any]) -> Any:
    """Read a part of a model; whatever the library raises becomes one message."""
    try:
        return read()
    except Exception as error:
        said = str(error).strip().partition("\n")[0]
        raise ModelError(f"{folder} cannot be read as a model: {said}") from error


@contextmanager
def no_bar() -> Iterator[None]:
    """Keep transformers from drawing a progress bar; the commands draw their own."""
    from transformers.utils import logging

    drawn = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if drawn:
            logging.enable_progress_bar()


def _exclusive(config: Any, folder: Path) -> bool:
    if config.problem_type == "regression":
        raise ModelError(
            f"the model in {folder} gives numbers and no probabilities (its config.json says "
            f"`regression`): name one that classifies"
        )
    if config.problem_type is None:
        return int(config.num_labels) > 1
    return bool(config.problem_type == "single_label_classification")


def _longest(tokenizer: Any, config: Any) -> int:
    """Return how many tokens the model reads; RoBERTa counts places from after the padding's."""
    places = getattr(config, "max_position_embeddings", LONGEST)
    if "roberta" in config.model_type or config.model_type in {"camembert", "mpnet"}:
        places -= (config.pad_token_id or 0) + 1
    return int(min(tokenizer.model_max_length, places, LONGEST))


def _run(model: Any, batch: Batch, where: Device) -> Any:
    import torch

    given = {"input_ids": batch.tokens, "attention_mask": batch.mask}
    if batch.segments is not None:
        given["token_type_ids"] = batch.segments
    half = is_halved(model)
    with torch.inference_mode(), torch.autocast(where.kind, torch.bfloat16, enabled=half):
        placed = {name: torch.from_numpy(rows).to(where.name) for name, rows in given.items()}
        return model(**placed).logits


@contextmanager
def one_thread_each(where: Device) -> Iterator[None]:
    """Let each lane of a CPU run on one thread, so that no result depends on their number."""
    import torch

    before = torch.get_num_threads()
    if where.kind == "cpu":
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
