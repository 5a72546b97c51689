"""Stores: a file, a folder or a pattern of S3, Google Cloud Storage and the hub gives its files."""

import base64
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from curator.errors import InputError, MissingExtraError
from curator.ingest import Finder
from curator.remote import Watch
from tests.servers import Answer, Asked, json_answer, serving

ROW = b'{"prompt": "a", "completion": "b"}\n'
FILES = {
    "data/train-1.jsonl": ROW,
    "data/train-0.jsonl": ROW * 2,
    "data/deep/test-0.jsonl": ROW * 3,
    "data/README.md": b"# Data\n",
    "data/settings.json": b'{"features": {}}',
}
ALL = ["data/deep/test-0.jsonl", "data/train-0.jsonl", "data/train-1.jsonl"]

Put = Callable[[str, bytes], None]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CURATOR_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def found(url: str, notes: list[str] | None = None) -> dict[str, bytes]:
    """Return what an address gives: the name and the bytes of every file, in order."""
    watch = Watch(note=(notes if notes is not None else []).append)
    places = Finder(Path(), Path("stdin"), watch).find(url)
    return {str(place.name): place.path.read_bytes() for place in places}


# --- S3 ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    """Run an S3 server on loopback."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Put:
    """Fill a bucket; return how to put more into it."""
    boto3 = pytest.importorskip("boto3")
    for name, value in {
        "AWS_ENDPOINT_URL": s3_server,
        "AWS_ACCESS_KEY_ID": "someone",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3")
    client.create_bucket(Bucket="bucket")

    def put(key: str, body: bytes) -> None:
        client.put_object(Bucket="bucket", Key=key, Body=body)

    for key, body in FILES.items():
        put(key, body)
    return put


# --- Google Cloud Storage ---------------------------------------------------------------------


class Gcs:
    """The part of the JSON API of Google Cloud Storage that reading needs."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = dict(FILES)

    def put(self, key: str, body: bytes) -> None:
        self.objects[key] = body

    def __call__(self, asked: Asked) -> Answer:
        _, _, rest = asked.path.partition("/b/bucket/o")
        if not rest:
            return self._listed(asked.query) if "/b/bucket/o" in asked.path else Answer(404)
        key = rest.lstrip("/")
        if key not in self.objects:
            return json_answer({"error": {"code": 404, "message": "Not Found"}}, 404)
        if asked.query.get("alt") == ["media"] or "/download/" in asked.path:
            return Answer(body=self.objects[key])
        return json_answer(self._about(key))

    def _about(self, key: str) -> dict[str, Any]:
        body = self.objects[key]
        digest = base64.b64encode(hashlib.md5(body).digest()).decode()
        facts = {"bucket": "bucket", "size": str(len(body)), "md5Hash": digest, "etag": digest}
        return {"name": key, "kind": "storage#object"} | facts

    def _listed(self, query: dict[str, list[str]]) -> Answer:
        prefix = query.get("prefix", [""])[0]
        keys = [key for key in sorted(self.objects) if key.startswith(prefix)]
        below = [key for key in keys if "/" in key.removeprefix(prefix)]
        if "delimiter" not in query:
            below = []
        folders = {prefix + key.removeprefix(prefix).split("/")[0] + "/" for key in below}
        items = [self._about(key) for key in keys if key not in below]
        return json_answer({"items": items, "prefixes": sorted(folders)})


@pytest.fixture
def gs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Put]:
    store = Gcs()
    pytest.importorskip("gcsfs").GCSFileSystem.clear_instance_cache()
    with serving(store) as server:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.url)
        yield store.put


# --- The hub ----------------------------------------------------------------------------------


class Hub:
    """The part of the hub's API that reading needs; one data set with one revision beside main."""

    def __init__(self) -> None:
        self.revisions = {"main": dict(FILES), "old": {"data/train-0.jsonl": b"old\n"}}
        self.revisions["refs/convert/parquet"] = {"default/train/0.jsonl": ROW}
        self.token: str | None = None

    def put(self, key: str, body: bytes) -> None:
        self.revisions["main"][key] = body

    def __call__(self, asked: Asked) -> Answer:
        if self.token and asked.headers.get("Authorization") != f"Bearer {self.token}":
            gated = {"X-Error-Code": "GatedRepo", "X-Error-Message": "Access is restricted."}
            return json_answer({"error": "restricted"}, 403, **gated)
        parts = asked.parts
        if parts[:2] == ["api", "datasets"]:
            return self._api(parts[2:], asked.query.get("recursive") == ["true"])
        if parts[0] == "datasets" and parts[3:4] == ["resolve"]:
            return self._file(parts[4], "/".join(parts[5:]))
        return Answer(404)

    def _api(self, parts: list[str], recursive: bool) -> Answer:
        if parts[:2] != ["owner", "name"]:
            return json_answer({"error": "none"}, 404, **{"X-Error-Code": "RepoNotFound"})
        what = parts[2:3]
        revision = parts[3] if len(parts) > 3 else "main"
        if revision not in self.revisions:
            return json_answer({"error": "none"}, 404, **{"X-Error-Code": "RevisionNotFound"})
        if what == ["tree"]:
            return self._tree(revision, "/".join(parts[4:]), recursive)
        if what == ["paths-info"]:
            return json_answer([])
        return json_answer({"id": "owner/name", "sha": self._commit(revision), "siblings": []})

    def _commit(self, revision: str) -> str:
        return hashlib.sha1(repr(sorted(self.revisions[revision].items())).encode()).hexdigest()

    def _tree(self, revision: str, folder: str, recursive: bool) -> Answer:
        files = self.revisions[revision]
        start = f"{folder}/" if folder else ""
        inside = [key for key in sorted(files) if key.startswith(start)]
        if not inside:
            return json_answer({"error": "none"}, 404, **{"X-Error-Code": "EntryNotFound"})
        deep = [key.removeprefix(start).rpartition("/")[0] for key in inside]
        folders = sorted({start + name for name in deep if name and (recursive or "/" not in name)})
        here = [key for key in inside if recursive or "/" not in key.removeprefix(start)]
        entries = [{"type": "directory", "path": name, "size": 0, "oid": "0"} for name in folders]
        return json_answer(entries + [self._entry(key, files[key]) for key in here])

    def _entry(self, key: str, body: bytes) -> dict[str, Any]:
        oid = hashlib.sha1(body).hexdigest()
        return {"type": "file", "path": key, "size": len(body), "oid": oid}

    def _file(self, revision: str, key: str) -> Answer:
        body = self.revisions.get(revision, {}).get(key)
        if body is None:
            return Answer(404, headers={"X-Error-Code": "EntryNotFound"})
        etag = f'"{hashlib.sha1(body).hexdigest()}"'
        return Answer(body=body, headers={"ETag": etag, "X-Repo-Commit": self._commit(revision)})


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    store = Hub()
    fsspec = pytest.importorskip("fsspec")
    fsspec.get_filesystem_class("hf").clear_instance_cache()
    with serving(store) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield store


@pytest.fixture
def hf(hub: Hub) -> Put:
    return hub.put


# --- Memory: whatever fsspec knows is read alike ----------------------------------------------


@pytest.fixture
def memory() -> Iterator[Put]:
    fsspec = pytest.importorskip("fsspec")
    files = fsspec.filesystem("memory")

    def put(key: str, body: bytes) -> None:
        files.pipe_file(f"/bucket/{key}", body)

    for key, body in FILES.items():
        put(key, body)
    yield put
    files.rm("/bucket", recursive=True)


STORES = {
    "memory": "memory://bucket",
    "s3": "s3://bucket",
    "gs": "gs://bucket",
    "hf": "hf://datasets/owner/name",
}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> tuple[str, Put]:
    """Give each store in turn: its address, and how to put a file there."""
    return STORES[request.param], request.getfixturevalue(request.param)


def test_a_file_is_fetched(store: tuple[str, Put]) -> None:
    url, _ = store
    assert found(f"{url}/data/train-0.jsonl") == {f"{url}/data/train-0.jsonl": ROW * 2}


def test_a_folder_is_its_data_sorted(store: tuple[str, Put]) -> None:
    url, _ = store
    assert found(f"{url}/data") == {f"{url}/{name}": FILES[name] for name in ALL}
    assert list(found(f"{url}/data/")) == [f"{url}/{name}" for name in ALL]
    assert list(found(url)) == [f"{url}/{name}" for name in ALL]


def test_a_pattern_is_what_it_matches_sorted(store: tuple[str, Put]) -> None:
    url, _ = store
    assert list(found(f"{url}/data/*.jsonl")) == [f"{url}/{name}" for name in ALL[1:]]
    assert list(found(f"{url}/data/**/*-0.jsonl")) == [f"{url}/{name}" for name in ALL[:2]]


def test_what_is_not_there_says_what_is_near(store: tuple[str, Put]) -> None:
    url, _ = store
    message = f"there is no {url}/data/tran-0.jsonl; nearest in {url}/data: train-0.jsonl"
    with pytest.raises(InputError, match=message):
        found(f"{url}/data/tran-0.jsonl")
    with pytest.raises(InputError, match=f"there is no {url}/none"):
        found(f"{url}/none/*.jsonl".replace("*", "[x]"))


def test_a_changed_file_is_fetched_again(store: tuple[str, Put], cache: Path) -> None:
    url, put = store
    found(f"{url}/data/train-0.jsonl")
    copy = next(cache.rglob("train-0.jsonl"))
    written = copy.stat().st_mtime_ns
    found(f"{url}/data/train-0.jsonl")
    assert copy.stat().st_mtime_ns == written
    put("data/train-0.jsonl", b"new\n")
    assert found(f"{url}/data/train-0.jsonl") == {f"{url}/data/train-0.jsonl": b"new\n"}


# --- What only one of them does ---------------------------------------------------------------


def test_a_store_that_is_away_gives_what_it_gave(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "hf://datasets/owner/name/data/train-*.jsonl"
    with serving(Hub()) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        before = found(url)
    notes: list[str] = []
    pytest.importorskip("fsspec").get_filesystem_class("hf").clear_instance_cache()
    assert found(url, notes) == before
    assert notes[0].startswith(f"{url} cannot be reached: ")
    assert "the files listed on 2" in notes[0]
    assert ["the copy fetched on 2" in note for note in notes[1:]] == [True] * len(before)
    with pytest.raises(InputError, match=r"train-2\.jsonl cannot be reached"):
        found("hf://datasets/owner/name/data/train-2.jsonl")


def test_a_revision_of_the_hub_is_read(hf: Put) -> None:
    url = "hf://datasets/owner/name@old/data/train-0.jsonl"
    assert found(url) == {url: b"old\n"}
    other = "hf://datasets/owner/name@refs/convert/parquet"
    assert list(found(f"{other}/default").values()) == [ROW]
    assert list(found(f"{other}/default/train/0.jsonl").values()) == [ROW]
    with pytest.raises(InputError, match="there is no hf://datasets/owner/name@older/data"):
        found("hf://datasets/owner/name@older/data/train-0.jsonl")


def test_the_hub_is_asked_with_the_token_and_its_refusal_says_how_to_sign_in(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.token = "hf_secret"
    with pytest.raises(
        InputError, match=r"refuses to be read, or is not there: run `hf auth login`"
    ) as caught:
        found("hf://datasets/owner/name/data/train-0.jsonl")
    assert "hf_secret" not in str(caught.value)
    pytest.importorskip("fsspec").get_filesystem_class("hf").clear_instance_cache()
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    assert found("hf://datasets/owner/name/data/train-1.jsonl")


def test_a_hub_address_names_a_data_set() -> None:
    with pytest.raises(InputError, match="write hf://datasets/owner/name"):
        found("hf://owner/name")


def test_s3_refuses_and_says_how_to_sign_in(s3: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        InputError, match=r"s3://bucket/x must not hold a user or password: set AWS"
    ):
        found("s3://KEY:SECRET@bucket/x")
    with pytest.raises(InputError, match="there is no s3://nobody/x"):
        found("s3://nobody/x")
    with serving(lambda _: Answer(403)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        pytest.importorskip("s3fs").S3FileSystem.clear_instance_cache()
        with pytest.raises(InputError, match=r"refuses to be read, or is not there: set AWS_PRO"):
            found("s3://bucket/x")
    pytest.importorskip("s3fs").S3FileSystem.clear_instance_cache()


def test_a_data_set_card_chooses_the_files(memory: Put) -> None:
    card = "---\nconfigs:\n- config_name: default\n  data_files: train-*.jsonl\n---\n# Data\n"
    memory("data/README.md", card.encode())
    assert list(found("memory://bucket/data")) == [f"memory://bucket/{name}" for name in ALL[1:]]


def test_a_folder_without_data_says_so(memory: Put) -> None:
    memory("none/README.md", b"# Nothing\n")
    with pytest.raises(InputError, match="the folder memory://bucket/none holds no data"):
        found("memory://bucket/none")


def test_a_table_is_read_from_its_local_copy(memory: Put, tmp_path: Path) -> None:
    pl.DataFrame({"prompt": ["a"], "completion": ["b"]}).write_parquet(tmp_path / "t.parquet")
    memory("t/t.parquet", (tmp_path / "t.parquet").read_bytes())
    assert list(found("memory://bucket/t")) == ["memory://bucket/t/t.parquet"]


def test_a_missing_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(MissingExtraError, match=r'pip install "instruct-curator\[remote\]"'):
        found("s3://bucket/x")


def test_what_is_kept_of_a_file_is_told(memory: Put, cache: Path) -> None:
    found("memory://bucket/data/train-1.jsonl")
    about = json.loads(next(cache.rglob("about.json")).read_text())
    assert about["url"] == "memory://bucket/data/train-1.jsonl"
    assert about["sha256"] == hashlib.sha256(ROW).hexdigest()
    assert about["bytes"] == len(ROW)


def test_reading_files_here_loads_nothing_that_reads_elsewhere() -> None:
    code = (
        "import sys, curator.cli.look, curator.ingest, curator.pipeline\n"
        "print([name for name in ('fsspec', 's3fs', 'gcsfs', 'huggingface_hub', 'aiohttp')"
        " if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
