"""How well filters decide on labelled sets, with bootstrap intervals; and what judging costs.

    python benchmarks/quality.py DATA

DATA is the folder of the real data. `language`: sentences in 75 languages, nine of which the model
does not know; relatives count as one (`curator.models.kin`). `toxicity`: comments that the bundled
model has not learnt from, and texts in which it should find nothing.
"""

import argparse
import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from curator.features import Language as LanguageOfTurns
from curator.filters.language import Language
from curator.filters.toxicity import Toxicity
from curator.models import Guess, kin, language_model, toxicity_model

STRANGE = {"lg", "mi", "sn", "so", "st", "tn", "ts", "xh", "zu"}
"""Languages without a label in the model; it has one for Somali, and never gives it."""
DRAWS = 1_000
Sample = np.ndarray


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    print(language(data / "language/sentences_75_languages.jsonl.gz"))
    print(f"\n{toxicity(data)}\n")
    print(language_cost(data / "instructions/t0_55k.jsonl.gz"))


def language(path: Path) -> str:
    """Lay out how often the language is right, with the words and by fastText alone."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    model, texts = language_model(), [row["text"] for row in rows]
    least = Language().min_confidence
    table = [
        f"| judge | accuracy | sure (from {least}) | right where sure | uncertain where unknown |",
        "|---|---|---|---|---|",
    ]
    for name, guesses in (
        ("lid.176.ftz, its first guess", [model.first_guess(text) for text in texts]),
        ("with scripts and function words", model.identify(texts)),
    ):
        table.append(f"| {name} | {' | '.join(_told(rows, guesses, least))} |")
    return "\n".join(table)


def _told(rows: list[dict[str, str]], guesses: list[Guess], least: float) -> list[str]:
    known = np.array([row["lang"] not in STRANGE for row in rows])
    sure = np.array([guess.confidence >= least for guess in guesses])
    pairs = zip(rows, guesses, strict=True)
    right = np.array([kin(guess.language) == kin(row["lang"]) for row, guess in pairs])
    return [
        _interval(right[known]),
        _interval(sure[known]),
        _interval(right[known & sure]),
        _interval(~sure[~known]),
    ]


def _interval(values: Sample, measure: Callable[[Sample], float] = np.mean) -> str:
    """Return a measure with its 95% interval (percentile bootstrap, Efron 1979)."""
    draw = np.random.default_rng(0)
    drawn = [measure(draw.choice(values, len(values))) for _ in range(DRAWS)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return f"{measure(values):.3f} ({low:.3f} to {high:.3f})"


def toxicity(data: Path) -> str:
    """Lay out how well toxic comments are told apart, and how many harmless texts are flagged."""
    model, least = toxicity_model(), Toxicity().max_response
    surge = pl.read_csv(data / "toxicity/surge_1000.csv")
    toxic = (surge["is_toxic"] == "Toxic").to_numpy()
    chances = model.score(surge["text"].to_list())[:, 0]
    flagged = chances > least
    table = [
        f"surge_1000: AUROC {_interval(np.column_stack([chances, toxic]), auroc)}; above {least} "
        f"{flagged.sum()} comments, {(flagged & toxic).sum()} of them toxic, of {toxic.sum()}",
        f"| harmless texts | number | above {least} |",
        "|---|---:|---:|",
    ]
    for name, texts in _harmless(data).items():
        found = model.score(texts)[:, 0] > least
        table.append(f"| {name} | {len(texts):,} | {found.sum():,} |")
    return "\n".join(table)


def _harmless(data: Path) -> dict[str, list[str]]:
    alpaca = json.loads((data / "instructions/alpaca_random_9k.json").read_text("utf-8"))
    bold = []
    for name in ("gender", "race"):
        with gzip.open(data / f"bias/bold_{name}_wiki.json.gz", "rt", encoding="utf-8") as file:
            people = [texts for group in json.load(file).values() for texts in group.values()]
        bold += [text for texts in people for text in texts]
    return {"answers of alpaca_random_9k": [row["output"] for row in alpaca], "BOLD": bold}


def auroc(pairs: Sample) -> float:
    """Return the area under the ROC curve by ranks (Mann and Whitney 1947); ties share a rank."""
    chances, toxic = pairs[:, 0], pairs[:, 1] > 0
    ranks = pl.Series(chances).rank("average").to_numpy()
    ones = toxic.sum()
    return float((ranks[toxic].sum() - ones * (ones + 1) / 2) / (ones * (len(toxic) - ones)))


def language_cost(path: Path) -> str:
    """Say how many records a second one core judges, prompts and answers."""
    from curator.records import Origin, Record, content_of, frame_of

    rows = pl.read_ndjson(path).head(20_000)
    records = [
        Record([{"role": "user", "content": asked}, {"role": "assistant", "content": answered}])
        for asked, answered in rows.select("prompt", "completion").iter_rows()
    ]
    origins = [
        Origin(f"{place}-0", content_of(record), "t0", place)
        for place, record in enumerate(records)
    ]
    frame, feature, spent = frame_of(records, origins), LanguageOfTurns(), []
    for _ in range(3):
        began = time.process_time()
        feature.compute(frame)
        spent.append(time.process_time() - began)
    return f"\n{len(records) / sorted(spent)[1]:,.0f} records of t0_55k a CPU second, both turns"


if __name__ == "__main__":
    main()
