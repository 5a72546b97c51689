"""Page: an ablation as one page that needs nothing else."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from jinja2 import ChoiceLoader, Environment, PackageLoader
from markupsafe import Markup, escape

from curator.ablate import pictures
from curator.ablate.amounts import change, losses
from curator.ablate.comparisons import Compared, Comparison, means_of
from curator.ablate.facts import arm_facts
from curator.ablate.trial import Ablation
from curator.ablate.verdict import Verdict
from curator.report.html import environment

RATES = {
    "exact": "word for word the right one",
    "empty": "nothing",
    "endless": "not ended within the limit",
    "looping": "the same words over and over",
    "degenerate": "empty, endless or looping",
}
ELSEWHERE = "On the other held-out sets"
_STRIPS = 2
"""Held-out sets whose losses are drawn side by side."""


class Strip(NamedTuple):
    """A column of losses, seed by seed."""

    name: str
    title: str
    scale: pictures.Scale


class Plot(NamedTuple):
    """Comparisons under one heading, on one scale."""

    title: str
    comparisons: list[Comparison]
    scale: pictures.Scale
    has_axis: bool
    """The numbers of the scale stand below the last of the plots that share it."""


class Planted(NamedTuple):
    """What was planted, as a table."""

    columns: list[str]
    rows: list[tuple[str, list[Any]]]


def to_page(ablation: Ablation, verdict: Verdict) -> str:
    """Write the ablation as one self-contained page; names are escaped, never markup."""
    arms = [arm_facts(ablation, arm) for arm in ablation.arms]
    return (
        _environment()
        .get_template("ablation.html")
        .render(
            ablation=ablation,
            verdict=verdict,
            headline=coded(verdict.sentence),
            plots=_plots(verdict.compared),
            strips=_strips(ablation),
            arms=arms,
            rates=rates_of(arms),
            rate_words=RATES,
            planted=planted_of(ablation.planted or {}),
            words=_words(verdict),
            pictures=pictures,
            change=change,
            losses=losses,
        )
    )


def groups_of(compared: Compared) -> dict[str, list[Comparison]]:
    """Return the comparisons under their headings; filters with the largest effect first."""
    first = [compared.primary] if compared.primary else []
    filters = sorted(compared.filters, key=lambda one: one.difference.change)
    found = {
        "The recipe": [*first, *compared.beside],
        "Each filter: with it, against without it": filters,
        ELSEWHERE: list(compared.elsewhere),
    }
    return {title: some for title, some in found.items() if some}


def _plots(compared: Compared) -> list[Plot]:
    """Lay out the forest plot: the other held-out sets have a scale of their own."""
    groups = groups_of(compared)
    near = [title for title in groups if title != ELSEWHERE]
    shared = pictures.forest_scale(one for title in near for one in groups[title])
    return [
        Plot(
            title,
            some,
            shared if title in near else pictures.forest_scale(some),
            has_axis=title in {ELSEWHERE, *near[-1:]},
        )
        for title, some in groups.items()
    ]


def rates_of(arms: list[dict[str, Any]]) -> list[str]:
    """Return the rates that any arm has, those first that are known."""
    found = {name for arm in arms for name in arm["rates"]}
    return [*(name for name in RATES if name in found), *sorted(found - RATES.keys())]


def planted_of(planted: Mapping[str, Any]) -> Planted:
    """Lay out what was planted: a row a defect, a column for each number told of it."""
    rows = {
        name: dict(told) if isinstance(told, Mapping) else {"records": told}
        for name, told in planted.items()
    }
    columns = list(dict.fromkeys(name for told in rows.values() for name in told))
    return Planted(
        columns, [(name, [told.get(one) for one in columns]) for name, told in rows.items()]
    )


def coded(text: str) -> Markup:
    """Set what stands between backticks as code; everything else is escaped."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def _words(verdict: Verdict) -> dict[str, str]:
    """Return the words of the claims that occur, for the legend and the rows."""
    found = {one.claim for one in verdict.compared.every()}
    return {claim: word for claim, word in pictures.WORDS.items() if claim in found}


def _strips(ablation: Ablation) -> list[Strip]:
    found = []
    for one in ablation.sets[:_STRIPS]:
        values = [
            value for arm in ablation.arms for value in means_of(ablation, arm.name, one.name)
        ]
        title = f"on the {one.name} held-out set"
        found.append(Strip(one.name, title[0].upper() + title[1:], pictures.scale_of(values)))
    return found


def _environment() -> Environment:
    """Return what renders the pages of the report, with the template of this room."""
    own = PackageLoader("curator.ablate")
    found = environment().overlay(loader=ChoiceLoader([own, PackageLoader("curator.report")]))
    found.filters = {**found.filters, "coded": coded}
    return found
