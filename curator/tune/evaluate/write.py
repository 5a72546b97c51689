"""Write: an evaluation as JSON for machines, Markdown for a card, and a page for people."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader

from curator.export.rows import LEAK
from curator.report.html import environment
from curator.run import write_text
from curator.training.reasons import MEANINGS
from curator.tune.evaluate import pictures
from curator.tune.evaluate.evaluation import Answered, Evaluation
from curator.tune.evaluate.losses import FEW
from curator.tune.evaluate.markdown import to_markdown
from curator.tune.evaluate.rows import loss_rows, share_rows
from curator.tune.evaluate.verdict import sentence
from curator.tune.evaluate.words import ABOUT, NAMES, SHORT, TITLES

FACTS, PAGE, CARD = "evaluation.json", "evaluation.html", "evaluation.md"
_EXAMPLES = 40
_CROP = 1_200


def write_evaluation(found: Evaluation, folder: Path) -> list[Path]:
    """Write all three files into a folder, and return their paths."""
    facts = json.dumps(found.facts(), ensure_ascii=False, indent=2) + "\n"
    texts = {FACTS: facts, PAGE: to_page(found), CARD: to_markdown(found)}
    for name, text in texts.items():
        write_text(folder / name, text)
    return [folder / name for name in texts]


def to_page(found: Evaluation) -> str:
    """Write the evaluation as one self-contained page."""
    losses = loss_rows(found)
    return (
        _environment()
        .get_template("evaluation.html")
        .render(
            found=found,
            meanings=MEANINGS | {LEAK: "nearly a record that is trained on"},
            headline=_headline(found),
            losses=losses,
            parts=_parts(found),
            scale=pictures.scale_of(losses),
            pictures=pictures,
            few=FEW,
            examples=examples_of(found.answers, _EXAMPLES),
            cut=_cut,
            told=_told,
        )
    )


def _headline(found: Evaluation) -> str:
    """Return what the page begins with: the verdict, whose numbers stand below it."""
    asked = found.asked
    if asked.before is None:
        return f"What {asked.model} does"
    return sentence(asked.model, asked.before, list(found.claims), numbers=False)


def examples_of(answers: Sequence[Answered], most: int) -> list[Answered]:
    """Return the user's own prompts, then those whose marks changed, then the rest, in turns."""

    def rank(one: Answered) -> tuple[bool, bool]:
        changed = one.held_before is not None and one.held != one.held_before
        return one.part != "own", not changed

    return sorted(answers, key=rank)[:most]


def _parts(found: Evaluation) -> list[dict[str, Any]]:
    rows = share_rows(found)
    return [
        {
            "name": SHORT[part].replace(" ", "-").lower(),
            "short": SHORT[part],
            "title": title,
            "about": ABOUT[part],
            "rows": rows[part],
        }
        for part, title in TITLES.items()
        if part in rows
    ]


def _environment() -> Environment:
    """Return what renders the pages of the report, with the template of this room."""
    shared = environment()
    own = PackageLoader("curator.tune.evaluate")
    return shared.overlay(loader=ChoiceLoader([own, PackageLoader("curator.report")]))


def _cut(text: str) -> str:
    return text if len(text) <= _CROP else f"{text[:_CROP]}…"


def _told(held: list[str], stopped: bool) -> str:
    names = ", ".join(NAMES.get(name, name) for name in held)
    ended = "" if stopped else "not ended"
    return "; ".join(filter(None, (names, ended)))
