"""Connection: one request to the service that a recipe names, and to no other machine."""

import json
import socket
import ssl
import time
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from curator.errors import ModelError
from curator.hosts import is_loopback, is_public

_BLOCK = 1 << 16
_LARGEST = 1 << 22
"""Bytes of an answer at most; one that is asked for a grade has a thousandth of it."""
_PORTS = {"http": 80, "https": 443}


class Address(NamedTuple):
    """Where a service is."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_here(self) -> bool:
        """Whether the host is written as this machine."""
        if self.host == "localhost":
            return True
        try:
            return is_loopback(self.host)
        except ValueError:
            return False


class Response(NamedTuple):
    """What a service said."""

    status: int
    retry_after: str | None
    body: bytes


class BrokenOffError(Exception):
    """No whole answer came: another try may get one. `never_began`: nobody took the request."""

    def __init__(self, why: str, *, never_began: bool = False) -> None:
        super().__init__(why)
        self.never_began = never_began


def read_address(url: str) -> Address:
    """Read the address of a service.

    Raises:
        ModelError: it is no address, or says more than where the service is.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ModelError(f'"{url}" is no address that can be read: {error}') from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ModelError(f'"{url}" is no address: write it like https://host/v1')
    if parts.username is not None or parts.query or parts.fragment:
        raise ModelError(
            "an address holds no user, password or key: name the environment variable that holds "
            "the key with `asking: {key_env: NAME}`"
        )
    return Address(
        parts.scheme, parts.hostname, port or _PORTS[parts.scheme], parts.path.rstrip("/")
    )


class Line(HTTPConnection):
    """A connection to the address of a host that was looked up once and checked."""

    def __init__(self, address: Address, timeout: float, *, allow_private: bool) -> None:
        super().__init__(address.host, address.port, timeout=timeout)
        self._to = address
        self._allow_private = allow_private

    def connect(self) -> None:
        """Connect, with TLS where the address says https."""
        try:
            self.sock = self._reached()
            if self._to.scheme == "https":
                context = ssl.create_default_context()
                self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
        except ssl.SSLCertVerificationError as error:
            raise ModelError(
                f"the certificate of {self.host} is not valid: {error.verify_message}"
            ) from error
        except (OSError, UnicodeError) as error:
            raise BrokenOffError(_why(error), never_began=True) from error

    def _reached(self) -> socket.socket:
        last: OSError | None = None
        for found in self._checked():
            try:
                return socket.create_connection((found, self.port), self.timeout)
            except OSError as error:
                last = error
        raise last or OSError("it has no address")

    def _checked(self) -> list[str]:
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if self._to.is_here:
            return addresses
        public = [one for one in addresses if is_public(one)]
        private = [one for one in addresses if one not in public]
        if private and not self._allow_private:
            raise ModelError(
                f"the host {self.host} is {private[0]}, an address that is not public: if you "
                f"trust it, write `asking: {{allow_private: true}}`"
            )
        if public and self._to.scheme == "http":
            raise ModelError(
                f"{self.host} would be sent records over http, where anybody on the way can read "
                f"them: write https"
            )
        return addresses


def post(line: Line, path: str, told: dict[str, Any], key: str | None) -> Response:
    """Send JSON and return the whole answer.

    Raises:
        BrokenOffError: there is no answer, or not all of it in time.
        ModelError: the host may not be asked, or is not who it says.
    """
    headers = {"Content-Type": "application/json", "Connection": "close", "User-Agent": "curator"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    deadline = time.monotonic() + float(line.timeout or 0)
    try:
        line.request("POST", path, json.dumps(told).encode(), headers)
        answer = line.getresponse()
        body = _read(answer, deadline)
        return Response(answer.status, answer.getheader("Retry-After"), body)
    except (OSError, HTTPException) as error:
        raise BrokenOffError(_why(error)) from error
    finally:
        line.close()


def _read(answer: HTTPResponse, deadline: float) -> bytes:
    parts, size = [], 0
    while block := answer.read1(_BLOCK):
        parts.append(block)
        size += len(block)
        if time.monotonic() > deadline:
            raise TimeoutError("the answer took too long")
        if size > _LARGEST:
            raise BrokenOffError(f"the answer is longer than {_LARGEST:,} bytes")
    if answer.length:
        raise IncompleteRead(b"".join(parts), answer.length)
    return b"".join(parts)


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error) or type(error).__name__
    return "the answer breaks off" if isinstance(error, IncompleteRead) else type(error).__name__
