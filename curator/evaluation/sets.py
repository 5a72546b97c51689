"""Sets: the questions of evaluation sets, read from whatever file they lie in."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from curator.containers import (
    DATA_ENDINGS,
    Broken,
    Stream,
    as_row,
    container_of,
    ending_of,
    open_rows,
    read_head,
)
from curator.errors import InputError
from curator.evaluation.fields import asked_in, choices_in, is_header, unread
from curator.models.digest import digest_of


class Question(NamedTuple):
    """One question of an evaluation set.

    `number` is its row in the file, from 1. `passages` are the texts that are looked for, several
    where it has turns; `choices` are the answers to choose from.
    """

    set: str
    number: int
    passages: tuple[str, ...]
    choices: tuple[str, ...]


class SetFile(NamedTuple):
    """A file of an evaluation set, with the set's name."""

    name: str
    path: Path
    sha256: str


def read_questions(files: Sequence[SetFile], fields: Sequence[str]) -> list[Question]:
    """Read all questions of the files; headers among them are none.

    A row that cannot be read is an error: what is not looked for is not found.
    """
    found: list[Question] = []
    for file in files:
        for number, row in _rows(file.path):
            if is_header(row):
                continue
            passages = asked_in(row, fields)
            if passages is None:
                raise InputError(f"{file.path}:{number}: {unread(row, fields)}")
            found.append(Question(file.name, number, passages, choices_in(row)))
    return found


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for found in open_rows(path, container_of(read_head(Stream(path)), path)):
        if isinstance(found, Broken):
            raise InputError(f"{path}:{found.row}: {found.error}")
        row = as_row(found.value)
        if row is None:
            raise InputError(f"{path}:{found.row}: a question must be an object")
        yield found.row, row


def find_sets(names: Sequence[str], folder: Path, paths: Sequence[Path]) -> list[SetFile]:
    """List the files of the sets that are named in a folder, and of those that are paths."""
    found = [one for name in names for one in _files_of(_named(name, folder), name)]
    found += [one for path in paths for one in _files_of(path, _stem(path))]
    said = [one.name for one in found]
    twice = next((name for name in said if said.count(name) > 1), None)
    if twice:
        raise InputError(
            f"two evaluation sets are called {twice}: name each once, or rename a file"
        )
    return found


def _files_of(path: Path, name: str) -> list[SetFile]:
    """List the files of a set; in a folder each is a set, named after both."""
    if path.is_file():
        return [SetFile(name, path, digest_of(path))]
    if not path.is_dir():
        raise InputError(f"there is no evaluation set at {path}: name a file or a folder")
    files = sorted(file for file in path.rglob("*") if file.is_file() and _is_data(file))
    if not files:
        raise InputError(f"the folder {path} holds no evaluation set")
    return [SetFile(f"{name}/{_stem(file)}", file, digest_of(file)) for file in files]


def _named(name: str, folder: Path) -> Path:
    """Find a set by its name in a folder.

    `mmlu` is also `mmlu_test.jsonl.gz`, and `human_eval` is `HumanEval.jsonl.gz`; of several that
    begin with the name, the one for testing is meant.
    """
    if not folder.is_dir():
        raise InputError(
            f"there is no folder {folder} to look for {name} in: name it with `folder:`, or the "
            f"file itself with `paths:`"
        )
    there = sorted(entry for entry in folder.iterdir() if entry.is_dir() or _is_data(entry))
    wanted = _letters(name)
    like = [entry for entry in there if _letters(_stem(entry)).startswith(wanted)]
    exact = [entry for entry in like if _letters(_stem(entry)) == wanted]
    tests = [entry for entry in like if _letters(_stem(entry)) == wanted + "test"]
    for chosen in (exact, tests, like):
        if len(chosen) == 1:
            return chosen[0]
    what = "several sets" if like else "no set"
    names = ", ".join(_stem(entry) for entry in like or there) or "none"
    raise InputError(f"{folder} holds {what} called {name}: there are {names}")


def _stem(path: Path) -> str:
    """Return a file's name without its endings."""
    ending = "" if path.is_dir() else ending_of(path)
    return path.name[: path.name.lower().rfind(ending)] if ending else path.name


def _is_data(file: Path) -> bool:
    return ending_of(file) in DATA_ENDINGS and not file.name.startswith(".")


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))
