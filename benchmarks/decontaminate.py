"""Plant test questions in real sets and count which are found, and what is found in clean ones.

Usage: python benchmarks/decontaminate.py DATA [--each 1000] [--seed 1]
           [--only control clean planted paraphrases reference speed]

`control`: records that are GSM8K's train questions word for word. `clean`: what is found in data
that was not made from these sets; the hits are listed, to be read. `planted`: questions of all four
sets put into records of alpaca_random_9k and t0_55k in several ways. `paraphrases`: questions in
other words (benchmarks/labels/paraphrases.jsonl), beside prompts that only look like them.
`reference`: the rule of Tulu 3 in plain Python on the same data. `speed`: `curator run` from the
shell on t0_55k with all four sets, beside a run that only reads.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import polars as pl
from planted_questions import KINDS, carriers, planted_in

from curator.evaluation import find_sets, load_index
from curator.evaluation.words import words_of
from curator.filters.decontaminate import Decontaminate
from curator.ingest import Ingested, Source, read_source
from curator.records import Origin, Record, content_of, frame_of

CONTROL = "gsm8k_train_as_alpaca.json.gz"
SETS = ["gsm8k_test", "humaneval", "mmlu", "mt_bench"]
CLEAN = ("alpaca_random_9k.json", "t0_55k.jsonl.gz", "code_alpaca_2k.json", "../formats/lima.json")
LABELS = Path(__file__).parent / "labels" / "paraphrases.jsonl"
_SHOWN = 60
_HALF = 0.5


def main() -> None:
    """Measure what was asked for."""
    cases = {
        "control": control,
        "clean": clean,
        "planted": planted,
        "paraphrases": paraphrases,
        "reference": reference,
        "speed": speed,
    }
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--each", type=int, default=1000, help="questions of a set to plant")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=cases, default=list(cases))
    asked = parser.parse_args()
    for name in asked.only:
        print(f"\n## {name}\n", flush=True)
        cases[name](asked)


def settings(asked: argparse.Namespace, *sets: str) -> Decontaminate:
    """Return the filter by its defaults, with some sets."""
    return Decontaminate(sets=list(sets or SETS), folder=str(asked.data / "benchmarks"))


def read(path: Path) -> list[Record]:
    """Read the records of a file."""
    items = read_source(Source(path, path.name))
    return [item.record for item in items if isinstance(item, Ingested)]


def frame(records: list[Record]) -> pl.DataFrame:
    """Make the frame that filters read."""
    origins = [Origin(f"{n}", content_of(record), "", n) for n, record in enumerate(records)]
    return frame_of(records, origins)


def control(asked: argparse.Namespace) -> None:
    """Count the records of gsm8k_train_as_alpaca that are found in gsm8k_train."""
    entry = settings(asked, "gsm8k_train")
    records = frame(read(asked.data / "instructions" / CONTROL))
    fires = entry.score(records).select(any=pl.any_horizontal(*entry.rules().values()))
    print(f"{fires['any'].sum():,} of {records.height:,} found")


def clean(asked: argparse.Namespace) -> None:
    """List what is found in data that was not made from these sets."""
    entry = settings(asked)
    rules = [
        pl.when(rule).then(pl.lit(f"{name} ")).otherwise(pl.lit(""))
        for name, rule in entry.rules().items()
    ]
    texts = {f"{q.set}:{q.number}": q.passages for q in entry.index().questions}
    for name in CLEAN:
        records = frame(read(asked.data / "instructions" / name))
        scores = entry.score(records).with_columns(rules=pl.concat_str(*rules))
        hits = scores.hstack(records.select("text")).with_row_index("at")
        hits = hits.filter(pl.col("rules") != "")
        sets = hits["question"].str.split(":").list.first().value_counts().sort("question")
        print(f"{name}: {hits.height} of {records.height:,} found,", dict(sets.iter_rows()))
        for hit in hits.head(_SHOWN).iter_rows(named=True):
            spans = entry.spans(hit["text"])
            shared = " … ".join(sorted({hit["text"][a:b] for a, b, _ in spans}))
            asks = " / ".join(texts[hit["question"]])[:160]
            print(f"  [{hit['at']}] {hit['question']} {hit['rules']}: {shared[:160]!r} of {asks!r}")


def planted(asked: argparse.Namespace) -> None:
    """Plant questions in every way, and count which are found, by the question itself."""
    entry = settings(asked)
    chance = random.Random(asked.seed)
    hosts = carriers(
        [read(asked.data / "instructions" / name) for name in CLEAN[:2]], asked.each, chance
    )
    total: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for name in SETS:
        questions = [one for one in entry.index().questions if one.set == name]
        some = chance.sample(questions, min(asked.each, len(questions)))
        for kind in KINDS:
            records = [planted_in(kind, one, chance.choice(hosts), chance) for one in some]
            hits = names_found(entry, frame(records))
            found = [f'"row":{q.number},' in row for q, row in zip(some, hits, strict=True)]
            total[kind][0] += sum(found)
            total[kind][1] += len(found)
            missed = [q.passages[0][:50] for q, hit in zip(some, found, strict=True) if not hit]
            told = f", missed {missed[:5]}" if missed else ""
            print(f"{name:<11} {kind:<16} {sum(found) / len(found):.4f} of {len(found)}{told}")
    for kind, (found_of, count) in total.items():
        print(f"all         {kind:<16} {found_of / count:.4f} of {count}")


def names_found(entry: Decontaminate, records: pl.DataFrame) -> list[str]:
    """Return the hits of each record for which a rule fires, as JSON."""
    scores = entry.score(records)
    fires = pl.any_horizontal(*entry.rules().values())
    return scores.select(pl.when(fires).then("hits").fill_null("")).to_series().to_list()


def paraphrases(asked: argparse.Namespace) -> None:
    """Count the paraphrases that are found, and what is found among prompts that are none."""
    entry = settings(asked).model_copy(update={"semantic": "bundled"})
    rows = [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]
    for part in ("first", "second"):
        mine = [row for row in rows if row.get("part", "first") == part]
        named = alike(entry, [row["text"] for row in mine])
        right = sum(
            f"{row['set']}:{row['row']}" == one for row, one in zip(mine, named, strict=True)
        )
        others = sum(one is not None for one in named) - right
        print(f"{part} part: {right} of {len(mine)} found, {others} taken for another question")
    train = read(asked.data / "instructions" / "gsm8k_train_as_alpaca.json.gz")
    for name, records in (
        ("gsm8k_train", train),
        (CLEAN[0], read(asked.data / "instructions" / CLEAN[0])),
    ):
        texts = [record.messages[0]["content"] for record in records]
        named = alike(entry, texts)
        print(f"{name}: {sum(one is not None for one in named)} of {len(texts):,} found")
        for text, one in zip(texts, named, strict=True):
            if one is not None:
                print(f"  {one} {text[:200]!r}")


def alike(entry: Decontaminate, texts: list[str]) -> list[str | None]:
    """Return the question that the rule `semantic` takes each text for."""
    records = frame([Record(messages=[{"role": "user", "content": text}]) for text in texts])
    columns = [feature.compute(records) for feature in entry.features()]
    scores = entry.score(records.with_columns(columns))
    rule = entry.rules()["semantic"]
    return scores.select(pl.when(rule).then("question")).to_series().to_list()


def reference(asked: argparse.Namespace) -> None:
    """Compare with the rule of Tulu 3 in plain Python: one reading, no run left out."""
    records = frame(read(asked.data / "instructions" / CLEAN[1]))
    entry = settings(asked).model_copy(update={"max_questions": 1_000_000})
    began = time.perf_counter()
    ours = entry.score(records)
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    index = load_index(tuple(find_sets(SETS, asked.data / "benchmarks", [])), (), 1_000_000)
    passages = [text for one in index.questions for text in one.passages[:1]]
    theirs = tulu3(passages, records["prompt"].to_list())
    slow = time.perf_counter() - began
    both = ours.with_columns(plain=pl.Series(theirs))
    counts = both.select(
        more=(pl.col("tulu3") > _HALF).sum(),
        plain_more=(pl.col("plain") > _HALF).sum(),
        missed=((pl.col("plain") > _HALF) & (pl.col("tulu3") <= _HALF)).sum(),
    ).row(0, named=True)
    print(f"{counts}; plain Python {slow:.1f} s, curator {seconds:.1f} s with its index")


def tulu3(questions: list[str], texts: list[str]) -> list[float]:
    """Return for each text the greatest share of a question's words in shared 8-grams."""
    said = [tuple(word.text for word in words_of(text, joined=False)) for text in questions]
    places: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
    for number, words in enumerate(said):
        for at in range(len(words) - 7):
            places[words[at : at + 8]].append((number, at))
    found = []
    for text in texts:
        words = tuple(word.text for word in words_of(text, joined=False))
        covered: dict[int, set[int]] = defaultdict(set)
        for at in range(len(words) - 7):
            for number, start in places.get(words[at : at + 8], ()):
                covered[number] |= set(range(start, start + 8))
        found.append(max((len(some) / len(said[n]) for n, some in covered.items()), default=0.0))
    return found


def speed(asked: argparse.Namespace) -> None:
    """Time `curator run` on t0_55k with all four sets, and with no filter to speak of."""
    data = asked.data / "instructions" / CLEAN[1]
    entry = settings(asked).model_dump(mode="json")
    with tempfile.TemporaryDirectory() as name:
        for case, filters in (("reading", [{"filter": "length"}]), ("four sets", [entry])):
            recipe = Path(name) / "recipe.yaml"
            recipe.write_text(json.dumps({"input": [{"path": str(data)}], "filters": filters}))
            command = [sys.executable, "-m", "curator", "run", str(recipe), "--fresh"]
            times = []
            for _ in range(3):
                began = time.perf_counter()
                subprocess.run([*command, "--out", f"{name}/run"], check=True, capture_output=True)
                times.append(time.perf_counter() - began)
            print(f"{case}: {sorted(times)[1]:.1f} s (median of 3)")


if __name__ == "__main__":
    main()
