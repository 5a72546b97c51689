"""Formats: one file a shape, rows to records and records to rows, and which shape rows have."""

from curator.formats.base import Row, Shape
from curator.formats.columns import FIELDS, check_columns, shape_of_columns
from curator.formats.detect import SHAPES, choose_shape, detect, explain_misfit
from curator.formats.rows import is_same, read_row, without_surrogates, write_line, write_row

__all__ = [
    "FIELDS",
    "SHAPES",
    "Row",
    "Shape",
    "check_columns",
    "choose_shape",
    "detect",
    "explain_misfit",
    "is_same",
    "read_row",
    "shape_of_columns",
    "without_surrogates",
    "write_line",
    "write_row",
]
