"""Ingest: files to records, and to quarantine what cannot be one."""

from curator.containers.line_blocks import LineBlock, line_blocks
from curator.containers.streams import Stream
from curator.ingest.files import find_files
from curator.ingest.model import Ingested, Quarantined, Sniff, Source
from curator.ingest.places import Finder, Place, path_from, refuse_twice
from curator.ingest.read import read_lines, read_source
from curator.ingest.sniff import sniff

__all__ = [
    "Finder",
    "Ingested",
    "LineBlock",
    "Place",
    "Quarantined",
    "Sniff",
    "Source",
    "Stream",
    "find_files",
    "line_blocks",
    "path_from",
    "read_lines",
    "read_source",
    "refuse_twice",
    "sniff",
]
