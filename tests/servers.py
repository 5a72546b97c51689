"""Small servers on loopback that speak as much of a protocol as reading a file needs."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass
class Asked:
    """One request that came in."""

    path: str
    """What is asked for, unquoted."""
    headers: dict[str, str]
    """By their names as in `If-None-Match`."""
    query: dict[str, list[str]] = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)
    """The parts of the path between its slashes, each unquoted by itself."""
    body: bytes = b""
    """What came with it."""


@dataclass
class Answer:
    """What to answer a request with; `cut` sends only so many of the bytes promised."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None


Answering = Callable[[Asked], Answer]


@dataclass
class Server:
    """A running server: where it is, and what it was asked."""

    port: int
    asked: list[Asked]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def serving(answering: Answering, wrap: Callable[..., object] | None = None) -> Iterator[Server]:
    """Serve on a free port of loopback for as long as the block lasts."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            headers = {name.title(): value for name, value in self.headers.items()}
            request = Asked(
                unquote(parts.path),
                headers,
                parse_qs(parts.query),
                [unquote(part) for part in parts.path.strip("/").split("/")],
                self.rfile.read(int(headers.get("Content-Length") or 0)),
            )
            asked.append(request)
            answer = answering(request)
            self.send_response(answer.status)
            length = {} if answer.status == 304 else {"Content-Length": str(len(answer.body))}
            for name, value in (length | answer.headers).items():
                self.send_header(name, value)
            self.end_headers()
            if self.command in {"GET", "POST"}:
                self.wfile.write(answer.body[: answer.cut])

        do_HEAD = do_GET
        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None:
            """Say nothing where a client hangs up, such as over a certificate."""

    server = Quiet(("127.0.0.1", 0), Handler)
    if wrap is not None:
        server.socket = wrap(server.socket, server_side=True)  # type: ignore[assignment]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield Server(server.server_address[1], asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def json_answer(value: object, status: int = 200, **headers: str) -> Answer:
    """Answer with JSON."""
    return Answer(
        status, json.dumps(value).encode(), {"Content-Type": "application/json"} | headers
    )
