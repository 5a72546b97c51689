"""Facts: everything a report says of a run, before anybody renders it."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import polars as pl

from curator.filters import DuplicateFilter, Filter
from curator.privacy import values_are_shown
from curator.report.audit import Audit, audit_of
from curator.report.borderline import BORDERLINE_SCHEMA, borderline_of, borderline_pairs
from curator.report.cards import Cards, cards_of, examples_of
from curator.report.cascade import cascade_notices
from curator.report.contamination import Contamination, contamination_of
from curator.report.contamination_lines import contamination_notices
from curator.report.corpus import Found, corpus_of
from curator.report.disparity import disparity_of, warnings_of
from curator.report.diverse import Diverse, diverse_of
from curator.report.export_notices import export_notices
from curator.report.funnel import Summary, funnel_of, reason_order, summarise
from curator.report.groups import groups_of, represented_of
from curator.report.histogram import Cut, Histogram, histograms_of
from curator.report.judged import duplicates_by
from curator.report.leftovers import Leftovers, quarantine_of, repairs_of
from curator.report.notices import Counts, Notice, notices_of
from curator.report.reasons import alone_of, flags_of, overlaps_of, reasons_of
from curator.report.reference import BALANCED, Reference
from curator.report.risk import Risk, risk_of
from curator.report.selected import Selected, selected_of, selection_notices
from curator.report.traits import traits_of
from curator.report.worth import Worth, worth_of
from curator.run import Run


class Facts(NamedTuple):
    """The facts of a run; each frame is described where it is made."""

    name: str
    summary: Summary
    funnel: pl.DataFrame
    notices: list[Notice]
    reasons: pl.DataFrame
    flags: pl.DataFrame
    alone: pl.DataFrame
    overlaps: pl.DataFrame
    histograms: list[Histogram]
    duplicates: list[Cut]
    borderline: pl.DataFrame
    examples: pl.DataFrame
    disparity: pl.DataFrame
    represented: pl.DataFrame
    risk: Risk | None
    audit: Audit
    quarantine: Leftovers
    repairs: Leftovers
    worth: Worth
    provenance: dict[str, Any]
    cards: Cards
    corpus: Found
    contamination: list[Contamination]
    selected: Selected | None
    diverse: Diverse


def facts_of(run: Run, reference: Reference = BALANCED) -> Facts:
    """Gather the facts of a run; texts are streamed, and kept only where they are shown.

    An opened run does not change, so the page and the terminal share one gathering. `reference` is
    the mix that the tasks are held against.
    """
    return _gathered(run, values_are_shown(), reference.model_dump_json())


@lru_cache(maxsize=1)
def _gathered(run: Run, revealed: bool, mix: str) -> Facts:
    """Gather the facts, masked or not, with the reference mix as JSON."""
    decisions = run.decisions().collect()
    traits = _traits(run, decisions)
    quarantine, repairs = quarantine_of(run.quarantine()), repairs_of(run.repairs())
    counts = _counted(run, decisions, traits["words"], (quarantine.total, repairs.total))
    disparity = disparity_of(decisions, traits, run.recipe.filters)
    histograms, borderline = judge(run, decisions["id"])
    steps, examples = counts.funnel["step"].to_list(), examples_of(decisions)
    risk, leaks = risk_of(run, decisions), contamination_of(run, decisions)
    selected = selected_of(run, traits)
    return Facts(
        name=run.recipe.name,
        summary=counts.summary,
        funnel=counts.funnel,
        notices=_notices(run, counts, histograms, disparity, leaks, selected),
        reasons=counts.reasons,
        flags=flags_of(decisions, reason_order(run.recipe)),
        alone=alone_of(decisions, steps),
        overlaps=overlaps_of(decisions, steps),
        histograms=histograms,
        duplicates=duplicate_rules(run.recipe.filters, decisions),
        borderline=borderline,
        examples=examples,
        disparity=disparity,
        represented=represented_of(run, decisions["kept"]),
        risk=risk,
        audit=audit_of(run, decisions),
        quarantine=quarantine,
        repairs=repairs,
        worth=worth_of(run, decisions, counts.funnel),
        provenance=provenance_of(run),
        cards=cards_of(run, [*_wanted(borderline, examples, risk), *_missed(selected)]),
        corpus=corpus_of(run),
        contamination=leaks,
        selected=selected,
        diverse=diverse_of(run, decisions["kept"], Reference.model_validate_json(mix)),
    )


def _traits(run: Run, decisions: pl.DataFrame) -> pl.DataFrame:
    """Return what tells kinds of records, in the order of the decisions."""
    own = traits_of(run.records())
    found = decisions.select("id").join(own, on="id", how="left", maintain_order="left")
    return found.hstack(groups_of(run))


def _counted(
    run: Run, decisions: pl.DataFrame, words: pl.Series, besides: tuple[int, int]
) -> Counts:
    """Count what happened; `besides` is how many rows are in quarantine, and records repaired."""
    quarantined, repaired = besides
    return Counts(
        summarise(decisions, words, quarantined=quarantined, repaired=repaired),
        funnel_of(decisions, words, run.recipe),
        reasons_of(decisions, reason_order(run.recipe)),
    )


def _notices(
    run: Run,
    counts: Counts,
    histograms: list[Histogram],
    disparity: pl.DataFrame,
    leaks: list[Contamination],
    selected: Selected | None,
) -> list[Notice]:
    found = notices_of(counts, run.recipe.filters, histograms, warnings_of(disparity))
    more = [*contamination_notices(leaks), *cascade_notices(run), *export_notices(run)]
    return [*found, *more, *selection_notices(selected)]


def judge(run: Run, ids: pl.Series) -> tuple[list[Histogram], pl.DataFrame]:
    """Return the histograms and borderline records of every filter, one filter in memory a time."""
    histograms: list[Histogram] = []
    borderline = [BORDERLINE_SCHEMA.to_frame()]
    for entry in run.recipe.filters:
        if isinstance(entry, DuplicateFilter):
            if entry.floor < entry.min_similarity:
                borderline.append(borderline_pairs(entry, ids, run.pairs(entry.label).collect()))
            continue
        scores = run.scores().select(pl.selectors.starts_with(f"{entry.label}__")).collect()
        histograms += histograms_of(entry, scores)
        borderline.append(borderline_of(entry, ids, scores))
    return histograms, pl.concat(borderline)


def duplicate_rules(filters: Sequence[Filter], decisions: pl.DataFrame) -> list[Cut]:
    """Return the rules that judge pairs, and for how many records each fires."""
    named = pl.concat([decisions["reasons"], decisions["flags"]]).explode()
    counts = dict(named.value_counts().iter_rows())
    rules = [duplicates_by(entry) for entry in filters if isinstance(entry, DuplicateFilter)]
    return [Cut(held, counts.get(held.reason, 0), None) for held in rules]


def provenance_of(run: Run) -> dict[str, Any]:
    """Return where the run came from: inputs, versions, models, device and seed."""
    manifest = run.manifest
    left_out = {"key", "shards"}
    return {
        "inputs": [entry.model_dump(mode="json", exclude=left_out) for entry in manifest.inputs],
        "versions": dict(manifest.versions),
        "models": dict(manifest.models),
        "device": manifest.device,
        "seed": manifest.seed,
    }


def _wanted(
    borderline: pl.DataFrame, examples: pl.DataFrame, risk: Risk | None
) -> list[tuple[str, str]]:
    pairs = borderline.drop_nulls("witness")
    return [
        *borderline.select("id", "reason").iter_rows(),
        *pairs.select("witness", "reason").iter_rows(),
        *examples.select("id", "reason").iter_rows(),
        *(risk.examples.select("id", "reason").iter_rows() if risk else ()),
    ]


def _missed(selected: Selected | None) -> list[tuple[str, str]]:
    return [(key, "select.not_chosen") for key in selected.misses["id"]] if selected else []
