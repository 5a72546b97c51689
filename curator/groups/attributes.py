"""Attributes: words that are said of people, by what they tell of them."""

from importlib.resources import files


def read(text: str) -> dict[str, str]:
    """Read the kind of each word.

    Raises:
        ValueError: a word is of two kinds, so that it would be counted twice.
    """
    kinds: dict[str, str] = {}
    kind = ""
    for line in (line for line in text.splitlines() if line.strip() and line[0] != "#"):
        if not line.startswith(" "):
            kind = line.strip()
            continue
        for word in (cell.strip() for cell in line.split(",")):
            if kinds.setdefault(word, kind) != kind:
                raise ValueError(f"{word!r} is {kinds[word]} and {kind}")
    return kinds


ATTRIBUTES = read(files("curator.groups").joinpath("attributes.txt").read_text("utf-8"))
"""The kind of each word, such as `occupation` of `nurse`."""
