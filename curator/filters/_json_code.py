"""JSON in answers: where it does not load, and whether it would if it were read loosely."""

import json
import re

from curator.filters._python_code import Fault

_LEFT_OUT = re.compile(
    r"\.\.\.|…|<[A-Za-z_ ]+>|\[(?:[A-Z][\w' ]*)\]|\w\(|(?:^|\s)(?://|#|/\*)[^\n]*", re.M
)
"""What stands for something left out, comments and calls: sketches of JSON."""
_TRAILING = re.compile(r",(\s*[}\]])")
_BARE_KEY = re.compile(r"([{,]\s*)([A-Za-z_]\w*)(\s*:)")
_START = re.compile(r"\s*(?:\{\s*(?:[\"“}]|\w+\s*:)|\[\s*[\"“{\[\]\d])")
_KEY = re.compile(r"[\"”]\s*[:\uff1a]")
_DECODER = json.JSONDecoder(strict=False)


def is_json(text: str) -> bool:
    """Say whether a text is written as an object or a list of data, from end to end."""
    bare = text.strip()
    return bool(_START.match(bare)) and bare[-1:] in "}]" and bool(_KEY.search(bare))


def fault_in_json(code: str) -> Fault | None:
    """Find where JSON does not load: `json`, or `json_loose` where commas or quotes are to blame.

    Several values in a row are fine; sketches with `...` or comments are not judged.
    """
    place = _first_fault(code)
    if place is None or _LEFT_OUT.search(_without_texts(code)):
        return None
    quoted = code if '"' in code else code.replace("'", '"')
    loose = _BARE_KEY.sub(r'\1"\2"\3', _TRAILING.sub(r"\1", quoted))
    reason = "json_loose" if _first_fault(loose) is None else "json"
    return Fault(reason, code.count("\n", 0, place))


def _without_texts(code: str) -> str:
    return re.sub(r'"(?:[^"\\\n]|\\.){0,300}+"', '""', code)


def _first_fault(code: str) -> int | None:
    """Return where loading stops, or none where all values load."""
    at, end = 0, len(code.rstrip())
    while at < end:
        if code[at].isspace() or (at and code[at] == ","):
            at += 1
            continue
        try:
            _, at = _DECODER.raw_decode(code, at)
        except json.JSONDecodeError as error:
            return error.pos
        except (RecursionError, MemoryError, ValueError):
            return None
    return None
