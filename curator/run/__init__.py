"""The run directory: everything one recipe made, and the only code that knows its file names."""

from curator.run.files import atomic_folder, atomic_path, sweep, write_frame, write_text
from curator.run.layout import Layout
from curator.run.lock import hold
from curator.run.manifest import FilterCost, InputReport, Manifest, Shard, read_receipt
from curator.run.run import Run, Snapshot
from curator.run.siblings import adopt, adopt_intake

__all__ = [
    "FilterCost",
    "InputReport",
    "Layout",
    "Manifest",
    "Run",
    "Shard",
    "Snapshot",
    "adopt",
    "adopt_intake",
    "atomic_folder",
    "atomic_path",
    "hold",
    "read_receipt",
    "sweep",
    "write_frame",
    "write_text",
]
