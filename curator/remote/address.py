"""Addresses of files that lie elsewhere, and how they are told without what is secret in them."""

import re
from difflib import get_close_matches
from pathlib import PurePosixPath
from urllib.parse import urlsplit, urlunsplit

from curator.errors import InputError

WEB = frozenset(("http", "https"))
STORES = {"s3": "s3", "s3a": "s3", "gs": "gs", "gcs": "gs", "hf": "hf", "memory": "memory"}
"""Every scheme of a store of files, and the one it is told by."""
_HELD = re.compile(r"(?i)\b((?:https?|s3a?|gc?s)://)[^\s/@'\"]+@")
_QUERY = re.compile(r"(?i)\b(https?://[^\s?#'\"<>]*)[?#][^\s'\"<>]*")
_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 100


def is_remote(path: str) -> bool:
    """Tell an address from a path of this machine."""
    return "://" in path


def scheme_of(url: str) -> str:
    """Name an address's scheme, or say which there are."""
    scheme = url.partition("://")[0].lower()
    if scheme in WEB:
        return scheme
    if scheme in STORES:
        return STORES[scheme]
    known = ["hf", "s3", "gs", "https", "http"]
    near = get_close_matches(scheme, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}://?" if near else f"there are {', '.join(known)}"
    raise InputError(f"nothing reads {scheme}:// ({shown(url)}): {hint}")


def shown(url: str) -> str:
    """Return an address as it may be told: without user, password, query and fragment."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        return url
    if scheme.lower() not in WEB:
        return scrub(url)
    try:
        parts = urlsplit(url)
        place = parts.netloc.rpartition("@")[2]
    except ValueError:
        return _printable(f"{scheme}://{re.split(r'[?#]', rest)[0].rpartition('@')[2]}")
    return _printable(urlunsplit((parts.scheme, place, parts.path, "", "")))


def scrub(text: str) -> str:
    """Cut users, passwords and queries out of every address in a text."""
    return _printable(_QUERY.sub(r"\1", _HELD.sub(r"\1", text)))


def _printable(text: str) -> str:
    """Take from a text what could move a terminal's cursor."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in text)


def has_secret(url: str) -> bool:
    """Tell whether an address says more than may be shown."""
    return is_remote(url) and shown(url) != url


def file_name(url: str) -> str:
    """Name a local copy of what lies at an address, so that its ending still tells something."""
    last = PurePosixPath(shown(url).partition("://")[2]).name
    return _PLAIN.sub("-", last).lstrip(".-")[-_LONGEST:] or "data"
