"""Measure what is found and what is not: recall and precision a kind, on the labelled texts.

    python benchmarks/privacy.py [--misses] [--held-out]

A third of the texts, chosen by their hash, is held out: it was not looked at when rules were made.
"""

import argparse
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from privacy_cases import Case, cases

from curator.privacy import Found, find_pii, find_secrets

Find = Callable[[str], list[Found]]
_THIRD = 3


def is_held_out(case: Case) -> bool:
    """Say whether a text belongs to the third that rules were not made on."""
    return zlib.crc32(case.text.encode()) % _THIRD == 0


def count(some: Iterable[Case], find: Find) -> tuple[dict[str, Counter[str]], list[str]]:
    """Count by kind what was hit, missed and wrongly found; tell each mistake."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    told: list[str] = []
    for case in some:
        found = find(case.text)
        for start, end, kind in case.values:
            hit = any(f.kind == kind and f.start < end and start < f.end for f in found)
            counts[kind]["hit" if hit else "missed"] += 1
            if not hit:
                told.append(f"missed {kind} {case.text[start:end]!r} in {case.text!r}")
        for one in found:
            if not any(one.kind == k and one.start < e and s < one.end for s, e, k in case.values):
                counts[one.kind]["wrong"] += 1
                told.append(f"wrong {one.kind} {case.text[one.start : one.end]!r} in {case.text!r}")
    return counts, told


def _line(name: str, one: Counter[str]) -> str:
    recall = one["hit"] / max(1, one["hit"] + one["missed"])
    precision = one["hit"] / max(1, one["hit"] + one["wrong"])
    values, missed, wrong = one["hit"] + one["missed"], one["missed"], one["wrong"]
    return f"  {name:<12}{values:>6}{missed:>8}{wrong:>7}{recall:>9.3f}{precision:>11.3f}"


def report(title: str, some: list[Case], find: Find, *, misses: bool) -> None:
    """Print one table."""
    counts, told = count(some, find)
    negatives = sum(not case.values for case in some)
    print(f"{title}: {len(some)} texts, {negatives} of them hard negatives")
    print("  kind        values  missed  wrong   recall  precision")
    for kind in sorted(counts):
        print(_line(kind, counts[kind]))
    print(_line("all", sum(counts.values(), Counter())))
    if misses:
        print("\n".join(f"    {line}" for line in told))


def main() -> None:
    """Print the tables of personal values and of secrets."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument(
        "--misses", action="store_true", help="tell every mistake outside the held-out third"
    )
    options = asked.parse_args()
    finders: dict[str, Find] = {"pii": find_pii, "secrets": find_secrets}
    for name, find in finders.items():
        every = list(cases(name))
        seen = [case for case in every if not is_held_out(case)]
        kept = [case for case in every if is_held_out(case)]
        report(f"{name}, made on", seen, find, misses=options.misses)
        report(f"{name}, held out", kept, find, misses=False)
        report(f"{name}, all", every, find, misses=False)


if __name__ == "__main__":
    main()
