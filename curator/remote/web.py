"""Files on the web: one GET, redirects checked at every hop, nothing fetched that is known."""

import base64
import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from ssl import SSLError
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from curator.errors import InputError
from curator.remote.address import WEB, shown
from curator.remote.cache import UnreachableError, Version, Watch, cached
from curator.remote.guard import Guard, GuardedConnection

_HOPS = 10
_BLOCK = 1 << 18
_SAFE = "/%:@!$&'()*+,;=~-._"
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_REFUSED = frozenset((401, 403))
_GONE = frozenset((404, 410))
_SERVER = 500


def fetch_web(url: str, guard: Guard, watch: Watch) -> Path:
    """Return a local copy of the file at a web address."""
    return cached(url, partial(_load, url, guard, watch), watch)


@dataclass(frozen=True)
class _Request:
    """One address to ask, and whether it is still the host that credentials are for."""

    parts: SplitResult
    first: SplitResult
    headers: Mapping[str, str]

    @property
    def place(self) -> tuple[str, str, int]:
        """The scheme, host and port that are asked."""
        return _place(self.parts)

    def all_headers(self) -> dict[str, str]:
        """Give the headers: a user and password are sent to their own host only."""
        user, password = self.first.username, self.first.password
        if user is None or self.place != _place(self.first):
            return dict(self.headers)
        said = f"{unquote(user)}:{unquote(password or '')}".encode()
        return dict(self.headers) | {"Authorization": f"Basic {base64.b64encode(said).decode()}"}


def _place(parts: SplitResult) -> tuple[str, str, int]:
    scheme = parts.scheme.lower()
    try:
        port = parts.port or (443 if scheme == "https" else 80)
    except ValueError:
        raise InputError(f"{shown(parts.geturl())} has no port that can be read") from None
    if not parts.hostname:
        raise InputError(f"{shown(parts.geturl())} names no host")
    return scheme, parts.hostname, port


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise InputError(f"{shown(url)} is no address that can be read: {error}") from None


def _load(url: str, guard: Guard, watch: Watch, target: Path, known: Version) -> Version | None:
    headers = {"Accept-Encoding": "identity", "User-Agent": "curator", "Accept": "*/*"}
    if "etag" in known:
        headers["If-None-Match"] = known["etag"]
    elif "last-modified" in known:
        headers["If-Modified-Since"] = known["last-modified"]
    first = _split(url)
    request = _Request(first, first, headers)
    try:
        for _ in range(_HOPS):
            with _asked(request, guard) as answer:
                if answer.status not in _REDIRECTS:
                    return _taken(url, answer, target, watch)
                request = replace(request, parts=_next(url, request.parts, answer))
    except (HTTPException, TimeoutError, ConnectionError, SSLError) as error:
        raise UnreachableError(f"{shown(url)} breaks off: {_what(error)}") from error
    raise InputError(f"{shown(url)} is redirected more than {_HOPS} times")


def _what(error: Exception) -> str:
    return str(error) if isinstance(error, OSError) and str(error) else type(error).__name__


@contextlib.contextmanager
def _asked(request: _Request, guard: Guard) -> Iterator[HTTPResponse]:
    scheme, host, port = request.place
    connection = GuardedConnection(host, port, guard, tls=scheme == "https")
    path = quote(request.parts.path or "/", safe=_SAFE)
    query = quote(request.parts.query, safe=_SAFE + "?")
    try:
        connection.request(
            "GET", f"{path}?{query}" if query else path, headers=request.all_headers()
        )
        yield connection.getresponse()
    finally:
        connection.close()


def _next(url: str, here: SplitResult, answer: HTTPResponse) -> SplitResult:
    """Say where a redirect leads, which must be the web still, and no less safe."""
    to = _split(urljoin(here.geturl(), answer.getheader("Location") or ""))
    if not answer.getheader("Location"):
        raise InputError(f"{shown(url)} is redirected to nowhere")
    if to.scheme not in WEB or (here.scheme == "https" and to.scheme == "http"):
        raise InputError(f"{shown(url)} is redirected to {shown(to.geturl())}, which is not https")
    return to


def _taken(url: str, answer: HTTPResponse, target: Path, watch: Watch) -> Version | None:
    if answer.status == HTTPStatus.NOT_MODIFIED:
        return None
    if answer.status != HTTPStatus.OK:
        raise _refusal(url, answer)
    size = answer.getheader("Content-Length")
    total = int(size) if size and size.isdigit() else None
    _write(url, answer, target, total, watch)
    found = {name: answer.getheader(name) for name in ("etag", "last-modified")}
    return {name: value for name, value in found.items() if value}


def _write(url: str, answer: HTTPResponse, target: Path, total: int | None, watch: Watch) -> None:
    done = 0
    with target.open("wb") as file:
        while block := answer.read(_BLOCK):
            file.write(block)
            done += len(block)
            watch.progress(shown(url), done, total)
    if total is not None and done != total:
        raise UnreachableError(f"{shown(url)} breaks off after {done:,} of {total:,} bytes")


def _refusal(url: str, answer: HTTPResponse) -> InputError:
    known = {one.value: f" {one.phrase}" for one in HTTPStatus}
    told = f"{shown(url)} answers {answer.status}{known.get(answer.status, '')}"
    if answer.status >= _SERVER:
        return UnreachableError(told)
    if answer.status in _GONE:
        return InputError(f"there is no {shown(url)}: the server answers {answer.status}")
    if answer.status in _REFUSED:
        return InputError(f"{told}: it wants a user and password, or a signed address")
    return InputError(told)
