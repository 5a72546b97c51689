"""The journal: what happened in a run, one JSON object a line of log.jsonl."""

import json
import os
import time

from curator.run import Layout


def log(layout: Layout, **facts: object) -> None:
    """Append one event to the run's log; short appends by several processes do not mix."""
    line = json.dumps({"time": round(time.time(), 3), **facts}) + "\n"
    handle = os.open(layout.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


class LogWatcher:
    """Read what workers appended to the log since the last look."""

    def __init__(self, layout: Layout) -> None:
        self._path = layout.log
        self._offset = self._path.stat().st_size if self._path.exists() else 0

    def measured(self) -> list[tuple[str, int, float]]:
        """Return label, rows and seconds of every shard measured since the last look."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as handle:
            handle.seek(self._offset)
            text = handle.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._offset += len(whole)
        events = [json.loads(line) for line in whole.splitlines()]
        return [
            (event["label"], event["rows"], event["seconds"])
            for event in events
            if event.get("event") == "measured"
        ]
