"""Pairs: which term of a group stands for which of another, as `swap.txt` lists them."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

_NAMES = "names"
_GENDERS = ("gender", "men", "women")


@dataclass(frozen=True)
class Counterpart:
    """What a term becomes: the words, and the groups it leads from and to."""

    words: tuple[str, ...]
    """In small letters."""
    axis: str
    group: str
    other: str
    is_name: bool
    """It counts only with a capital."""


Pairs = dict[tuple[tuple[str, ...], str], Counterpart]
"""Counterparts by the words of a term, in small letters, and its role, mostly none."""


def read(text: str) -> tuple[int, Pairs, dict[str, frozenset[str]]]:
    """Read the file: its version, its pairs in both directions, its lists.

    Raises:
        ValueError: a term is in two pairs, or the words of a pair are not equally many, so that
            turning a text round twice would not give it back.
    """
    version, head, pairs = 0, "", Pairs()
    lists = defaultdict[str, list[str]](list)
    for line in (line for line in text.splitlines() if line.strip() and line[0] != "#"):
        if line.startswith("version "):
            version = int(line.removeprefix("version "))
        elif not line.startswith(" "):
            head = line
        elif head.startswith("@"):
            lists[head[1:]] += [word.strip() for word in line.split(",")]
        else:
            for pair in line.split(","):
                _add(pairs, head, pair)
    return version, pairs, {name: frozenset(words) for name, words in lists.items()}


def _add(pairs: Pairs, head: str, pair: str) -> None:
    axis, one, other = _GENDERS if head == _NAMES else head.split()
    left, right = (_term(side) for side in pair.split("="))
    if len(left[0]) != len(right[0]):
        raise ValueError(f"{pair.strip()!r} pairs terms of unequally many words")
    for term, counterpart, groups in ((left, right, (one, other)), (right, left, (other, one))):
        if term in pairs:
            raise ValueError(f"{' '.join(term[0])!r} is in two pairs")
        pairs[term] = Counterpart(counterpart[0], axis, *groups, is_name=head == _NAMES)


def _term(side: str) -> tuple[tuple[str, ...], str]:
    words, _, role = side.strip().lower().partition(".")
    return tuple(words.split()), role


def roles_of(pairs: Pairs) -> Iterator[str]:
    """Name the words whose counterpart depends on their role."""
    return (words[0] for words, role in pairs if role)


_FILE = files("curator.groups").joinpath("swap.txt").read_bytes()
VERSION, PAIRS, LISTS = read(_FILE.decode())
WITH_ROLES = frozenset(roles_of(PAIRS))
DIGEST = hashlib.sha256(_FILE).hexdigest()
"""The sha256 of the file of pairs."""
