"""Answered: what a service answered already, kept on disk from the moment it was known."""

import json
import os
from pathlib import Path
from typing import NamedTuple

from curator.errors import ModelError

_PRIVATE = 0o600


class Graded(NamedTuple):
    """A grade, and the tokens that it took."""

    score: float
    tokens_in: int
    tokens_out: int


class Answered:
    """Grades by the hash of what was asked: a file that only grows, a line an answer.

    It holds no text. A line that a kill cut short is skipped, and asked for again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: dict[str, Graded] = {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._read()
        except OSError as error:
            raise ModelError(
                f"the answers of the judge cannot be kept in {path.parent}: {error.strerror}; name "
                f"another folder with `cache:`"
            ) from error

    def get(self, asked: str) -> Graded | None:
        """Return the grade for a hash, if it is known."""
        return self._found.get(asked)

    def keep(self, asked: str, graded: Graded) -> None:
        """Remember a grade; it is on disk when this returns, whatever happens to the process."""
        line = json.dumps(
            {
                "asked": asked,
                "score": graded.score,
                "in": graded.tokens_in,
                "out": graded.tokens_out,
            }
        )
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _PRIVATE)
        try:
            os.write(handle, f"{line}\n".encode())
        finally:
            os.close(handle)
        self._found[asked] = graded

    def _read(self) -> None:
        if not self._path.exists():
            return
        text = self._path.read_bytes()
        for line in text.splitlines():
            try:
                told = json.loads(line)
                self._found[told["asked"]] = Graded(
                    float(told["score"]), int(told["in"]), int(told["out"])
                )
            except (ValueError, KeyError, TypeError):
                continue
        if text and not text.endswith(b"\n"):
            with self._path.open("ab") as file:  # what comes next begins a line of its own
                file.write(b"\n")
