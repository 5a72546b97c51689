"""Forgotten: contents that a run may not hold any more, one JSON object a line, without text."""

import json
import time
from collections.abc import Collection
from typing import NamedTuple

import xxhash

from curator.errors import RunError
from curator.run.files import write_text
from curator.run.layout import Layout


class Receipt(NamedTuple):
    """What was forgotten: the hash of the content, when, and how many files it was taken out of.

    `files` is null while forgetting is under way, and stays so if it was killed.
    """

    content: str
    time: str
    files: int | None = None


def forgotten_in(layout: Layout) -> list[Receipt]:
    """Read the receipts of a run, in the order in which they were written."""
    if not layout.forgotten.exists():
        return []
    found = []
    for place, line in enumerate(layout.forgotten.read_text("utf-8").splitlines(), 1):
        try:
            found.append(Receipt(**json.loads(line)))
        except (ValueError, TypeError):
            raise RunError(
                f"{layout.forgotten}:{place}: a receipt has content, time and files, found "
                f"{line[:80]!r}"
            ) from None
    return found


def note_forgotten(
    layout: Layout, contents: Collection[str], files: int | None = None
) -> list[Receipt]:
    """Write receipts for these contents, in the place of any they have."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    others = [one for one in forgotten_in(layout) if one.content not in contents]
    receipts = [*others, *(Receipt(content, now, files) for content in sorted(contents))]
    lines = [json.dumps(receipt._asdict()) + "\n" for receipt in receipts]
    write_text(layout.forgotten, "".join(lines), private=True)
    return receipts


def raw_content(raw: str) -> str:
    """Hash a row that is no record, which has no content of its own."""
    return xxhash.xxh3_128_hexdigest(b"raw " + raw.encode("utf-8", "surrogatepass"))
