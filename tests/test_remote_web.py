"""Web files are fetched once, renewed when changed, and only from where they may be."""

import datetime
import json
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from curator.errors import InputError
from curator.ingest import Finder
from curator.remote import Guard, Watch, fetch_web
from tests.servers import Answer, Answering, Asked, Server, serving

ROWS = b'{"prompt": "a", "completion": "b"}\n'
HERE = Guard(allow_private=True)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CURATOR_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def files(**bodies: bytes) -> Answering:
    return lambda asked: (
        Answer(body=bodies[asked.path[1:]]) if asked.path[1:] in bodies else Answer(404)
    )


def with_tag(asked: Asked) -> Answer:
    tag = '"one"'
    if asked.headers.get("If-None-Match") == tag:
        return Answer(304)
    return Answer(body=ROWS, headers={"ETag": tag})


def fetch(server: Server, path: str = "data.jsonl", guard: Guard = HERE) -> Path:
    return fetch_web(f"{server.url}/{path}", guard, Watch())


def test_a_file_is_fetched_and_keeps_its_name(cache: Path) -> None:
    with serving(files(**{"data.jsonl": ROWS})) as server:
        path = fetch(server)
    assert (path.read_bytes(), path.name) == (ROWS, "data.jsonl")
    assert path.is_relative_to(cache)
    assert path.stat().st_mode & 0o077 == 0


def test_what_has_not_changed_is_not_sent_again() -> None:
    with serving(with_tag) as server:
        first = fetch(server)
        written = first.stat().st_mtime_ns
        assert fetch(server) == first
    assert first.stat().st_mtime_ns == written
    assert [asked.headers.get("If-None-Match") for asked in server.asked] == [None, '"one"']


def test_a_date_does_where_there_is_no_tag() -> None:
    date = "Mon, 01 Jan 2024 00:00:00 GMT"

    def answering(asked: Asked) -> Answer:
        known = asked.headers.get("If-Modified-Since") == date
        return Answer(304) if known else Answer(body=ROWS, headers={"Last-Modified": date})

    with serving(answering) as server:
        assert fetch(server) == fetch(server)
    assert server.asked[1].headers["If-Modified-Since"] == date


def test_what_has_changed_is_fetched_again() -> None:
    bodies = iter([b"old\n", b"new\n"])
    with serving(lambda _: Answer(body=next(bodies), headers={"ETag": '"x"'})) as server:
        assert fetch(server).read_bytes() == b"old\n"
        assert fetch(server).read_bytes() == b"new\n"


def test_a_copy_that_was_touched_is_fetched_again() -> None:
    with serving(with_tag) as server:
        path = fetch(server)
        path.write_bytes(b"damaged")
        assert fetch(server).read_bytes() == ROWS


@pytest.mark.parametrize("away", ["server", "error"])
def test_without_an_answer_the_copy_is_used_and_that_is_told(away: str) -> None:
    status = [200, 503]
    with serving(lambda _: Answer(status.pop(0), ROWS)) as server:
        path = fetch(server)
        notes: list[str] = []
        if away == "error":
            assert fetch_web(f"{server.url}/data.jsonl", HERE, Watch(notes.append)) == path
    if away == "server":
        assert fetch_web(f"{server.url}/data.jsonl", HERE, Watch(notes.append)) == path
    assert path.read_bytes() == ROWS
    assert len(notes) == 1
    assert "the copy fetched on 2" in notes[0]


def test_a_file_that_is_gone_is_not_read_from_the_cache() -> None:
    status = [200, 404]
    with serving(lambda _: Answer(status.pop(0), ROWS)) as server:
        fetch(server)
        with pytest.raises(InputError, match=r"there is no http://127.*/data.jsonl: .* 404"):
            fetch(server)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer(404), "there is no http://127.0.0.1:[0-9]+/data.jsonl: the server answers 404"),
        (Answer(403), "answers 403 Forbidden: it wants a user and password"),
        (Answer(418), "data.jsonl answers 418 I'm a Teapot"),
        (Answer(499), "data.jsonl answers 499$"),
        (Answer(500), "data.jsonl answers 500"),
        (Answer(200, ROWS, cut=5), f"breaks off after 5 of {len(ROWS)} bytes"),
        (Answer(302), "is redirected to nowhere"),
        (Answer(302, headers={"Location": "file:///etc/passwd"}), "redirected to file:///etc"),
        (Answer(302, headers={"Location": "ftp://x/\x1b[2J"}), r"redirected to ftp://x/\?\[2J,"),
        (Answer(302, headers={"Location": "/data.jsonl"}), "redirected more than 10 times"),
    ],
)
def test_what_cannot_be_fetched_gets_one_message_and_no_copy(
    cache: Path, answer: Answer, message: str
) -> None:
    with serving(lambda _: answer) as server, pytest.raises(InputError, match=message):
        fetch(server)
    assert [path.name for path in cache.rglob("*") if path.is_file()] == [".lock"]


def test_chunks_that_break_off_are_no_file() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        import threading

        def answer() -> None:
            with listener.accept()[0] as connection:
                connection.recv(65536)
                connection.sendall(
                    b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a"'
                )

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(InputError, match="breaks off"):
            fetch_web(f"http://127.0.0.1:{listener.getsockname()[1]}/x", HERE, Watch())
        thread.join()


def test_nobody_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(InputError, match="does not answer: Connection refused"):
        fetch_web(f"http://127.0.0.1:{port}/x", HERE, Watch())


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://127.0.0.1:port/x", "has no port that can be read"),
        ("http://[::1/x", "http://.*: is no address that can be read|is no address"),
        ("http:///x", "names no host"),
        ("htp://x/y", r"nothing reads htp:// \(htp://x/y\): did you mean http://\?"),
        ("zip://x::y", "there are hf, s3, gs, https, http"),
    ],
)
def test_an_address_that_is_none(tmp_path: Path, url: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Finder(tmp_path, tmp_path / "stdin").find(url, allow_private=True)


# --- Which hosts may be asked ---------------------------------------------------------------


def test_a_private_host_is_refused_before_it_is_asked() -> None:
    with serving(files(x=ROWS)) as server, pytest.raises(InputError, match="allow_private: true"):
        fetch(server, "x", Guard())
    assert server.asked == []


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "0x7f000001", "2130706433", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_a_private_host_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(InputError, match="an address that is not public"):
        fetch_web(f"http://{host}/x", Guard(), Watch())


class Names:
    """A resolver with literal answers, each used once, and connections led to one server."""

    def __init__(self, server: Server, **answers: list[list[str]]) -> None:
        self.answers = {name.replace("_", "."): list(found) for name, found in answers.items()}
        self.connected: list[tuple[str, int]] = []
        self._port = server.port

    def resolve(self, host: str, port: int) -> list[str]:
        return self.answers[host].pop(0)

    def connect(self, address: str, port: int) -> socket.socket:
        self.connected.append((address, port))
        return socket.create_connection(("127.0.0.1", self._port))

    @property
    def guard(self) -> Guard:
        return Guard(resolve=self.resolve, connect=self.connect)


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    with serving(files(x=ROWS)) as server:
        names = Names(server, data_test=[["93.184.216.34"], ["127.0.0.1"]])
        assert fetch_web("http://data.test:8080/x", names.guard, Watch()).read_bytes() == ROWS
    assert names.connected == [("93.184.216.34", 8080)]
    assert names.answers["data.test"] == [["127.0.0.1"]]
    assert server.asked[0].headers["Host"] == "data.test:8080"


def test_one_private_address_among_others_is_enough_to_refuse() -> None:
    with serving(files(x=ROWS)) as server:
        names = Names(server, data_test=[["93.184.216.34", "10.0.0.1"]])
        with pytest.raises(InputError, match=r"host data\.test is 10\.0\.0\.1, an address that"):
            fetch_web("http://data.test/x", names.guard, Watch())
    assert names.connected == []


@pytest.mark.parametrize("to", ["http://inside.test/x", "http://169.254.169.254/latest/meta-data"])
def test_a_redirect_to_a_private_host_is_refused(to: str) -> None:
    with serving(lambda _: Answer(302, headers={"Location": to})) as server:
        names = Names(server, data_test=[["93.184.216.34"]], inside_test=[["192.168.0.7"]])
        names.answers["169.254.169.254"] = [["169.254.169.254"]]
        with pytest.raises(InputError, match="an address that is not public"):
            fetch_web("http://data.test/x", names.guard, Watch())
    assert names.connected == [("93.184.216.34", 80)]


def test_a_redirect_is_followed_and_takes_no_password_along() -> None:
    def answering(asked: Asked) -> Answer:
        if asked.path == "/first":
            return Answer(307, headers={"Location": "http://other.test/second?key=K"})
        return Answer(body=ROWS)

    with serving(answering) as server:
        names = Names(server, data_test=[["93.184.216.34"]], other_test=[["93.184.216.35"]])
        fetch_web("http://user:p%40ss@data.test/first", names.guard, Watch())
    first, second = server.asked
    assert first.headers["Authorization"] == "Basic dXNlcjpwQHNz"
    assert "Authorization" not in second.headers
    assert (second.path, second.query) == ("/second", {"key": ["K"]})


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3", "127.0.0.1", "169.254.1.1", "172.16.0.1", "192.168.1.1", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1%eth0",
        "fc00::1", "fec0::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2001:db8::1", "::127.0.0.1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    from curator.hosts import is_public

    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::808:808"])
def test_addresses_that_are_public(address: str) -> None:
    from curator.hosts import is_public

    assert is_public(address)


# --- TLS --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate for `data.test`, signed by itself, with its key."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "data.test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("data.test")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_certificate_must_be_trusted_and_the_hosts(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    public = [["93.184.216.34"]]
    with serving(files(x=ROWS), context.wrap_socket) as server:
        names = Names(server, data_test=public * 2, other_test=public)
        with pytest.raises(InputError, match=r"the certificate of data\.test is not valid: self"):
            fetch_web("https://data.test/x", names.guard, Watch())
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert fetch_web("https://data.test/x", names.guard, Watch()).read_bytes() == ROWS
        with pytest.raises(InputError, match=r"certificate of other\.test is not valid: Hostname"):
            fetch_web("https://other.test/x", names.guard, Watch())
    assert server.asked[0].headers["Host"] == "data.test"


def test_a_redirect_may_not_leave_https(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    answer = Answer(302, headers={"Location": "http://data.test/x"})
    with serving(lambda _: answer, context.wrap_socket) as server:
        names = Names(server, data_test=[["93.184.216.34"]])
        with pytest.raises(
            InputError, match=r"redirected to http://data\.test/x, which is not https"
        ):
            fetch_web("https://data.test/x", names.guard, Watch())


# --- What is secret ---------------------------------------------------------------------------


def test_no_secret_is_told(cache: Path, tmp_path: Path) -> None:
    with serving(files(**{"data.jsonl": ROWS})) as server:
        secret = f"http://me:PASS@127.0.0.1:{server.port}/data.jsonl?sig=SIGNED#frag"
        found = Finder(tmp_path, tmp_path / "stdin").find(secret, allow_private=True)
        assert [place.name for place in found] == [f"{server.url}/data.jsonl"]
        notes: list[str] = []
    fetch_web(secret, HERE, Watch(notes.append))
    about = json.loads(next(cache.rglob("about.json")).read_text())
    with pytest.raises(InputError) as caught:
        fetch_web(secret.replace("data", "date"), HERE, Watch())
    for told in (*notes, str(about), str(caught.value)):
        assert "127.0.0.1" in told
        assert not {"PASS", "SIGNED"} & set(told.replace("=", " ").replace(":", " ").split())
        assert "PASS" not in told
        assert "SIGNED" not in told


def progress_of(server: Server, path: str) -> list[tuple[Any, ...]]:
    told: list[tuple[Any, ...]] = []
    watch = Watch(progress=lambda *said: told.append(said))
    fetch_web(f"{server.url}/{path}", HERE, watch)
    return told


def test_progress_is_told_in_bytes() -> None:
    body = bytes(600_000)
    with serving(files(x=body)) as server:
        told = progress_of(server, "x")
    assert told[-1] == (f"{server.url}/x", len(body), len(body))
    assert len(told) > 1
