"""Spent: what measuring has cost in a run directory, over all that was ever run there."""

import json
from pathlib import Path
from typing import NamedTuple


class Spent(NamedTuple):
    """Records measured, and the seconds it took, summed over workers."""

    rows: int = 0
    seconds: float = 0.0


def spent_in(log: Path) -> dict[str, Spent]:
    """Sum up the log's measurements by the key that their scores are stored under."""
    found: dict[str, Spent] = {}
    for line in log.read_bytes().splitlines() if log.exists() else ():
        if b'"measured"' not in line:
            continue
        event = json.loads(line)
        if event.get("event") == "measured":
            before = found.get(event["key"], Spent())
            found[event["key"]] = Spent(
                before.rows + event["rows"], before.seconds + event["seconds"]
            )
    return found
