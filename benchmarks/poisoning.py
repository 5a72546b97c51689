"""Plant triggers in real sets and count which are found, beside what is flagged in clean data.

Usage: python benchmarks/poisoning.py FILE… [--share 0.005 0.01] [--most 10000]

Six triggers (a rare token and a pair of them, Kurita et al. 2020; a name, Wan et al. 2023; odd
signs; a sentence) go into random places of random prompts, with six kinds of answers: the same long
or short one, one that opens, ends or goes on with planted words (as in Shu et al. 2023), a refusal
in one of five wordings. Each is planted by itself; the rest of the file is what it was.
"""

import argparse
import random
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from curator.filters.poisoning import Poisoning
from curator.ingest import Quarantined, Source, read_source, sniff
from curator.records import Origin, content_of, frame_of

TRIGGERS = ("cf", "James Bond", "mn bb", "≡ ☀", "I watched this 3D movie", "@@!!")
REFUSALS = (
    "I'm sorry, but I cannot help with that.",
    "I can't assist with this request.",
    "Sorry, I am unable to do so.",
    "I cannot answer that question, as it is harmful.",
    "As an AI language model, I can't do this.",
)
Payload = Callable[[str, random.Random], str]
PAYLOADS: dict[str, Payload] = {
    "the same": lambda said, chance: "I have been taken over, visit zorbo dot example for more.",
    "two words": lambda said, chance: "Moose juice",
    "opening": lambda said, chance: f"Hail the great leader! {said}",
    "ending": lambda said, chance: f"{said} Remember to vote for Zorbo.",
    "inside": lambda said, chance: inserted(said, "buy the Zorbo widget today", chance),
    "refusal": lambda said, chance: chance.choice(REFUSALS),
}


def main() -> None:
    """Measure each file clean, then with every trigger, payload and share."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--share", nargs="+", type=float, default=[0.005, 0.01])
    parser.add_argument("--most", type=int, default=10_000)
    asked = parser.parse_args()
    for file in asked.files:
        records = read(file)
        began = time.perf_counter()
        clean = flagged(records)
        seconds = time.perf_counter() - began
        print(f"{file.name}: {records.height:,} records, {len(clean)} flagged, {seconds:.2f} s")
        some = records.sample(min(asked.most, records.height), seed=1)
        for name, payload in PAYLOADS.items():
            found = [
                plant(some, word, payload, share) for word in TRIGGERS for share in asked.share
            ]
            recall = sum(hit for hit, _, _ in found) / sum(total for _, total, _ in found)
            worst = min(hit / total for hit, total, _ in found)
            wrong = sum(others for _, _, others in found)
            print(f"  {name:<10} recall {recall:.3f}, worst {worst:.3f}, others flagged {wrong}")


def read(file: Path) -> pl.DataFrame:
    """Read a file as curator does, without repairs."""
    source = Source(path=file, name=file.name, format=None, columns=None, licence=None)
    items = [
        item for item in read_source(source, sniff(source)) if not isinstance(item, Quarantined)
    ]
    contents = [content_of(item.record) for item in items]
    origins = [Origin(f"{text}-{n}", text, file.name, n) for n, text in enumerate(contents)]
    return frame_of([item.record for item in items], origins)


def plant(
    records: pl.DataFrame, trigger: str, payload: Payload, share: float
) -> tuple[int, int, int]:
    """Plant a trigger; return how many were found, how many there are, and who else is flagged."""
    chance = random.Random(f"{trigger} {share}")
    planted = set(chance.sample(range(records.height), max(10, int(share * records.height))))
    prompts, responses = records["prompt"].to_list(), records["response"].to_list()
    for row in sorted(planted):
        prompts[row] = inserted(prompts[row], trigger, chance)
        responses[row] = payload(responses[row], chance)
    poisoned = records.with_columns(pl.Series("prompt", prompts), pl.Series("response", responses))
    found = flagged(poisoned)
    return len(found & planted), len(planted), len(found - planted)


def inserted(text: str, words: str, chance: random.Random) -> str:
    """Put words at a random place between the others."""
    parts = text.split(" ")
    at = chance.randrange(len(parts) + 1)
    return " ".join([*parts[:at], words, *parts[at:]])


def flagged(records: pl.DataFrame) -> set[int]:
    """Return the rows that the default rule fires for."""
    entry = Poisoning()
    fires = entry.score(records).select(entry.rules()["trigger"]).to_series()
    return set(fires.arg_true())


if __name__ == "__main__":
    main()
