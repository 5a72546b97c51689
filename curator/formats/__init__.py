"""Formats: one file a shape, rows to records and records to rows, and which shape rows have."""

from curator.formats.base import Row, Shape, Splitting
from curator.formats.columns import FIELDS, check_columns, shape_of_columns
from curator.formats.detect import (
    SHAPES,
    UNANSWERED,
    choose_shape,
    detect,
    explain_misfit,
)
from curator.formats.rows import is_same, read_row, without_surrogates, write_line, write_row
from curator.formats.split_rows import join_rows

__all__ = [
    "FIELDS",
    "SHAPES",
    "UNANSWERED",
    "Row",
    "Shape",
    "Splitting",
    "check_columns",
    "choose_shape",
    "detect",
    "explain_misfit",
    "is_same",
    "join_rows",
    "read_row",
    "shape_of_columns",
    "without_surrogates",
    "write_line",
    "write_row",
]
