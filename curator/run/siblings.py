"""Siblings: what a run beside this one has measured already need not be measured again."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from curator.run.layout import Layout
from curator.run.manifest import read_receipt


def adopt(layout: Layout, path: Path) -> bool:
    """Say whether the file is there, after hard-linking it from a sibling that has it.

    Only for files whose names say what is in them: scores, features and pairs. Files are replaced,
    never rewritten, so that runs that share one cannot disturb each other.
    """
    if path.exists():
        return True
    relative = path.relative_to(layout.root)
    return any(_link(sibling.root / relative, path) for sibling in siblings_of(layout))


def adopt_intake(layout: Layout, place: int, key: str) -> bool:
    """Take over what a sibling made of the same input file; the receipt comes last."""
    for sibling in siblings_of(layout):
        receipt = sibling.receipt(place)
        report = read_receipt(receipt)
        if report is None or report.key != key:
            continue
        mine = [layout.shard(shard.file) for shard in report.shards]
        theirs = [sibling.shard(shard.file) for shard in report.shards]
        mine += [layout.quarantined(place), layout.repaired(place), layout.receipt(place)]
        theirs += [sibling.quarantined(place), sibling.repaired(place), receipt]
        if all(path.is_file() for path in theirs):
            missed = [pair for pair in zip(theirs, mine, strict=True) if not _link(*pair)]
            return not missed
    return False


def siblings_of(layout: Layout) -> Iterator[Layout]:
    """List the runs in the same directory, whose files this one may share."""
    if layout.alone:
        return
    own = layout.root.resolve()
    for path in sorted(own.parent.iterdir()):
        if path != own and (path / "ingest").is_dir():
            yield Layout(path)


def _link(source: Path, target: Path) -> bool:
    """Hard-link a file under its final name; False where the disk cannot, or it is not there."""
    if not source.is_file():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(OSError):
        target.unlink(missing_ok=True)
        os.link(source, target)
        return True
    return False
