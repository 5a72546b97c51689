"""Ingest: files to records, and to quarantine what cannot be one."""

from curator.ingest.files import find_files
from curator.ingest.model import Ingested, Quarantined, Sniff, Source
from curator.ingest.read import read_source
from curator.ingest.sniff import sniff

__all__ = ["Ingested", "Quarantined", "Sniff", "Source", "find_files", "read_source", "sniff"]
