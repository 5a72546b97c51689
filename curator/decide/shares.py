"""Shares: a budget divided over classes, by quotas, as a mixture, or fitted to margins."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.decide.candidates import Candidates
from curator.decide.classes import Classes, classes_of
from curator.diversity import Picks, allocate, fill, in_whole_numbers, rake_within
from curator.recipe import Input
from curator.recipe.model import input_names
from curator.recipe.shares import REST, Fitted, Mixture, Quotas

Caps = list[tuple[NDArray[np.bool_], float]]


def quotas(settings: Quotas, found: Candidates) -> tuple[Picks, list[str]]:
    """Take of every class what its quota says."""
    classes = classes_of(found.columns, settings.by, settings.bins)
    ones = np.ones(len(found.rows), np.int64)
    sizes = np.bincount(classes.codes, minlength=len(classes.names))
    rest = sizes if settings.others is None else np.full(len(sizes), settings.others)
    own = [
        settings.quotas.get(name, int(size)) for name, size in zip(classes.names, rest, strict=True)
    ]
    picks = fill(classes.codes, np.array(own, np.int64), ones, found.budget, found.held)
    return picks, classes.names


def mixed(settings: Mixture, found: Candidates) -> tuple[Picks, list[str]]:
    """Divide the budget by weight, size and temperature."""
    classes = classes_of(found.columns, settings.by, settings.bins)
    weights, caps = _weights(settings, classes, found.recipe.input)
    sizes = _sizes(classes, found)
    parts = allocate((weights * sizes) ** (1 / settings.temperature), sizes, found.total, caps)
    own = in_whole_numbers(parts, sizes, caps)
    return fill(classes.codes, own, found.units, found.budget, found.held), classes.names


def fitted(settings: Fitted, found: Candidates) -> tuple[Picks, list[str]]:
    """Fit the table of the classes to the margins, within what there is."""
    classes = _merged(settings, found)
    sizes = _sizes(classes, found)
    axes = {name: list({**shares, REST: 0}) for name, shares in settings.margins.items()}
    cells = tuple(
        np.array([axis.index(value) for value in classes.values[name]], np.int64)
        for name, axis in axes.items()
    )
    counts = np.zeros([len(axis) for axis in axes.values()])
    counts[cells] = sizes
    margins = [
        np.array([settings.margins[name].get(value, 0.0) for value in axis])
        for name, axis in axes.items()
    ]
    parts = rake_within(counts, margins, found.total, settings.max_rounds).table[cells]
    own = in_whole_numbers(parts, sizes)
    return fill(classes.codes, own, found.units, found.budget, found.held), classes.names


def _merged(settings: Fitted, found: Candidates) -> Classes:
    """Part the records by the values that have a share, all others together."""
    every = classes_of(found.columns, list(settings.margins), settings.bins)
    named = every.values.select(
        pl.when(pl.col(name).is_in(list(shares))).then(name).otherwise(pl.lit(REST)).alias(name)
        for name, shares in settings.margins.items()
    )
    return classes_of(named[every.codes], list(settings.margins), {})


def _sizes(classes: Classes, found: Candidates) -> NDArray[np.float64]:
    """Return how much there is of every class, in units of the budget."""
    units = found.units.astype(np.float64)
    return np.bincount(classes.codes, units, len(classes.names)).astype(np.float64)


def _weights(
    settings: Mixture, classes: Classes, inputs: Sequence[Input]
) -> tuple[NDArray[np.float64], Caps]:
    """Multiply the weights of each class's values, and gather the caps over classes."""
    entries = dict(zip(input_names(inputs), inputs, strict=True))
    weights, caps = np.ones(len(classes.names)), Caps()
    for column in settings.by:
        values = classes.values[column].to_list()
        said = {name: entry.weight for name, entry in entries.items()} if column == "input" else {}
        said |= settings.weights.get(column, {})
        weights *= np.array([said.get(value, 1.0) for value in values])
        most = {name: entry.cap for name, entry in entries.items()} if column == "input" else {}
        for value, cap in {**most, **settings.caps.get(column, {})}.items():
            if cap is not None:
                caps.append((np.array([one == value for one in values], np.bool_), cap))
    return weights, caps
