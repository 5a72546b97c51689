"""How well filters decide on labelled sets, with bootstrap intervals.

    python benchmarks/quality.py DATA [--sets FILE] [--only NAME] [--write]

DATA is the folder of the labelled files; FILE says which sets there are and what each of them is
(`benchmarks/quality.yaml`; docs/quality.md tells how to add one). Every text becomes a record, and
the filter's own scores and rules judge it. What is not there is left out and named.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from labelled import languages, planted, tables
from labelled.entry import Entry, read_sets
from labelled.judge import judge
from labelled.measured import Measured, measured
from labelled.pairs import Preferred, preferred
from labelled.results import heading, write_section

from curator.errors import CuratorError

HERE = Path(__file__).parent
NOTE = (
    "95% intervals: percentile bootstrap over rows (Efron 1979; 1,000 draws, rows that belong "
    "together drawn whole), Wilson's where a share is none or all. Precision, recall and false "
    "positives at the default threshold; what is not judged counts as not flagged, and is left out "
    "of the curves. \\*: the model, or the rules, were made on these very rows."
)
SHIPPED = ("languages", "planted", "kind", "private")
"""Sets that need a protocol of their own, by the name `--only` knows."""


def main() -> None:
    """Print every table, and write them into the results if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs="?", default=os.environ.get("CURATOR_DATA", "."))
    parser.add_argument("--sets", type=Path, default=HERE / "quality.yaml")
    parser.add_argument("--only", action="append", default=[], help="name of a set or a protocol")
    parser.add_argument("--write", action="store_true", help="into benchmarks/RESULTS.md")
    asked = parser.parse_args()
    try:
        text = "\n\n".join(report(Path(asked.data), read_sets(asked.sets), asked.only))
        print(text)
        if asked.write:
            said = ["python", "benchmarks/quality.py", "DATA"]
            said += [part for name in asked.only for part in ("--only", name)]
            write_section(HERE / "RESULTS.md", f"{heading(said)}\n\n{text}")
    except CuratorError as error:
        sys.exit(str(error))


def report(folder: Path, entries: Sequence[Entry], only: Sequence[str]) -> Iterator[str]:
    """Yield the sections: sets of the file first, then those with a protocol of their own."""
    chosen = [one for one in entries if not only or one.name in only]
    there = [one for one in chosen if all((folder / path).exists() for path in one.paths)]
    found = [_measured(one, folder) for one in there if one.pairs is None]
    pairs = [preferred(one, folder) for one in there if one.pairs is not None]
    yield from _sections(found, pairs)
    shipped = [name for name in SHIPPED if name in only or (not only and _is_own(entries))]
    for name in shipped:
        yield from _shipped(name, folder)
    if missing := [one.name for one in chosen if one not in there]:
        yield f"Not under {folder.name}, so not measured: {', '.join(missing)}."


def _measured(entry: Entry, folder: Path) -> Measured:
    print(f"{entry.name}: {entry.filter.label}.{entry.rule}", file=sys.stderr)
    return measured(judge(entry, folder))


def _sections(found: Sequence[Measured], pairs: Sequence[Preferred]) -> Iterator[str]:
    titled = {
        "Labelled sets": tables.labelled_table(found),
        "Harmless sets": tables.harmless_table(found),
        "Other thresholds: precision / recall / false positives": tables.thresholds_table(found),
        "Groups (Borkan et al. 2019)": tables.groups_table(found),
        "Pairs of sentences": tables.pairs_table(pairs),
    }
    yield from (f"### {title}\n\n{text}" for title, text in titled.items() if text)
    if found:
        yield NOTE


def _is_own(entries: Sequence[Entry]) -> bool:
    """Say whether these are the sets that are shipped, rather than a user's."""
    return entries == read_sets(HERE / "quality.yaml")


def _shipped(name: str, folder: Path) -> Iterator[str]:
    print(name, file=sys.stderr)
    if name == "planted":
        yield f"### Planted in sample_data\n\n{tables.planted_table(planted.planted())}"
    elif name == "private":
        told = {label: planted.private(label) for label in ("pii", "secrets")}
        yield f"### Marked values, held out\n\n{tables.estimates_table('filter', told)}"
    elif name == "kind":
        if parts := planted.kinds(folder):
            yield f"### Kinds of answers\n\n{tables.estimates_table('', {'right': parts})}"
    elif (folder / languages.SENTENCES).exists():
        table = tables.estimates_table("judge", languages.languages(folder))
        yield f"### Languages of 4,500 sentences\n\n{table}"
        if (folder / languages.TASKS).exists():
            cost = languages.language_cost(folder)
            yield f"{cost:,.0f} records of t0_55k a CPU second, both turns."


if __name__ == "__main__":
    main()
