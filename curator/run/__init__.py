"""The run directory: everything one recipe made, and the only code that knows its file names."""

from curator.run.files import (
    atomic_folder,
    atomic_path,
    make_folder,
    scan_frames,
    sweep,
    write_frame,
    write_text,
)
from curator.run.forgotten import Receipt, forgotten_in, note_forgotten, raw_content
from curator.run.layout import Layout
from curator.run.lock import hold
from curator.run.manifest import FilterCost, InputReport, Manifest, Shard, read_receipt
from curator.run.run import Run, Snapshot
from curator.run.siblings import adopt, adopt_intake, siblings_of
from curator.run.spent import Spent

__all__ = [
    "FilterCost",
    "InputReport",
    "Layout",
    "Manifest",
    "Receipt",
    "Run",
    "Shard",
    "Snapshot",
    "Spent",
    "adopt",
    "adopt_intake",
    "atomic_folder",
    "atomic_path",
    "forgotten_in",
    "hold",
    "make_folder",
    "note_forgotten",
    "raw_content",
    "read_receipt",
    "scan_frames",
    "siblings_of",
    "sweep",
    "write_frame",
    "write_text",
]
