"""Console: an ablation in a few lines for a terminal."""

from rich.console import Group, RenderableType

from curator.ablate.amounts import change, losses
from curator.ablate.comparisons import means_of
from curator.ablate.page import groups_of
from curator.ablate.pictures import WORDS
from curator.ablate.trial import Ablation
from curator.ablate.verdict import Outcome, Verdict, verdict_of
from curator.report.figures import number
from curator.report.lines import line, table

_STYLES: dict[Outcome, str] = {
    "helped": "bold green",
    "hurt": "bold red",
    "none": "bold",
    "no better than random": "bold yellow",
    "untold": "bold yellow",
}


def ablation_view(ablation: Ablation, verdict: Verdict | None = None) -> RenderableType:
    """Lay out the verdict, a line for each comparison, a line for each arm, and the remarks."""
    verdict = verdict or verdict_of(ablation)
    rows = [
        (one.about, one.asked.held_out, change(one.difference), WORDS[one.claim])
        for some in groups_of(verdict.compared).values()
        for one in some
    ]
    columns = ("below 0: better", "held out", "#nats per token (95%)", "")
    remarks = [line(f"- {remark}") for remark in (*verdict.remarks, *ablation.notes)]
    return Group(
        line(verdict.sentence, _STYLES[verdict.outcome]),
        *((table(columns, rows),) if rows else ()),
        table(*_arms(ablation)),
        *remarks,
        line(f"- {verdict.limits[0]}"),
    )


def _arms(ablation: Ablation) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    sets = [one.name for one in ablation.sets]
    rows = [
        (
            arm.name,
            number(arm.rows),
            *(losses(means_of(ablation, arm.name, name)) for name in sets),
        )
        for arm in ablation.arms
    ]
    return ("arm", "#records", *(f"#loss, {name}" for name in sets)), rows
