"""Quiet: the Trainer leaves the process and the model's configuration as it found them."""

import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from transformers.utils import logging


@contextmanager
def without_bars() -> Iterator[None]:
    """Keep off the screen what libraries draw, and what they warn each other of.

    Names that transformers is about to change, and peft still uses, are nobody's business who
    trains a model.
    """
    level, drawn = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            yield
    finally:
        logging.set_verbosity(level)
        if drawn:
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
