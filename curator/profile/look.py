"""Look: the files behind some paths, for a look at data that no recipe lists yet."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from curator.ingest import Finder, Source, refuse_twice
from curator.remote import Watch


def _no_note(text: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Look:
    """What to look at, and how."""

    data: Sequence[str]
    """Files, globs, folders, addresses, or `-` for standard input."""
    shape: str | None = None
    """The shape of all of them; detected when absent."""
    allow_private: bool = False
    """Whether web addresses may lead to private hosts."""
    note: Callable[[str], None] = _no_note
    """Told what the user should know, such as that an older copy is looked at."""

    @contextmanager
    def sources(self) -> Iterator[list[Source]]:
        """Name the files, for as long as the block lasts: standard input is stored only so long."""
        refuse_twice(self.data)
        with TemporaryDirectory(prefix="curator-") as folder:
            finder = Finder(Path(), Path(folder) / "stdin.data", Watch(self.note))
            yield [
                Source(path=place.path, name=place.name or str(place.path), format=self.shape)
                for given in self.data
                for place in finder.find(given, allow_private=self.allow_private)
            ]
