"""Quiet: the Trainer leaves the process and the model's configuration as it found them."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from transformers.utils import logging


@contextmanager
def without_bars() -> Iterator[None]:
    """Show no bars of the libraries' own."""
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


@contextmanager
def quiet(model: Any) -> Iterator[None]:
    """Show no bars, and undo what is switched for the whole process."""
    exact = torch.are_deterministic_algorithms_enabled()
    cache = model.config.use_cache
    # accelerate collects all garbage when a run begins: half a second, for what was there before.
    gc.freeze()
    try:
        with without_bars():
            yield
    finally:
        gc.unfreeze()
        model.config.use_cache = cache
        torch.use_deterministic_algorithms(exact)
