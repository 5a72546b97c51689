"""Remote: files that lie elsewhere, fetched to local copies; what may be asked, and by whom."""

from curator.remote.address import WEB, has_secret, is_remote, scheme_of, scrub, shown
from curator.remote.cache import UnreachableError, Watch
from curator.remote.guard import Guard
from curator.remote.standard_input import NAME, STANDARD_INPUT, spool
from curator.remote.store import Store
from curator.remote.web import fetch_web

__all__ = [
    "NAME",
    "STANDARD_INPUT",
    "WEB",
    "Guard",
    "Store",
    "UnreachableError",
    "Watch",
    "fetch_web",
    "has_secret",
    "is_remote",
    "scheme_of",
    "scrub",
    "shown",
    "spool",
]
