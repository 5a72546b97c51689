"""Calibrate the confidence of the task models, and report how they do on held-out groups."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.diversity.classify import second_of, softmax, split
from curator.diversity.taxonomy import COARSE, COARSE_OF, FINE

Floats = NDArray[np.float64]
Outputs = NDArray[np.float32] | NDArray[np.float64]
MEMBERS = np.arange(len(COARSE))[:, None] == np.array(COARSE_OF)[None]
BINS = 10
BY_SET = {"written": 1.0}
"""What the sets count for when confidence is calibrated: our own prompts alone. Held-out frames and
templates resemble those that were learnt from, as what users bring does not."""


def chances_of(outputs: Outputs) -> Floats:
    """Return the probabilities of the coarse classes."""
    found: Floats = softmax(split(outputs.astype(np.float64)).fine) @ MEMBERS.T
    return found


def truth_of(rows: pl.DataFrame) -> NDArray[np.int64]:
    """Return the place of the coarse class of each row, -1 where nothing clear is asked for."""
    places = dict(zip(FINE, COARSE_OF, strict=True))
    found = rows["fine"].replace_strict(places, default=-1, return_dtype=pl.Int64)
    return found.fill_null(-1).to_numpy()


def calibrate(rows: pl.DataFrame, outputs: Outputs) -> tuple[float, float]:
    """Fit slope and offset of the log-odds of the likeliest class (Platt 1999), by Newton steps."""
    chances, truth = chances_of(outputs), truth_of(rows)
    shares = _shares(rows)
    best = np.clip(chances.max(1), 1e-9, 1 - 1e-9)
    seen = np.stack([np.log(best / (1 - best)), np.ones(len(best))], 1)
    right = (chances.argmax(1) == truth).astype(np.float64)
    fitted = np.array([1.0, 0.0])
    for _ in range(30):
        said = 1 / (1 + np.exp(-seen @ fitted))
        slope = seen.T @ (shares * (right - said))
        bend = (seen * (shares * said * (1 - said))[:, None]).T @ seen
        fitted = fitted + np.linalg.solve(bend + 1e-9 * np.eye(2), slope)
    return float(fitted[0]), float(fitted[1])


def _shares(rows: pl.DataFrame) -> Floats:
    counts = rows.select(pl.len().over("set")).to_series().to_numpy()
    asked = rows["set"].replace_strict(BY_SET, default=0.0, return_dtype=pl.Float64).to_numpy()
    found: Floats = asked / counts
    return found


def confidence_of(chances: Floats, calibration: tuple[float, float]) -> Floats:
    """Return the calibrated confidence."""
    best = np.clip(chances.max(1), 1e-9, 1 - 1e-9)
    logits = calibration[0] * np.log(best / (1 - best)) + calibration[1]
    found: Floats = 1 / (1 + np.exp(-logits))
    return found


def calibration_error(confidence: Floats, right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error over equal bins (Naeini et al. 2015)."""
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return float(np.abs(np.bincount(place, confidence - right, BINS)).sum() / len(right))


def f1_of(truth: NDArray[np.int64], found: NDArray[np.int64]) -> dict[str, float]:
    """Return the F1 of every class that there is."""
    scores = {}
    for place in np.unique(truth):
        hits = ((truth == place) & (found == place)).sum()
        named = (truth == place).sum() + (found == place).sum()
        scores[COARSE[place]] = float(2 * hits / named)
    return scores


def report(rows: pl.DataFrame, outputs: Outputs, calibration: tuple[float, float]) -> str:
    """Say for each set how well its held-out rows are classified."""
    chances, truth = chances_of(outputs), truth_of(rows)
    confidence = confidence_of(chances, calibration)
    first = chances.argmax(1)
    lines = []
    for name in rows["set"].unique(maintain_order=True):
        own = (rows["set"] == name).to_numpy() & (truth >= 0)
        right = first[own] == truth[own]
        scores = f1_of(truth[own], first[own])
        shown = ", ".join(f"{task} {score:.2f}" for task, score in scores.items())
        lines.append(
            f"{name}: {own.sum()} rows, accuracy {right.mean():.3f}, macro-F1 "
            f"{np.mean(list(scores.values())):.3f}, calibration error "
            f"{calibration_error(confidence[own], right):.3f} ({shown})"
        )
    unclear = truth < 0
    lines.append(f"unclear: mean confidence {confidence[unclear].mean():.3f}")
    return "\n".join([*lines, report_second(rows, outputs)])


def report_second(rows: pl.DataFrame, outputs: Outputs) -> str:
    """Say how often a second class is named where there is one, and where there is none."""
    written = (rows["set"] == "written").to_numpy()
    parts = split(outputs[written].astype(np.float64))
    named = (
        second_of(rows.filter(pl.Series(written))["text"], chances_of(outputs[written]), parts.two)
        >= 0
    )
    several = rows.filter(pl.Series(written))["also"].is_not_null().to_numpy()
    return (
        f"two things: found {named[several].mean():.3f} of {several.sum()}, "
        f"wrongly {named[~several].mean():.3f}"
    )
