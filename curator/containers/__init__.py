"""Containers: what kind of file this is, by its content, and the rows that are in it."""

from curator.containers.line_blocks import LineBlock, line_blocks
from curator.containers.model import Broken, BrokenStreamError, Found
from curator.containers.rows import (
    DATA_ENDINGS,
    as_row,
    container_of,
    ending_of,
    open_rows,
    read_head,
)
from curator.containers.streams import Stream

__all__ = [
    "DATA_ENDINGS",
    "Broken",
    "BrokenStreamError",
    "Found",
    "LineBlock",
    "Stream",
    "as_row",
    "container_of",
    "ending_of",
    "line_blocks",
    "open_rows",
    "read_head",
]
