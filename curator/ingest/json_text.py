"""JSON text to values, with what is said of it: repeated keys, control characters."""

import json
from typing import Any

CONTROL = "control characters stand unescaped in its JSON"


class JsonReader:
    """Reads JSON as Python does; NaN and Infinity pass, and repeated keys are noticed."""

    def __init__(self) -> None:
        self.repeated = False
        self._strict = json.JSONDecoder(object_pairs_hook=self._object)
        self._lenient = json.JSONDecoder(object_pairs_hook=self._object, strict=False)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            self.repeated = True
        return found

    def read(self, text: str) -> tuple[Any, tuple[str, ...]]:
        """Read one whole text; raw control characters inside strings pass with a note."""
        self.repeated = False
        try:
            return self._strict.decode(text), ()
        except json.JSONDecodeError as error:
            if not error.msg.startswith("Invalid control character"):
                raise
        self.repeated = False
        return self._lenient.decode(text), (CONTROL,)

    def read_at(self, text: str, at: int) -> tuple[Any, int, tuple[str, ...]]:
        """Read the value that starts at a place, as `read` does; say where it ends."""
        self.repeated = False
        try:
            return *self._strict.raw_decode(text, at), ()
        except json.JSONDecodeError as error:
            if not error.msg.startswith("Invalid control character"):
                raise
        self.repeated = False
        return *self._lenient.raw_decode(text, at), (CONTROL,)
