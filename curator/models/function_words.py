"""Function words: what a language cannot do without, where its neighbours write something else.

A fastText model of 0.9 MB confuses languages that share most of their letters, and most of all
where the marks above the letters were lost. The commonest words of a language are few, short and in
every sentence.
"""

import re
from functools import cache
from importlib.resources import files

_LIST = re.compile(r"^(\w+):((?: .*\n)+(?:  .*\n)*)", re.MULTILINE)


@cache
def function_words() -> dict[str, tuple[str, ...]]:
    """Read the lists beside this file: each word with the languages (ISO 639-1) it is in."""
    text = files("curator.models").joinpath("function_words.txt").read_text("utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for language, words in _LIST.findall(text):
        for word in words.split():
            found[word] = (*found.get(word, ()), language)
    return found
