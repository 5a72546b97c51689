"""Find: the record a person means by an id, a part of one, or a place in a file."""

import difflib
from itertools import takewhile
from pathlib import PurePosixPath

import polars as pl

from curator.errors import RunError
from curator.report.shown import harmless, shown

MOST_NAMED = 5
"""How many candidates an error lists."""
RAW = 200
"""Code points of a quarantined row that an error shows."""


def find_row(places: pl.DataFrame, key: str) -> int:
    """Return the row of the one record that the key means.

    `places` has `id, source, row` of all records, in order; the key is an id, an id without its
    occurrence, the start of an id, or `source:row`, where the source may be any path that ends
    like its own.
    """
    key = key.strip()
    exact = (places["id"] == key).arg_true()
    if len(exact):
        return int(exact[0])
    source, _, row = key.rpartition(":")
    if source and row.isdigit():
        return _only(places, rows_at(places, source, int(row)), key)
    return _only(places, _starting(places, key), key)


def quarantined_row(quarantine: pl.DataFrame, places: pl.DataFrame, key: str) -> str | None:
    """Say why the row that `source:row` means is no record; null when it is not in quarantine."""
    source, _, row = key.strip().rpartition(":")
    if not (source and row.isdigit()):
        return None
    known = pl.concat([places["source"], quarantine["source"]])
    named = pl.col("source").is_in(sources_like(known, source)) & (pl.col("row") == int(row))
    found = quarantine.filter(named)
    if found.is_empty() or places.filter(named).height:
        return None
    first = found.row(0, named=True)
    raw = shown(first["raw"])
    cropped = raw[:RAW] + ("…" if len(raw) > RAW else "")
    place = f"{first['source']}:{row}"
    why = shown(first["error"]).removeprefix(f"{place}: ")
    return harmless(f"{place} is in quarantine, not a record: {why}\nits text: {cropped}")


def sources_like(names: pl.Series, asked: str) -> list[str]:
    """Return the sources that a path means: those that end most like it, from the file name on."""
    known: list[str] = names.unique(maintain_order=True).to_list()
    if asked in known:
        return [asked]
    alike = {name: _common_end(name, asked) for name in known}
    most = max(alike.values(), default=0)
    return [name for name, parts in alike.items() if parts == most > 0]


def _common_end(one: str, other: str) -> int:
    pairs = zip(*(reversed(PurePosixPath(path).parts) for path in (one, other)), strict=False)
    return len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))


def rows_at(places: pl.DataFrame, source: str, row: int) -> pl.Series:
    """Return the rows of the records that one row of a source gave; none is an error."""
    names = places["source"]
    same = names.is_in(sources_like(names, source))
    if not same.any():
        known = names.unique(maintain_order=True).to_list()
        near = difflib.get_close_matches(source, known, n=1, cutoff=0.0)
        hint = f": did you mean {harmless(near[0])}:{row}?" if near else ": the run has no records"
        raise RunError(f"no record comes from {source!r}{hint}")
    found = same & (places["row"] == row)
    if not found.any():
        rows = places.filter(same)["row"]
        ends = rows.sort().gather([0, -1]).to_list()
        nearest = rows.gather((rows - row).abs().arg_min() or 0)[0]
        raise RunError(
            f"{source} has no record from row {row}: its rows go from {ends[0]} to "
            f"{ends[1]}, the nearest is {source}:{nearest}"
        )
    return found.arg_true()


def _starting(places: pl.DataFrame, key: str) -> pl.Series:
    ids = places["id"]
    found = ids.str.starts_with(f"{key}-").arg_true()
    if key and not len(found):
        found = ids.str.starts_with(key).arg_true()
    if len(found) or not key:
        return found
    known = key
    while known and not ids.str.starts_with(known).any():
        known = known[:-1]
    near = ids.filter(ids.str.starts_with(known)).sort().head(MOST_NAMED) if known else ids.head(1)
    raise RunError(
        f"no record's id is {key!r} or starts with it: the nearest are {', '.join(near)}; "
        f"`source:row` names a record too"
    )


def _only(places: pl.DataFrame, rows: pl.Series, key: str) -> int:
    if len(rows) == 1:
        return int(rows[0])
    if not len(rows):
        raise RunError("name a record by its id, the start of its id, or `source:row`")
    some = places["id"].gather(rows.head(MOST_NAMED)).to_list()
    more = ", …" if len(rows) > MOST_NAMED else ""
    raise RunError(f"{key!r} means {len(rows)} records: {', '.join(some)}{more}; name one of them")
