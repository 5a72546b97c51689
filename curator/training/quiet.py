"""Quiet: the Trainer leaves the process and the model's configuration as it found them."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from transformers.utils import logging


@contextmanager
def quiet(model: Any) -> Iterator[None]:
    """Show no bars of the libraries' own, and undo what they switch for the whole process."""
    bars = logging.is_progress_bar_enabled()
    exact = torch.are_deterministic_algorithms_enabled()
    cache = model.config.use_cache
    logging.disable_progress_bar()
    # accelerate collects all garbage when a run begins: half a second, for what was there before.
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        model.config.use_cache = cache
        torch.use_deterministic_algorithms(exact)
        if bars:
            logging.enable_progress_bar()
