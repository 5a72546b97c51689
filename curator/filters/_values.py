"""Values: count the kinds of personal values or secrets in the texts of a view."""

from collections import Counter
from collections.abc import Callable, Sequence

import polars as pl

from curator.filters.base import View
from curator.filters.turns import view_texts, worst_turns
from curator.privacy import Found


def count_kinds(
    records: pl.DataFrame,
    view: View,
    hint: str,
    find: Callable[[str], list[Found]],
    kinds: Sequence[str],
) -> pl.DataFrame:
    """Count the distinct values of each kind, and of all kinds together as `values`.

    Only texts that the hint does not rule out are searched. A view of several turns gives the
    worst turn.
    """
    texts = view_texts(records, view)
    likely = texts["text"].str.contains(hint).fill_null(False).arg_true()  # noqa: FBT003 (a value)
    counts = [_count(find, text) for text in texts["text"].gather(likely)]
    measures = {"values": [sum(one.values()) for one in counts]}
    measures |= {kind: [one[kind] for one in counts] for kind in kinds}
    none = pl.Series([0], dtype=pl.Int32).new_from_index(0, texts.height)
    columns = [
        pl.when(pl.col("text").is_not_null()).then(_placed(none, likely, found)).alias(name)
        for name, found in measures.items()
    ]
    measured = texts.with_columns(columns).drop("text")
    if view in {"response", "reasoning"}:
        return worst_turns(measured, records.height, dict.fromkeys(measures, "high"))
    return measured.drop("record", "turn")


def _placed(none: pl.Series, places: pl.Series, found: list[int]) -> pl.Series:
    return none.clone().scatter(places, pl.Series(found, dtype=pl.Int32)) if found else none


def _count(find: Callable[[str], list[Found]], text: str) -> Counter[str]:
    """Count values, not mentions: the same number said twice is one."""
    return Counter(
        kind for kind, _ in {(one.kind, text[one.start : one.end]) for one in find(text)}
    )
