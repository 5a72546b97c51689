"""Verdict files: what people said of records, one JSON object a line."""

import json
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from curator.decide import VERDICT_SCHEMA
from curator.errors import RunError

VERDICTS = ("keep", "drop", "distinct")


def read_verdicts(files: Iterable[Path]) -> pl.DataFrame:
    """Read verdict tables, one JSON object a line; a missing file says nothing."""
    said = [
        _verdict(line, f"{file}:{place}")
        for file in files
        if file.exists()
        for place, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if line.strip()
    ]
    return pl.DataFrame(said, schema=VERDICT_SCHEMA, orient="row")


def _verdict(line: str, place: str) -> tuple[str, str, str | None]:
    """Read one verdict; a person's word is never passed over in silence."""
    try:
        said = json.loads(line)
        content, verdict, other = said["content"], said["verdict"], said.get("other")
    except (ValueError, TypeError, KeyError, AttributeError):
        raise RunError(
            f'{place}: a verdict is written {{"content": …, "verdict": …}}, found {line[:80]!r}'
        ) from None
    if verdict not in VERDICTS or (verdict == "distinct") != (other is not None):
        raise RunError(
            f"{place}: a verdict is keep, drop or distinct (from an `other` content), found "
            f"{verdict!r}"
        )
    return content, verdict, other
