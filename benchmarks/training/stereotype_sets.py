"""What the stereotype model learns from, read into one frame.

Every row has `set`, `axis` (that it speaks of; null where of none in particular), `group` (rows of
one group stay on one side of a split), `text`, `target` (how surely it links a group with a
stereotype or a hostile generalisation) and `weight`.
"""

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import yaml

from curator.groups import find_mentions
from curator.records import find_sentences

SENTENCES = Path(__file__).with_name("stereotype_sentences.yaml")
REDDIT = {"race": "race", "religion2": "religion"}
"""RedditBias' files and their axes; most labels of its gender file are not about stereotypes."""
SAID, DENIED, PLAIN, TOLD = 7, 5, 60, 8
"""Sentences drawn: of what is said, of what is denied, of each plain one, of each story."""
NEUTRAL = 9000
WEIGHTS = {"redditbias": 1.0, "written": 0.5, "t0": 0.6, "wikipedia": 0.6}


def read_stereotypes(data: Path, seed: int = 7) -> pl.DataFrame:
    """Read all sets."""
    rng = random.Random(seed)
    rows = [*_reddit(data / "bias"), *_written(rng), *_neutral(data, rng)]
    return pl.DataFrame(rows, infer_schema_length=None).with_columns(
        weight=pl.col("set").replace_strict(WEIGHTS, return_dtype=pl.Float64),
        label=(pl.col("target") > 0.5).cast(pl.Int8),  # noqa: PLR2004
    )


def _reddit(folder: Path) -> Iterator[dict[str, object]]:
    for name, axis in REDDIT.items():
        path = folder / f"redditbias_{name}_annotated.csv.gz"
        rows = pl.read_csv(path, infer_schema=False).filter(pl.col("bias_sent").is_in(["0", "1"]))
        for text, biased in (
            rows.select("comment", "bias_sent").unique("comment").sort("comment").iter_rows()
        ):
            yield {
                "set": "redditbias",
                "axis": axis,
                "group": text,
                "text": text,
                "part": name,
                "target": 0.95 if biased == "1" else 0.05,
            }


def _written(rng: random.Random) -> Iterator[dict[str, object]]:
    written = yaml.safe_load(SENTENCES.read_text("utf-8"))
    for axis, entries in written["axes"].items():
        for number, entry in enumerate(entries):
            for part, target, texts in _fill(entry, written, rng):
                for text in texts:
                    yield {
                        "set": "written",
                        "axis": axis,
                        "part": part,
                        "target": target,
                        "group": f"{axis}/{number}/{part}",
                        "text": text,
                    }


def _fill(
    entry: dict[str, list[str]], written: dict[str, list[str]], rng: random.Random
) -> Iterator[tuple[str, float, list[str]]]:
    many, one, other = entry["many"], entry["one"], entry["other"]

    def put(template: str, **slots: str) -> str:
        text = template.format(many=rng.choice(many), one=rng.choice(one), **slots)
        return text[0].upper() + text[1:] if rng.random() < 0.6 else text  # noqa: PLR2004

    for said in entry["said"]:
        yield "said", 0.97, [put(t, said=said) for t in rng.sample(written["said_as"], SAID)]
        yield "denied", 0.04, [put(t, said=said) for t in rng.sample(written["denied_as"], DENIED)]
    for plain in ("plain_many", "plain_one"):
        yield "plain", 0.0, [put(rng.choice(written[plain])) for _ in range(PLAIN)]
    for story in entry["stories"]:
        yield "told", 0.9, [_tell(story, one, rng) for _ in range(TOLD)]
        yield "told of others", 0.1, [_tell(story, other, rng) for _ in range(TOLD)]


def _tell(story: str, ones: list[str], rng: random.Random) -> str:
    text = story.replace("{one}", rng.choice(ones))
    return text[0].upper() + text[1:]


def _neutral(data: Path, rng: random.Random) -> Iterator[dict[str, object]]:
    """Draw sentences that mention a group, of tasks and of comments that are not toxic."""
    lines = gzip.decompress((data / "instructions" / "t0_55k.jsonl.gz").read_bytes()).splitlines()
    rng.shuffle(lines)
    texts = (json.loads(line)["prompt"] for line in lines)
    yield from _mentioning("t0", texts)
    for name in ("gn", "gc"):
        rows = pl.read_csv(data / "toxicity" / f"wikipedia_context_{name}.csv.gz")
        yield from _mentioning("wikipedia", rows.filter(pl.col("label") == 0)["text"])


def _mentioning(name: str, texts: Iterator[str] | pl.Series) -> Iterator[dict[str, object]]:
    found = dict.fromkeys(_sentences_with_groups(texts))
    for text in found:
        yield {"set": name, "axis": None, "part": None, "group": text, "text": text, "target": 0.02}


def _sentences_with_groups(texts: Iterator[str] | pl.Series) -> Iterator[str]:
    count = 0
    for text in texts:
        starts = [mention.start for mention in find_mentions(text)]
        if not starts:
            continue
        for sentence in find_sentences(text):
            if any(sentence.start() <= at < sentence.end() for at in starts):
                yield sentence[0].strip()[:400]
                count += 1
        if count >= NEUTRAL:
            return
