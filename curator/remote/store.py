"""Stores of files: S3, Google Cloud Storage and the Hugging Face hub, through fsspec."""

import glob
import os
from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from curator.errors import InputError, MissingExtraError
from curator.remote.address import has_secret, scheme_of, scrub, shown
from curator.remote.cache import UnreachableError, Version, Watch, cached, cached_names

Answer = TypeVar("Answer")

_PACKAGES = {"s3": "s3fs", "gs": "gcsfs", "hf": "huggingface_hub", "memory": "fsspec"}
_VERSION_KEYS = (
    "ETag",
    "etag",
    "VersionId",
    "generation",
    "md5Hash",
    "blob_id",
    "xet_hash",
    "LastModified",
    "updated",
    "mtime",
    "created",
    "size",
)
_SIGN_IN = {
    "s3": "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "gs": "run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS",
    "hf": "run `hf auth login`, or set HF_TOKEN, and accept the terms on the data set's page",
    "memory": "",
}
_REFUSED = frozenset((401, 403))
_GONE = frozenset((404, 410))


class Store:
    """The files of one store, told by their whole address."""

    def __init__(self, url: str, watch: Watch) -> None:
        self.scheme = scheme_of(url)
        if has_secret(url):
            raise InputError(
                f"{shown(url)} must not hold a user or password: {_SIGN_IN[self.scheme]}"
            )
        if self.scheme == "hf" and not url.partition("://")[2].startswith("datasets/"):
            rest = url.partition("://")[2]
            raise InputError(f"{url} names no data set: write hf://datasets/{rest}")
        self.url = f"{self.scheme}://{url.partition('://')[2].rstrip('/')}"
        self._watch = watch
        self._files = _file_system(self.scheme)
        self._files.invalidate_cache()

    def names(self) -> tuple[str, list[str]]:
        """List the files that the address means: the folder they lie in, and their names there.

        The folder is empty for a file or a pattern, whose names are whole addresses.
        """
        names = cached_names(self.url, lambda: self._asking(self.url, self._names), self._watch)
        folder, *rest = names
        return folder, rest

    def fetch(self, url: str) -> Path:
        """Return a local copy of one file."""
        return cached(url, partial(self._load, url), self._watch)

    def _names(self) -> list[str]:
        path = self._path(self.url)
        if self._is_file(path):
            return ["", self.url]
        if glob.has_magic(path):
            found = self._files.glob(path, detail=True)
            files = [name for name, info in found.items() if info["type"] == "file"]
            if not files:
                raise FileNotFoundError
            return ["", *sorted(map(self._address, files))]
        if self.scheme == "hf":
            # A revision such as refs/convert/parquet is written in another way below its folder.
            path = self._files.resolve_path(path).unresolve()
        folder = self._address(path)
        below = sorted(self._address(name) for name in self._files.find(path))
        if not below:
            raise FileNotFoundError
        return [folder, *(name.removeprefix(f"{folder}/") for name in below)]

    def _is_file(self, path: str) -> bool:
        try:
            return bool(self._files.info(path)["type"] == "file")
        except FileNotFoundError:
            return False

    def _load(self, url: str, target: Path, known: Version) -> Version | None:
        return self._asking(url, lambda: self._download(url, target, known))

    def _download(self, url: str, target: Path, known: Version) -> Version | None:
        path = self._path(url)
        info = self._files.info(path)
        version = {key: str(info[key]) for key in _VERSION_KEYS if info.get(key) is not None}
        if version == known:
            return None
        # The hub's own way to fetch is far quicker, and shows its progress itself.
        told = {} if self.scheme == "hf" else {"callback": _callback(url, self._watch)}
        self._files.get_file(path, str(target), **told)
        size, whole = target.stat().st_size, info.get("size")
        if whole is not None and size != whole:
            raise UnreachableError(f"{url} breaks off after {size:,} of {whole:,} bytes")
        return version

    def _asking(self, url: str, ask: Callable[[], Answer]) -> Answer:
        """Ask the store; whatever goes wrong becomes one clear message."""
        try:
            return ask()
        except InputError:
            raise
        except Exception as error:
            raise self._explained(url, error) from error

    def _explained(self, url: str, error: Exception) -> InputError:
        status = _status(error)
        if isinstance(error, PermissionError) or status in _REFUSED:
            return InputError(f"{url} refuses to be read, or is not there: {_SIGN_IN[self.scheme]}")
        if isinstance(error, FileNotFoundError) or status in _GONE:
            return InputError(f"there is no {url}{self._nearest(url)}")
        why = scrub(str(error)).partition("\n")[0] or type(error).__name__
        return UnreachableError(f"{url} cannot be reached: {why}")

    def _nearest(self, url: str) -> str:
        """Name what lies beside a file that is not there."""
        folder, _, last = url.rpartition("/")
        try:
            there = self._files.ls(self._path(folder), detail=False)
        except Exception:  # whatever it is, it only costs the hint
            return ""
        names = sorted(str(name).rstrip("/").rpartition("/")[2] for name in there)
        near = get_close_matches(last, names, n=3, cutoff=0.3) or names[:3]
        return f"; nearest in {folder}: {', '.join(near)}" if near else ""

    def _path(self, url: str) -> str:
        return url.partition("://")[2]

    def _address(self, path: str) -> str:
        return f"{self.scheme}://{path.lstrip('/')}"


def _status(error: BaseException | None) -> int | None:
    """Find the status of the answer that an error, or what caused it, is about."""
    while error is not None:
        status = getattr(getattr(error, "response", None), "status_code", None)
        if isinstance(status, int):
            return status
        error = error.__cause__ or error.__context__
    return None


def _file_system(scheme: str) -> Any:
    """Open a store; who signs in, and where, is the environment's to say."""
    try:
        import fsspec

        place = {"endpoint": os.environ.get("HF_ENDPOINT")} if scheme == "hf" else {}
        return fsspec.filesystem(scheme, use_listings_cache=False, **place)
    except ImportError as error:
        raise MissingExtraError(_PACKAGES[scheme], "remote", f"reading {scheme}://") from error


def _callback(url: str, watch: Watch) -> Any:
    from fsspec.callbacks import Callback

    class _Told(Callback):  # type: ignore[misc]
        def call(self, hook_name: str | None = None, **kwargs: Any) -> None:
            watch.progress(url, self.value, self.size)

    return _Told()
