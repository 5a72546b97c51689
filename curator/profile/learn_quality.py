"""Learn quality: train the model of the filter `quality` on labels of the user's own."""

import re
from pathlib import Path

import polars as pl

from curator.errors import InputError
from curator.models import Places, embedder
from curator.models.quality import EMBEDDER
from curator.models.quality_figures import Figures, Marks, Numbers, figures_of
from curator.models.quality_fit import Graded, balanced, calibrated, cross_validate, fit_quality

_FEWEST = 20
"""Good answers, and others, below which nothing can be learnt, nor checked by ten folds."""
_BOUND = re.compile(r"(.+?)\s*>=\s*(-?\d+(?:\.\d+)?)")


def read_label(text: str) -> tuple[str, float | None]:
    """Read `<field>` or `<field>>=<number>`, from which number on an answer is a good one."""
    found = _BOUND.fullmatch(text)
    return (found[1], float(found[2])) if found else (text, None)


def learn_quality(graded: pl.DataFrame, bound: float | None, out: Path) -> Figures:
    """Train on `prompt`, `response` and `grade`, write the model, and return its figures.

    An answer is good from `bound` on, or above the middle between the least and the greatest grade.
    The figures are of models that had not seen a near-identical prompt.

    Raises:
        InputError: there are too few good answers, or too few others.
    """
    grades = graded["grade"].to_numpy()
    good = _good(grades, bound)
    found = embedder(EMBEDDER)
    asked, said = (found.embed(graded[side].to_list()) for side in ("prompt", "response"))
    known = Graded(Places.of(graded, asked, said), good.astype(float), balanced(good))
    raw = cross_validate(known)
    model = calibrated(fit_quality(known), raw, known.grades)
    words = graded["response"].str.count_matches(r"\S+").to_numpy().astype(float)
    figures = figures_of(good, raw, model.scaled(raw), words)
    model.save(out, {"figures": figures._asdict()})
    return figures


def _good(grades: Numbers, bound: float | None) -> Marks:
    if len(grades) == 0:
        raise InputError("no answer has a label: name the field of the rows that holds it")
    middle = (grades.min() + grades.max()) / 2
    good = grades > middle if bound is None else grades >= bound
    few = min(int(good.sum()), int((~good).sum()))
    if few < _FEWEST:
        raise InputError(
            f"{int(good.sum())} of {len(good)} answers are good: at least {_FEWEST} good ones and "
            f"{_FEWEST} others are needed; say from where on they are good: --label 'field>=4'"
        )
    return good
