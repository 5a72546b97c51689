"""Export: the kept records of a run as a data set to train on, with a card of where it is from."""

from curator.export.export import check_export, export_run, exports_in, refuse_foreign
from curator.export.release import release_run
from curator.export.result import ExportResult

__all__ = [
    "ExportResult",
    "check_export",
    "export_run",
    "exports_in",
    "refuse_foreign",
    "release_run",
]
