"""The pipeline: read, measure what is missing, decide, report, export."""

from curator.pipeline.main_line import curate
from curator.pipeline.events import Event, Listener, silent

__all__ = ["Event", "Listener", "curate", "silent"]
