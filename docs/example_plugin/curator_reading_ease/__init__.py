"""A plugin for curator: its `FILTERS` are what a recipe that names it may use."""

from curator_reading_ease.reading_ease import ReadingEase

FILTERS = (ReadingEase,)
