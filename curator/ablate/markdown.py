"""Markdown: an ablation, short, for a pull request or a model's card."""

from collections.abc import Iterable, Sequence

from curator.ablate.amounts import change, losses
from curator.ablate.facts import arm_facts
from curator.ablate.page import groups_of, rates_of
from curator.ablate.pictures import WORDS
from curator.ablate.trial import Ablation, Planned
from curator.ablate.verdict import Verdict
from curator.report.figures import counted, number, percent
from curator.report.shown import harmless


def to_markdown(ablation: Ablation, verdict: Verdict) -> str:
    """Write the verdict, the differences, the arms and the plan as Markdown."""
    size = f"{number(ablation.parameters)} parameters"
    differences = [
        (one.about, one.asked.held_out, change(one.difference), WORDS[one.claim])
        for some in groups_of(verdict.compared).values()
        for one in some
    ]
    columns = ("", "held-out set", "#nats per token (95%)", "")
    parts = [
        f"# Ablation of {ablation.recipe}",
        f"**{verdict.sentence}**",
        f"With {ablation.model} ({size}). Below zero, the curation did better.",
        _table(columns, differences) if differences else "",
        _list(one.text for one in verdict.said),
        "## Arms",
        _arms(ablation),
        "## To keep in mind" if verdict.remarks or ablation.notes else "",
        _list([*verdict.remarks, *ablation.notes]),
        "## What was fixed beforehand",
        _plan(ablation),
        "## What this does not show",
        _list(verdict.limits),
    ]
    return harmless("\n\n".join(filter(None, parts))) + "\n"


def _arms(ablation: Ablation) -> str:
    arms = [arm_facts(ablation, arm) for arm in ablation.arms]
    rates, sets = rates_of(arms), [one.name for one in ablation.sets]
    columns = ("arm", "#records", "#epochs", *(f"#loss, {name}" for name in sets))
    rows = [
        (
            arm["name"],
            number(arm["rows"]),
            "\u2013" if arm["epochs"] is None else f"{arm['epochs']:.1f}",
            *(losses(arm["losses"][name]["by_seed"]) for name in sets),
            *(percent(arm["rates"].get(name, {}).get("mean")) for name in rates),
        )
        for arm in arms
    ]
    return _table((*columns, *(f"#{name}" for name in rates)), rows)


def _plan(ablation: Ablation) -> str:
    sets = [
        f"Held out, {one.name}: {counted(one.records, 'record')}, {number(one.tokens)} supervised "
        f"tokens; chosen by {one.chosen_by}."
        for one in ablation.sets
    ]
    return _list([*plan_lines(ablation.planned), *sets])


def plan_lines(planned: Planned) -> list[str]:
    """Say what was fixed before the first training."""
    schedule = f", {planned.schedule}" if planned.schedule else ""
    return [
        f"The verdict is about CURATED against RAW on the {planned.primary} set.",
        f"Seeds: {', '.join(map(str, planned.seeds))}. Arms: {', '.join(planned.arms)}.",
        f"Every training: {number(planned.budget)} supervised tokens in {number(planned.steps)} "
        f"steps of about {number(planned.batch_tokens)}, learning rate "
        f"{planned.learning_rate:g}{schedule}.",
        "A claim needs a 95% interval without zero and more than "
        f"{number(planned.margin)} standard deviations of RAW over seeds; filters are judged "
        f"together (Holm). {number(planned.draws)} draws, paired by seed and example.",
    ]


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a table; columns whose name starts with # are numbers."""
    names = [name.removeprefix("#") for name in columns]
    rules = ["---:" if name.startswith("#") else "---" for name in columns]
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in (names, rules, *cells))
