"""The pipeline: read, measure what is missing, decide, report, export."""

from curator.pipeline.events import Event, Listener, silent
from curator.pipeline.main_line import curate

__all__ = ["Event", "Listener", "curate", "silent"]
