"""The labelled sets that the bundled toxicity models learn from, read into one frame.

Every row has `set`, `group` (rows of one group stay on one side of a split), `text`, `toxic` (the
share of readers, estimated or counted, who call it toxic), `identity` (the same for an attack on a
group, null where nobody asked) and `weight`.
"""

import gzip
import html
import json
from pathlib import Path

import polars as pl

OFFENSIVE = 0.75
"""What Davidson's class `offensive` counts for: most of it is casual swearing among friends."""
STEREOTYPE = 0.6
"""What RedditBias' `biased` counts for: every second such sentence is not hostile in tone."""


def read_sets(data: Path) -> pl.DataFrame:
    """Read all sets but the written sentences."""
    folder = data / "toxicity"
    frames = [
        _davidson(folder / "davidson_tweets.csv.gz"),
        *(_tweets(folder, task, part) for task in TWEET_TASKS for part in ("train", "val", "test")),
        _comments(folder),
        *(_context(folder / f"wikipedia_context_{name}.csv.gz", name) for name in ("gn", "gc")),
        *(_reddit(data / "bias", axis) for axis in ("race", "religion2")),
        _instructions(data / "instructions"),
    ]
    rows = pl.concat(frames, how="diagonal")
    return rows.filter(pl.col("text").str.strip_chars() != "")


TWEET_TASKS = ("offensive", "hate")


def _davidson(path: Path) -> pl.DataFrame:
    rows = pl.read_csv(path)
    votes = pl.col("hate_speech") + OFFENSIVE * pl.col("offensive_language")
    return rows.select(
        set=pl.lit("davidson"),
        group=pl.format("davidson/{}", pl.int_range(pl.len())),
        text=pl.col("tweet").map_elements(html.unescape, pl.String),
        toxic=votes / pl.col("count"),
        label=(pl.col("class") < 2).cast(pl.Int8),  # noqa: PLR2004
        identity=pl.col("hate_speech") / pl.col("count"),
    )


def _tweets(folder: Path, task: str, part: str) -> pl.DataFrame:
    rows = pl.read_ndjson(folder / f"tweeteval_{task}_{part}.jsonl.gz")
    label = pl.col("label").cast(pl.Float64)
    return rows.select(
        set=pl.lit(f"tweeteval_{task}"),
        part=pl.lit(part),
        group=pl.format(f"{task}/{part}/{{}}", pl.int_range(pl.len())),
        text=pl.col("text").map_elements(html.unescape, pl.String),
        toxic=0.05 + 0.85 * label,
        label=pl.col("label").cast(pl.Int8),
        identity=label if task == "hate" else pl.lit(None, pl.Float64),
    )


def _comments(folder: Path) -> pl.DataFrame:
    name = "wikipedia_toxicity_{}_testset.csv.gz"
    parts = [
        pl.read_csv(folder / name.format(kind)).with_columns(part=pl.lit(kind))
        for kind in ("fuzzed", "nonfuzzed")
    ]
    toxic = pl.col("toxic").cast(pl.String).str.to_lowercase() == "true"
    return pl.concat(parts).select(
        set=pl.lit("wikipedia"),
        part="part",
        group=pl.format("wikipedia/{}", "rev_id"),
        text="comment",
        toxic=toxic.cast(pl.Float64),
        label=toxic.cast(pl.Int8),
    )


def _context(path: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(path).select(
        set=pl.lit(f"context_{name}"),
        group=pl.format("context/{}", "id"),
        text="text",
        toxic=pl.col("label").cast(pl.Float64),
        label=pl.col("label").cast(pl.Int8),
    )


def _reddit(folder: Path, axis: str) -> pl.DataFrame:
    rows = pl.read_csv(folder / f"redditbias_{axis}_annotated.csv.gz", infer_schema=False)
    biased = (pl.col("bias_sent") == "1").cast(pl.Float64)
    return rows.filter(pl.col("bias_sent").is_in(["0", "1"])).select(
        set=pl.lit("redditbias"),
        part=pl.lit(axis),
        group=pl.format(f"redditbias/{axis}/{{}}", pl.int_range(pl.len())),
        text="comment",
        toxic=0.1 + (STEREOTYPE - 0.1) * biased,
        label=biased.cast(pl.Int8),
    )


def _instructions(folder: Path) -> pl.DataFrame:
    """Draw ordinary tasks of every template, news and questions among them, as harmless text."""
    lines = gzip.decompress((folder / "t0_55k.jsonl.gz").read_bytes()).splitlines()
    rows = pl.DataFrame([json.loads(line) for line in lines])
    drawn = rows.filter(pl.int_range(pl.len()).shuffle(seed=7).over("template") < 30)  # noqa: PLR2004
    answer = pl.col("completion").str.replace_all("<|endoftext|>", "", literal=True)
    text = pl.when(pl.int_range(pl.len()) % 3 > 0).then("prompt").otherwise(answer)
    return drawn.select(
        set=pl.lit("t0"),
        group=pl.format("t0/{}", pl.int_range(pl.len())),
        text=text,
        toxic=pl.lit(0.02),
        label=pl.lit(0, pl.Int8),
        identity=pl.lit(0.0),
    )
