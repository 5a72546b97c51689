"""The guard: which machines a web address may lead to, and connections to those alone."""

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection

from curator.errors import InputError
from curator.hosts import is_public
from curator.remote.cache import UnreachableError

SECONDS = 30.0


def addresses_of(host: str, port: int) -> list[str]:
    """Ask the system which addresses a host has."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def connect(address: str, port: int) -> socket.socket:
    """Open a connection to one address."""
    return socket.create_connection((address, port), timeout=SECONDS)


@dataclass(frozen=True)
class Guard:
    """Finds hosts and connects to them, to private ones only where that is allowed."""

    allow_private: bool = False
    resolve: Callable[[str, int], list[str]] = addresses_of
    connect: Callable[[str, int], socket.socket] = connect

    def open(self, host: str, port: int) -> socket.socket:
        """Connect to a host at an address that was checked; it is asked for only once."""
        last: OSError | None = None
        for address in self._checked(host, port):
            try:
                return self.connect(address, port)
            except OSError as error:
                last = error
        raise UnreachableError(f"{host} does not answer: {_why(last)}")

    def _checked(self, host: str, port: int) -> list[str]:
        try:
            found = self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise UnreachableError(f"the host {host} is not found: {_why(error)}") from error
        private = [address for address in found if not is_public(address)]
        if private and not self.allow_private:
            raise InputError(
                f"the host {host} is {private[0]}, an address that is not public: if you trust it, "
                f"write `allow_private: true` beside its path in the recipe; `inspect` and `init` "
                f"take --allow-private"
            )
        return found


def _why(error: Exception | None) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error) or type(error).__name__
    return str(error) if error else "it has no address"


class GuardedConnection(HTTPConnection):
    """A connection to a host whose address was checked, with or without TLS."""

    def __init__(self, host: str, port: int, guard: Guard, *, tls: bool) -> None:
        self.default_port = 443 if tls else 80
        super().__init__(host, port, timeout=SECONDS)
        self._guard = guard
        self._tls = tls

    def connect(self) -> None:
        """Connect to the address that was checked; a certificate must be the host's."""
        self.sock = self._guard.open(self.host, self.port)
        if not self._tls:
            return
        try:
            self.sock = ssl.create_default_context().wrap_socket(
                self.sock, server_hostname=self.host
            )
        except ssl.SSLCertVerificationError as error:
            self.sock.close()
            raise InputError(
                f"the certificate of {self.host} is not valid: {error.verify_message}"
            ) from error
        except OSError as error:
            self.sock.close()
            raise UnreachableError(f"{self.host} does not speak TLS: {_why(error)}") from error
