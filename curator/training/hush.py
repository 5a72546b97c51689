"""Hush: what transformers draws and warns of by itself is not for whoever reads our output."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from transformers.utils import logging


@contextmanager
def hush() -> Iterator[None]:
    """Keep bars, and warnings of names that transformers is about to rename, off the screen."""
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
