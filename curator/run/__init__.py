"""The run directory: everything one recipe made, and the only code that knows its file names."""

from curator.run.files import atomic_folder, atomic_path, write_frame, write_text
from curator.run.layout import Layout
from curator.run.lock import hold
from curator.run.manifest import FilterCost, InputReport, Manifest, Shard
from curator.run.run import Run, Snapshot

__all__ = [
    "FilterCost",
    "InputReport",
    "Layout",
    "Manifest",
    "Run",
    "Shard",
    "Snapshot",
    "atomic_folder",
    "atomic_path",
    "hold",
    "write_frame",
    "write_text",
]
