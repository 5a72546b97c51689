"""Cross-validate a quality model on the labels of two judges; nothing of it is shipped.

    python benchmarks/quality_model.py DATA [--embedder hub:./FOLDER]

Only rows of the random draw (`in_random_9k`) are read: among the others the flags are biased.
"""

import argparse
import gzip
import json
from pathlib import Path

import numpy as np
import polars as pl

from curator.models import embedder, quality_model
from curator.models.quality import Places
from curator.models.quality_figures import figures_of
from curator.models.quality_fit import Graded, balanced, cross_validate, fit_scale

_JUDGES = {"helpfulness": "in_helpfulness_t45", "the other judge": "in_claude_t45"}
_PLACEHOLDERS = ("", "<noinput>", "<no input>")


def read_labels(data: Path) -> pl.DataFrame:
    """Return `prompt`, `response` and the flags of the rows of the random draw."""
    with gzip.open(data / "quality/alpaca_quality_labels.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = pl.DataFrame([json.loads(line) for line in file]).filter("in_random_9k")
    alone = pl.col("input").str.strip_chars().str.to_lowercase().is_in(_PLACEHOLDERS)
    asked = pl.concat_str("instruction", "input", separator="\n\n")
    return rows.with_columns(
        pl.when(alone).then("instruction").otherwise(asked).alias("prompt"),
        pl.col("output").alias("response"),
    )


def main() -> None:
    """Print the figures of both judges, of models trained on them and of the one that ships."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--embedder", default="bundled")
    given = parser.parse_args()
    rows = read_labels(given.data)
    found = embedder(given.embedder)
    asked, said = (found.embed(rows[side].to_list()) for side in ("prompt", "response"))
    places = Places.of(rows, asked, said)
    words = rows["response"].str.count_matches(r"\S+").to_numpy().astype(float)
    for judge, column in _JUDGES.items():
        good = rows[column].to_numpy()
        raw = cross_validate(Graded(places, good.astype(float), balanced(good)))
        slope, constant = fit_scale(raw, good.astype(float))
        scores = 1 / (1 + np.exp(-(slope * raw + constant)))
        print(judge, "trained on it, cross-validated:", _line(figures_of(good, raw, scores, words)))
        if given.embedder == "bundled":
            shipped = quality_model().score(places)
            print(judge, "as shipped:", _line(figures_of(good, shipped, shipped, words)))


def _line(figures: tuple[float, ...]) -> str:
    return json.dumps({key: round(value, 4) for key, value in figures._asdict().items()})  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
