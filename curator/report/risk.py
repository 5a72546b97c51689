"""Risk: how the prompts that look risky were answered, and how often harmless ones were refused."""

from typing import NamedTuple

import polars as pl

from curator.decide.rules import evaluate
from curator.filters import Filter
from curator.filters.refusal import Refusal
from curator.report.cards import EXAMPLES
from curator.report.disparity import CONFIDENCE
from curator.report.wilson import quantile, wilson
from curator.run import Run

HARMLESS = 0.25
"""Up to this probability a prompt counts as harmless: 99% of the prompts of alpaca_random_9k, and
14% of the toxic comments of surge_1000 (the bundled model, 2026-11-25)."""
MEASURES = {
    "safety": ("prompt_unsafe", "response_unsafe"),
    "toxicity": ("prompt_toxicity", "response_toxicity"),
}
"""Filters that judge prompt and answer, the better judge first, and their two measures; their
rules `prompt` and `response` draw the line."""
RISKS = ("risky", "doubtful", "harmless", "not judged")
ANSWERS = ("refusal", "safe answer", "unsafe answer", "no answer", "not judged")
SHOWN = {
    ("risky", "unsafe answer"): "response",
    ("risky", "safe answer"): "prompt",
    ("harmless", "refusal"): "refusal",
    ("harmless", "unsafe answer"): "response",
}
"""What examples are shown of, and which rule says what to highlight in them."""


class Risk(NamedTuple):
    """How prompts were answered, by their risk.

    `judge` is the label of the filter that judged, `limit` the probability above which
    a prompt is risky, `harmless` that up to which it is harmless. `table` has
    `risk, answer, records, kept`, a row for every pair. `over_refusal` has `refusals, refused,
    answered, share, low, high`: of the answered harmless prompts, first `any` refusal, then those
    that nothing excuses; the interval is Wilson's at 95%, and null where nothing was answered.
    `examples` has `risk, answer, id, reason`.
    """

    judge: str
    by_wording: bool
    limit: float
    harmless: float
    table: pl.DataFrame
    over_refusal: pl.DataFrame
    examples: pl.DataFrame


def risk_of(run: Run, decisions: pl.DataFrame) -> Risk | None:
    """Cross the risk of prompts with the kind of their answers.

    Nothing where the recipe has no filter `refusal`, or none that judges prompts and answers.
    """
    refusal = next((one for one in run.recipe.filters if isinstance(one, Refusal)), None)
    judge = _judge(run)
    if refusal is None or judge is None:
        return None
    found = _told(run, refusal, judge).hstack(decisions.select("id", "kept"))
    limit = judge.bounds()["prompt"][1]
    return Risk(
        judge.label,
        judge.tag == "toxicity",
        float(getattr(judge, limit)) if limit else HARMLESS,
        HARMLESS,
        table_of(found),
        over_refusal_of(found),
        _examples(found, refusal.label, judge.label),
    )


def _judge(run: Run) -> Filter | None:
    filters: list[Filter] = list(run.recipe.filters)
    scored = set(run.scores().collect_schema().names())
    for tag, names in MEASURES.items():
        for entry in filters:
            columns = {f"{entry.label}__{name}" for name in names}
            if (
                entry.tag == tag
                and columns <= scored
                and {"prompt", "response"} <= {*entry.rules()}
            ):
                return entry
    return None


def _told(run: Run, refusal: Refusal, judge: Filter) -> pl.DataFrame:
    """Return `risk, answer, bare` of every record; a bare refusal is one that nothing excuses."""
    labels = pl.selectors.starts_with(f"{refusal.label}__", f"{judge.label}__")
    scores = run.scores().select(labels).collect()
    said = run.records().select(pl.col("response").str.contains(r"\S").alias("said"))
    fires = evaluate(scores, judge).select(risky="prompt", unsafe="response")
    asked, answered = (f"{judge.label}__{name}" for name in MEASURES[judge.tag])
    measured = scores.select(
        pl.col(asked).alias("asked"),
        pl.col(answered).alias("answered"),
        pl.col(f"{refusal.label}__refused_words").alias("refused_words"),
        pl.col(f"{refusal.label}__excused").alias("excused"),
    )
    both = measured.hstack(fires).hstack(said.collect(engine="streaming"))
    return both.select(_risk().alias("risk"), _answer().alias("answer"), _bare().alias("bare"))


def _risk() -> pl.Expr:
    """Name the risk of a prompt: what the judge's rule fires for is risky."""
    return (
        pl.when(pl.col("asked").is_null())
        .then(pl.lit("not judged"))
        .when("risky")
        .then(pl.lit("risky"))
        .when(pl.col("asked") <= HARMLESS)
        .then(pl.lit("harmless"))
        .otherwise(pl.lit("doubtful"))
    )


def _answer() -> pl.Expr:
    """Name the kind of an answer; of several turns the worst counts: unsafe, refused, safe."""
    refused = _bare() | (pl.col("excused") > 0).fill_null(value=False)
    return (
        pl.when(~pl.col("said").fill_null(value=False))
        .then(pl.lit("no answer"))
        .when("unsafe")
        .then(pl.lit("unsafe answer"))
        .when(refused)
        .then(pl.lit("refusal"))
        .when(pl.col("answered").is_null() | pl.col("excused").is_null())
        .then(pl.lit("not judged"))
        .otherwise(pl.lit("safe answer"))
    )


def _bare() -> pl.Expr:
    return pl.col("refused_words").is_not_null()


def table_of(found: pl.DataFrame) -> pl.DataFrame:
    """Count `risk, answer, records, kept` of records that have `risk, answer, kept`."""
    cells = pl.DataFrame(
        [(risk, answer) for risk in RISKS for answer in ANSWERS], ["risk", "answer"], orient="row"
    )
    counts = found.group_by("risk", "answer").agg(
        pl.len().cast(pl.Int64).alias("records"), pl.col("kept").sum().cast(pl.Int64)
    )
    joined = cells.join(counts, on=["risk", "answer"], how="left", maintain_order="left")
    return joined.with_columns(pl.col("records", "kept").fill_null(0))


def over_refusal_of(found: pl.DataFrame) -> pl.DataFrame:
    """Say which share of the harmless prompts that were answered was refused (see `Risk`).

    After the false refusals of XSTest (Röttger et al. 2023), on whatever prompts the data has.
    """
    answers = ["refusal", "safe answer", "unsafe answer"]
    answered = found.filter(pl.col("risk") == "harmless", pl.col("answer").is_in(answers))
    refused = answered.filter(pl.col("answer") == "refusal")
    counts = pl.DataFrame(
        {
            "refusals": ["any", "unexcused"],
            "refused": [refused.height, int(refused["bare"].sum())],
            "answered": [answered.height] * 2,
        }
    )
    total = pl.col("answered")
    low, high = wilson(pl.col("refused"), total, quantile(CONFIDENCE))
    shares = {"share": pl.col("refused") / total, "low": low, "high": high}
    return counts.with_columns(
        pl.when(total > 0).then(value).alias(name) for name, value in shares.items()
    )


def _examples(found: pl.DataFrame, refusal: str, judge: str) -> pl.DataFrame:
    """Choose records of the telling cells by their smallest ids, bare refusals before others."""
    reasons = [
        (risk, answer, f"{refusal if rule == 'refusal' else judge}.{rule}")
        for (risk, answer), rule in SHOWN.items()
    ]
    cells = pl.DataFrame(reasons, ["risk", "answer", "reason"], orient="row")
    ordered = found.sort(~pl.col("bare"), "id").select("risk", "answer", "id")
    first = ordered.group_by("risk", "answer", maintain_order=True).head(EXAMPLES)
    joined = cells.join(first, on=["risk", "answer"], maintain_order="left_right")
    return joined.select("risk", "answer", "id", "reason")
