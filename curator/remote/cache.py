"""The cache: local copies of files that lie elsewhere, each whole and as it was when fetched."""

import contextlib
import fcntl
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from curator.errors import InputError
from curator.places import CACHE, cache_folder
from curator.remote.address import file_name, scrub, shown
from curator.run import write_text

_PRIVATE = 0o700

Version = dict[str, str]
"""What tells one state of a file from another: an ETag, a size, a time."""
Load = Callable[[Path, Version], Version | None]
"""Writes a file if it is not of the version given, and returns its version; else returns None."""


class UnreachableError(InputError):
    """A place does not answer, so that nothing is known of what lies there now."""


@dataclass(frozen=True)
class About:
    """What is known of a local copy."""

    url: str
    """Where it came from, without what is secret."""
    version: Version
    sha256: str
    bytes: int
    fetched: str
    """When its version was last found to be the current one (UTC)."""


def _no_note(text: str) -> None:
    """Tell nobody."""


def _no_progress(name: str, done: int, total: int | None) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Watch:
    """Who is told what happens while files are fetched."""

    note: Callable[[str], None] = field(default=_no_note)
    progress: Callable[[str, int, int | None], None] = field(default=_no_progress)
    """Told of a file's bytes: name, done, and how many there are if that is known."""


def cached(url: str, load: Load, watch: Watch) -> Path:
    """Return a local copy of a file, fetched if it is new or changed.

    Where the place cannot be reached, the copy of an earlier time is used, and that is told.
    """
    with _slot(url) as folder:
        path = folder / file_name(url)
        about = _about(folder, path)
        try:
            about = _renewed(url, path, about, load)
        except UnreachableError as error:
            if about is None:
                raise
            watch.note(f"{error}: the copy fetched on {about.fetched} is used")
            return path
        _remember(folder, about)
        return path


def cached_names(url: str, names: Callable[[], list[str]], watch: Watch) -> list[str]:
    """Return what a folder or pattern lists; where it is not reached, what it did before."""
    with _slot(f"names of {url}") as folder:
        kept = folder / "names.json"
        try:
            found = names()
        except UnreachableError as error:
            with contextlib.suppress(OSError, ValueError):
                said = json.loads(kept.read_text("utf-8"))
                watch.note(f"{error}: the files listed on {said['listed']} are used")
                return [str(name) for name in said["names"]]
            raise
        write_text(kept, json.dumps({"listed": _now(), "names": found}), private=True)
        return found


@contextlib.contextmanager
def _slot(url: str) -> Iterator[Path]:
    """Give the folder of one address; whoever else wants it waits."""
    folder = cache_folder() / "fetched" / hashlib.sha256(url.encode()).hexdigest()[:32]
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
        handle = (folder / ".lock").open("w")
    except OSError as error:
        raise InputError(
            f"the cache {folder.parent} cannot be written: {error.strerror}; name another folder "
            f"with {CACHE}"
        ) from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for leftover in folder.glob("*.tmp"):
            leftover.unlink()
        yield folder


def _about(folder: Path, path: Path) -> About | None:
    """Read what is known of a copy; None where there is none, or it is not what it was."""
    try:
        about = About(**json.loads((folder / "about.json").read_text("utf-8")))
        whole = path.stat().st_size == about.bytes and sha256_of(path) == about.sha256
    except (OSError, ValueError, TypeError):
        return None
    return about if whole else None


def _renewed(url: str, path: Path, about: About | None, load: Load) -> About:
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        version = load(temporary, about.version if about else {})
        if version is None:
            if about is None:
                raise UnreachableError(f"{shown(url)} sends nothing")
            return About(**asdict(about) | {"fetched": _now()})
        temporary.chmod(0o600)
        facts = About(shown(url), version, sha256_of(temporary), temporary.stat().st_size, _now())
        temporary.replace(path)
    except OSError as error:
        raise InputError(
            f"{shown(url)} cannot be stored in {path.parent}: {scrub(str(error))}"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    return facts


def _remember(folder: Path, about: About) -> None:
    write_text(folder / "about.json", json.dumps(asdict(about), indent=1), private=True)


def sha256_of(path: Path) -> str:
    """Return the hash of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _now() -> str:
    return time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime())
