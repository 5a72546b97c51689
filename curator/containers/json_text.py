"""JSON text to values, with what is said of it: repeated keys, control characters."""

import json
import re
from typing import Any

CONTROL = "control characters stand unescaped in its JSON"
_SPACED_COLON = re.compile(r'"[ \t\n\r]+:')


class JsonReader:
    """Reads JSON as Python does; NaN and Infinity pass, and repeated keys are noticed."""

    def __init__(self) -> None:
        self.repeated = False
        self._plain = json.JSONDecoder()
        self._strict = json.JSONDecoder(object_pairs_hook=self._object)
        self._lenient = json.JSONDecoder(object_pairs_hook=self._object, strict=False)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            self.repeated = True
        return found

    def read(self, text: str) -> tuple[Any, tuple[str, ...]]:
        """Read one whole text; raw control characters inside strings pass with a note.

        Most texts hold as many `":` as the value has keys: then no key was there twice. The others
        are read again, key by key.
        """
        self.repeated = False
        try:
            value = self._plain.decode(text)
            if not _has_each_key_once(text, value):
                value = self._strict.decode(text)
        except json.JSONDecodeError as error:
            if not error.msg.startswith("Invalid control character"):
                raise
        else:
            return value, ()
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


def _has_each_key_once(text: str, value: Any) -> bool:
    """Say whether it is sure that no key stands twice in an object of the text."""
    try:
        if text.count('":') != _keys(value):
            return False
    except RecursionError:
        return False
    spaced = '" ' in text or '"\t' in text or '"\r' in text or '"\n' in text
    return not (spaced and _SPACED_COLON.search(text))


def _keys(value: Any) -> int:
    """Count the keys of all objects in a value."""
    count, inner = 0, value
    if type(value) is dict:
        count, inner = len(value), value.values()
    elif type(value) is not list:
        return 0
    for entry in inner:
        if type(entry) is dict or type(entry) is list:
            count += _keys(entry)
    return count
