"""How well the static toxicity model does, measured and written into its card."""

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from curator.models.toxicity import OUTPUTS
from curator.models.toxicity_static import StaticToxicity

THRESHOLD = 0.5
"""Where a text is called toxic; `limits` in the card says what it costs."""
CROSSED = ("crossed", "left_out")
"""Logits by models that had not seen the text, or any text of its set."""
RESAMPLES = 1000
BINS = 15
LICENCES = {
    "davidson": "MIT (Davidson et al. 2017)",
    "tweeteval_offensive": "released for unrestricted use (Zampieri et al. 2019, TweetEval)",
    "tweeteval_hate": "released for unrestricted use (Basile et al. 2019, TweetEval)",
    "wikipedia": "Apache-2.0, comments CC BY-SA (Dixon et al. 2018)",
    "context_gn": "Apache-2.0, comments CC BY-SA (Pavlopoulos et al. 2020)",
    "context_gc": "Apache-2.0, comments CC BY-SA (Pavlopoulos et al. 2020)",
    "redditbias": "MIT (Barikeri et al. 2021), axes race and religion2",
    "t0": "Apache-2.0 (Sanh et al. 2022), harmless tasks",
    "written": "Apache-2.0, written for this model",
}
USE = (
    "Scoring English prompts and answers of instruction data, to flag or drop abusive ones, and to "
    "send the uncertain ones to a larger model. Not for judging people."
)
LIMITS = (
    "English only. Reads words and their neighbours, not meaning: of hate without harsh words most "
    "is missed, and counter-speech, warm words about groups and reclaimed words are often flagged "
    "(see the held-out written sentences), so let a contextual model decide near the threshold. "
    "`identity_attack` learnt from tweets and "
    "from written sentences alone. Categories such as threat or insult have no labels among the "
    "training sets and are not given. Questions for harmful instructions are abusive here only "
    "where their words are."
)


def write_card(path: Path, texts: pl.DataFrame, data: Path) -> None:
    """Measure a model on what it has not learnt from, and write its card beside it."""
    model = StaticToxicity.load(path)
    counts = texts.filter(~pl.col("held")).group_by("set", maintain_order=True)
    sets = counts.agg(rows=pl.len(), toxic=pl.col("label").sum()).to_dicts()
    card = {
        "name": "toxicity_static",
        "version": 1,
        "task": "toxicity",
        "licence": "Apache-2.0",
        "languages": ["en"],
        "outputs": list(OUTPUTS),
        "threshold": THRESHOLD,
        "file": path.name,
        "bytes": path.stat().st_size,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "vectors": "distilled from sentence-transformers/all-MiniLM-L6-v2, Apache-2.0",
        "training_sets": [{**row, "licence": LICENCES[row["set"]]} for row in sets],
        "intended_use": USE,
        "limits": LIMITS,
        "metrics": {
            **{name: crossed_metrics(texts, name) for name in CROSSED if name in texts.columns},
            "as_shipped": outside_metrics(model, data),
            "written_sentences_held_out_by_template": phenomena(model, texts),
        },
    }
    path.with_suffix(".json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n")


def crossed_metrics(texts: pl.DataFrame, logit: str) -> dict[str, Any]:
    """Judge the scores of models that had not seen the text; the column `logit` holds them."""
    judged = texts.filter(~pl.col("held")).with_columns(chance=1 / (1 + (-pl.col(logit)).exp()))
    tests = pl.col("part") == "test"
    parts = {
        "wikipedia": pl.col("set") == "wikipedia",
        "wikipedia_fuzzed": pl.col("part") == "fuzzed",
        "wikipedia_nonfuzzed": pl.col("part") == "nonfuzzed",
        "tweeteval_offensive_test": (pl.col("set") == "tweeteval_offensive") & tests,
        "tweeteval_hate_test": (pl.col("set") == "tweeteval_hate") & tests,
        "davidson": pl.col("set") == "davidson",
        "context_gn": pl.col("set") == "context_gn",
        "context_gc": pl.col("set") == "context_gc",
        "redditbias": pl.col("set") == "redditbias",
    }
    found = {name: _judge(judged.filter(part)) for name, part in parts.items()}
    trained = judged.filter(pl.any_horizontal(parts.values()))
    weighted = _calibration_error(
        *(trained[name].to_numpy() for name in ("chance", "toxic", "weight"))
    )
    return {**found, "calibration_error_over_all": round(weighted, 4)}


def _judge(rows: pl.DataFrame) -> dict[str, Any]:
    label, chance = rows["label"].to_numpy(), rows["chance"].to_numpy()
    error = _calibration_error(chance, rows["label"].to_numpy(), np.ones(len(rows)))
    return {
        **auroc(label, chance, rows["group"].to_numpy()),
        "rows": len(rows),
        "calibration_error": round(error, 4),
        "flagged": round(float((chance >= THRESHOLD).mean()), 4),
        "flagged_of_harmless": round(float((chance >= THRESHOLD)[label == 0].mean()), 4),
    }


def auroc(
    label: NDArray[Any], score: NDArray[Any], group: NDArray[Any] | None = None
) -> dict[str, Any]:
    """Return the area under the curve with a 95% bootstrap interval; groups are drawn whole."""
    rng = np.random.default_rng(7)
    _, owner = np.unique(np.arange(len(label)) if group is None else group, return_inverse=True)
    order = np.argsort(owner, kind="stable")
    starts = np.append(np.flatnonzero(np.diff(owner[order], prepend=-1)), len(order))
    drawn = []
    for _ in range(RESAMPLES):
        times = np.bincount(
            rng.integers(0, len(starts) - 1, len(starts) - 1), minlength=len(starts) - 1
        )[owner]
        drawn.append(roc_auc_score(label, score, sample_weight=times))
    low, high = np.quantile(drawn, (0.025, 0.975))
    return {
        "auroc": round(float(roc_auc_score(label, score)), 4),
        "interval": [round(float(low), 4), round(float(high), 4)],
    }


def _calibration_error(chance: NDArray[Any], label: NDArray[Any], weight: NDArray[Any]) -> float:
    """Return the expected calibration error over equal bins."""
    place = np.minimum((chance * BINS).astype(int), BINS - 1)
    gaps = np.bincount(place, weight * (chance - label), BINS)
    return float(np.abs(gaps).sum() / weight.sum())


def outside_metrics(model: StaticToxicity, data: Path) -> dict[str, Any]:
    """Judge the model as shipped on sets it never learns from, and on t0_55k, of which it has."""
    surge = pl.read_csv(data / "toxicity" / "surge_1000.csv")
    label = (surge["is_toxic"] == "Toxic").to_numpy()
    chance = model.score(surge["text"].to_list())[:, 0]
    shares: dict[str, Callable[[], list[str]]] = {
        "bold_gender": lambda: read_bold(data / "bias" / "bold_gender_wiki.json.gz"),
        "bold_race": lambda: read_bold(data / "bias" / "bold_race_wiki.json.gz"),
        "t0_55k": lambda: read_tasks(data),
        "alpaca_random_9k": lambda: read_alpaca(data),
    }
    found: dict[str, Any] = {
        "surge_1000": {
            **auroc(label, chance),
            "recall": round(float((chance >= THRESHOLD)[label].mean()), 4),
            "flagged_of_harmless": round(float((chance >= THRESHOLD)[~label].mean()), 4),
            "calibration_error": round(_calibration_error(chance, label, np.ones(len(label))), 4),
        }
    }
    for name, read in shares.items():
        scores = model.score(read())[:, 0]
        flagged = round(float((scores >= THRESHOLD).mean()), 5)
        found[name] = {"texts": len(scores), "flagged": flagged, "trained_on": name == "t0_55k"}
    return found


def read_bold(path: Path) -> list[str]:
    """Read the neutral encyclopedic sentences about groups."""
    groups = json.loads(gzip.decompress(path.read_bytes()))
    return [text for people in groups.values() for texts in people.values() for text in texts]


def read_tasks(data: Path) -> list[str]:
    """Read prompt and answer of every task of t0_55k, as one text."""
    packed = (data / "instructions" / "t0_55k.jsonl.gz").read_bytes()
    rows = map(json.loads, gzip.decompress(packed).splitlines())
    return [row["prompt"] + "\n" + row["completion"].replace("<|endoftext|>", "") for row in rows]


def read_alpaca(data: Path) -> list[str]:
    """Read instruction, input and answer of every Alpaca record, as one text."""
    rows = json.loads((data / "instructions" / "alpaca_random_9k.json").read_text("utf-8"))
    return [
        "\n".join(filter(None, (row["instruction"], row["input"], row["output"]))) for row in rows
    ]


def phenomena(model: StaticToxicity, texts: pl.DataFrame) -> dict[str, Any]:
    """Tell by phenomenon which share of held-out written sentences is flagged."""
    held = texts.filter("held")
    chance = model.score(held["text"].to_list())[:, 0]
    rows = held.with_columns(
        chance=pl.Series(chance.astype(float)), flagged=pl.Series(chance >= THRESHOLD)
    )
    table = rows.group_by("part", maintain_order=True).agg(
        toxic=pl.col("toxic").first(),
        templates=pl.col("group").n_unique(),
        rows=pl.len(),
        flagged=pl.col("flagged").mean().round(3),
        mean=pl.col("chance").mean().round(3),
    )
    overall = auroc(held["label"].to_numpy(), chance, held["group"].to_numpy())
    return {"all": overall, **{row.pop("part"): row for row in table.to_dicts()}}
