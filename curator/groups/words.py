"""Words: a text as words in their places, its code left out."""

import re
from functools import cached_property

_WORD = re.compile(r"\w+")
_FENCED = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]+`", re.DOTALL)
_PATH = re.compile(
    r"^[\"'(\[]*(?:\.{0,2}|~|[A-Za-z]:)[/\\]\w|://|^www\.|\w\.[a-z]|[$@=_\\]|::|->|\(\)"
)
_ASSIGNED = re.compile(r"\s?(?:[-+*]?=|\(\)|\[\w+\]|->|::)")
_LAST = re.compile(r"\S*$")
_NEXT = re.compile(r"\S*")
NEAR = 80
"""Code points around a term in which its context lies."""


def without_code(text: str) -> str:
    """Blank fenced and quoted code with a sign no sentence has, the length kept."""
    if "`" not in text and "~~~" not in text:
        return text
    return _FENCED.sub(lambda found: "\0" * len(found[0]), text)


class Words:
    """The words of a text: where each stands, and in small letters what it says."""

    def __init__(self, text: str) -> None:
        self.text = without_code(text)
        self.spans = [found.span() for found in _WORD.finditer(self.text)]
        self.low = [self.text[start:end].lower() for start, end in self.spans]

    def __len__(self) -> int:
        return len(self.spans)

    def gap(self, at: int) -> str:
        """Return what stands between a word and the one before it."""
        return self.text[self.spans[at - 1][1] if at else 0 : self.spans[at][0]]

    def gap_after(self, stop: int) -> str:
        """Return what stands between the last of some words and the next one."""
        return self.gap(stop) if stop < len(self) else self.text[self.spans[-1][1] :]

    def word(self, at: int) -> str:
        """Return a word in small letters, or nothing beyond the ends."""
        return self.low[at] if 0 <= at < len(self.low) else ""

    def is_capital(self, at: int) -> bool:
        """Say whether there is such a word and it begins with a capital."""
        return 0 <= at < len(self.spans) and self.text[self.spans[at][0]].isupper()

    def before(self, first: int, size: int = NEAR) -> str:
        """Return what stands before a word."""
        start = self.spans[first][0]
        return self.text[max(0, start - size) : start]

    def after(self, stop: int, size: int = NEAR) -> str:
        """Return what stands after the words up to, not with, `stop`."""
        end = self.spans[stop - 1][1]
        return self.text[end : end + size]

    def is_code(self, first: int, stop: int) -> bool:
        """Say whether words are part of a path, an address, a name in code or an assignment."""
        left, right = _LAST.search(self.before(first)), _NEXT.match(self.after(stop))
        inside = self.text[self.spans[first][0] : self.spans[stop - 1][1]]
        run = (left[0] if left else "") + inside + (right[0] if right else "")
        return bool(_PATH.search(run) or _ASSIGNED.match(self.after(stop)))

    @cached_property
    def shouts(self) -> bool:
        """Say whether the text is mostly in capitals, so that a capital says nothing."""
        return sum(map(str.isupper, self.text)) * 2 > sum(map(str.isalpha, self.text))
