"""Distinct-n: which share of the runs of n words is said only once, over as many words each time.

Distinct-n (Li et al. 2016, A Diversity-Promoting Objective Function) falls as texts get longer, for
no other reason than their length. So it is measured here over a fixed number of words: two data
sets, or all records and those kept, are compared over equally many.
"""

import re
from collections.abc import Iterable, Sequence

WORDS = 50_000
"""Words that are measured, where there are as many."""
ORDERS = (1, 2, 3)
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


def words_of(text: str) -> list[str]:
    """Cut a text into words, small; each sign of a script without spaces is one."""
    spaced = _DENSE.sub(r" \g<0> ", text) if _DENSE.search(text) else text
    return _WORD.findall(spaced.lower())


def first_words(texts: Iterable[str], most: int = WORDS) -> list[list[str]]:
    """Return the words of the first texts, until there are `most` of them."""
    found: list[list[str]] = []
    left = most
    for text in texts:
        words = words_of(text)[:left]
        found.append(words)
        left -= len(words)
        if left <= 0:
            break
    return found


def distinct(texts: Sequence[Sequence[str]], order: int, words: int) -> float | None:
    """Return the share of different runs of `order` words among the first `words` words.

    No run goes from one text into the next. Null where there is no run.
    """
    seen: set[tuple[str, ...]] = set()
    runs, left = 0, words
    for text in texts:
        part = text[:left]
        left -= len(part)
        for start in range(len(part) - order + 1):
            seen.add(tuple(part[start : start + order]))
            runs += 1
    return len(seen) / runs if runs else None
