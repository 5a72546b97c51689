"""Export: the kept records of a run, ready to train on, with a card that says where they are from."""

from curator.export.export import export_run
from curator.export.result import ExportResult

__all__ = ["ExportResult", "export_run"]
