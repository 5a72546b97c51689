"""Selection in words: the same sentences and tables for the page and for Markdown."""

from collections.abc import Iterator

from curator.report.chosen import told
from curator.report.corpus_markdown import Table
from curator.report.figures import counted, number, part, percent
from curator.report.selected import Selected

TITLE = "Selection"
_MOST = 30
"""Classes that are listed; all of them are in the facts."""
_KINDS = {
    "place": "place in the order",
    "tokens": "tokens up to a record",
    "quota": "place in its class",
    "similarity": "similarity to the chosen before it",
    "nearness": "similarity to the nearest chosen record",
    "gain": "gain, in records stood for",
    "target": "similarity to its target",
    "pool": "place before the best were taken",
}


def spent(found: Selected) -> str:
    """Say how much was asked for, and what was chosen."""
    limits = [
        *([counted(found.settings.max_records, "record")] if found.settings.max_records else []),
        *([counted(found.settings.max_tokens, "token")] if found.settings.max_tokens else []),
    ]
    budget = f" with a budget of {' and '.join(limits)}" if limits else ""
    return (
        f"Method {found.settings.method}{budget}: {number(found.chosen)} of "
        f"{counted(found.candidates, 'record')} that stood are chosen, with "
        f"{part(found.words_chosen, found.words)} of their words."
    )


def tables(found: Selected) -> Iterator[Table]:
    """Lay out the kinds, classes, shares, numbers and the nearest misses; none is empty."""
    columns = ("", "kind", "#stood", "#share", "#chosen", "#share of chosen")
    every = [
        ("What was chosen, before and after", columns, list(_kinds(found))),
        (
            "Shares asked and got",
            ("column", "value", "#asked", "#got", "#there are", "#chosen"),
            list(_margins(found)),
        ),
        ("Classes", ("class", "#stood", "#part", "#chosen"), list(_parts(found))),
        ("The number that decided", ("number", "#from", "#to", "#chosen", "#left"), _bins(found)),
        ("Nearest misses", ("record", "why not"), list(_misses(found))),
    ]
    yield from (table for table in every if table[2])


def _kinds(found: Selected) -> Iterator[tuple[str, ...]]:
    for trait, group, records, chosen in found.kinds.iter_rows():
        before, after = records / found.candidates, chosen / max(1, found.chosen)
        yield trait, group, number(records), percent(before), number(chosen), percent(after)


def _margins(found: Selected) -> Iterator[tuple[str, ...]]:
    for column, value, asked, records, chosen in found.margins.iter_rows():
        got = chosen / max(1, found.chosen)
        yield column, value, percent(asked), percent(got), number(records), number(chosen)


def _parts(found: Selected) -> Iterator[tuple[str, ...]]:
    for group, records, chosen, most in found.parts.head(_MOST).iter_rows():
        yield group, number(records), number(most), number(chosen)


def _bins(found: Selected) -> list[tuple[str, ...]]:
    return [
        (_KINDS[basis], number(low), number(high), number(chosen), number(left))
        for basis, low, high, chosen, left in found.numbers.iter_rows()
    ]


def _misses(found: Selected) -> Iterator[tuple[str, ...]]:
    for row in found.misses.iter_rows(named=True):
        yield row["id"][:12], told(row, found.settings)
