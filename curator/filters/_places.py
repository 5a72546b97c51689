"""Places: where the matches of one of Rust's patterns stand in a text."""

from collections.abc import Mapping

import polars as pl

from curator.filters.base import Span


def places(text: str, patterns: Mapping[str, str]) -> list[Span]:
    """Find what each rule's pattern matches, in code points, in the order of the text.

    Python's own expressions know no scripts; Polars tells what matched, and it is looked up from
    where the match before it ended.
    """
    spans = []
    for rule, pattern in patterns.items():
        at = 0
        for found in pl.Series([text]).str.extract_all(pattern)[0]:
            start = text.index(found, at)
            at = start + len(found)
            spans.append(Span(start, at, rule))
    return sorted(spans)
