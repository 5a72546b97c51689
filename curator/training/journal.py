"""Journal: a file of JSON Lines that a resumed run continues without gap or repetition."""

import json
from pathlib import Path
from typing import Any


class Journal:
    """Lines that each belong to a step, on disk where there is a path."""

    def __init__(self, path: Path | None, *, after: int, writes: bool = True) -> None:
        """Keep what was written up to step `after`, and drop what came later: it is done again.

        Of several processes one writes.
        """
        self.lines = [line for line in _read(path) if line["step"] <= after]
        self._path = path if writes else None
        if path is not None and writes:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f"{path.name}.part")
            beside.write_text("".join(map(_text, self.lines)), "utf-8")
            beside.replace(path)

    def append(self, line: dict[str, Any]) -> None:
        """Add a line; it is on disk when this returns."""
        self.lines.append(line)
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(_text(line))


def _text(line: dict[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False) + "\n"


def _read(path: Path | None) -> list[dict[str, Any]]:
    """Read the lines of a file; a last one that was cut off by a kill is none."""
    if path is None or not path.exists():
        return []
    whole = path.read_text("utf-8", errors="replace").split("\n")[:-1]
    return [json.loads(line) for line in whole]
