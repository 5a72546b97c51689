"""Balance: weights that bring the groups of an axis toward parity, or toward a given mix."""

from collections.abc import Mapping, Sequence

import polars as pl

from curator.groups.lexicon import AXES

FEWEST = 20
"""A smaller group is no measure for the others: its records keep their weight, and set no goal."""
_ROUNDS, _CLOSE = 100, 1e-9

Mix = Mapping[str, float]
"""The share that each group is to have among the records that mention one of them."""


def mentioned(named: pl.Series, axis: str) -> pl.Series:
    """Return the one group of an axis that each record mentions, from names like `age.old`.

    Null where it mentions none of the axis, or several: such records keep their weight.

    Raises:
        ValueError: there is no such axis.
    """
    if axis not in AXES:
        raise ValueError(f"{axis} is no axis of groups: choose among {', '.join(AXES)}")
    own = pl.col("named").str.extract_all(rf"\b{axis}\.\S+")
    only = own.list.first().str.strip_prefix(f"{axis}.")
    chosen = pl.when(own.list.len() == 1).then(only)
    return named.to_frame("named").select(chosen.alias(axis)).to_series()


def balance(
    named: pl.Series, axes: Mapping[str, Mix | None] | Sequence[str], strength: float = 1.0
) -> pl.Series:
    """Return a weight for each record, at most 1, under which the groups come to their shares.

    `named` has the groups of each record as the filter `bias` writes them: `age.old gender.men`.
    `axes` says which axes are balanced, each toward equal shares (None) or a mix; a group that a
    mix does not name keeps its weight. Records are only ever weighted down, so the group that is
    rarest for its share keeps weight 1. `strength` is the power the weights are raised to: 0
    changes nothing, 1 goes all the way. Several axes are raked: each in turn is brought to its
    shares until none moves (iterative proportional fitting, Deming and Stephan 1940), and all are
    scaled so that the largest weight is 1: a rare combination of groups costs the others weight.
    Where the groups are so entangled that no weights reach all shares, the last axis has its own.

    Raises:
        ValueError: an axis or a group is unknown, a share is not above 0, or `strength` is not
            from 0 to 1.
    """
    if not 0 <= strength <= 1:
        raise ValueError(f"strength must be from 0 to 1, and is {strength}")
    wanted = dict(axes) if isinstance(axes, Mapping) else dict.fromkeys(axes)
    frame = pl.DataFrame([mentioned(named, axis) for axis in wanted])
    goals = {axis: _goals(frame[axis], axis, mix) for axis, mix in wanted.items()}
    weights = pl.Series("weight", [1.0], dtype=pl.Float64).new_from_index(0, named.len())
    for _ in range(_ROUNDS):
        before = weights
        for axis, goal in goals.items():
            weights = _fitted(weights, frame[axis], goal)
        if not named.len() or float((weights - before).abs().max() or 0) < _CLOSE:  # type: ignore[arg-type]
            break
    within = frame.select(
        pl.any_horizontal(pl.col(axis).is_in(list(goal)) for axis, goal in goals.items())
    ).to_series()
    most = float(str(weights.max())) if named.len() else 1.0
    scaled = pl.DataFrame({"weight": weights, "within": within.fill_null(value=False)})
    weight = pl.when("within").then(pl.col("weight") / max(1.0, most)).otherwise("weight")
    return scaled.select(weight.pow(strength).alias("weight")).to_series()


def _goals(groups: pl.Series, axis: str, mix: Mix | None) -> dict[str, float]:
    """Return how much each group shall weigh in all: no more than there is of it."""
    counts = {
        str(group): int(count)
        for group, count in groups.drop_nulls().value_counts().iter_rows()
        if count >= FEWEST
    }
    shares = dict.fromkeys(counts, 1.0) if mix is None else dict(mix)
    for group, share in shares.items():
        if share <= 0:
            raise ValueError(f"the share of {axis}.{group} must be above 0, and is {share}")
    present = {group: share for group, share in shares.items() if group in counts}
    if not present:
        return {}
    scale = min(counts[group] / share for group, share in present.items())
    return {group: scale * share for group, share in present.items()}


def _fitted(weights: pl.Series, groups: pl.Series, goal: dict[str, float]) -> pl.Series:
    """Scale the weights of each group so that they add up to its goal."""
    frame = pl.DataFrame({"weight": weights, "group": groups})
    goals = pl.col("group").replace_strict(goal, default=None, return_dtype=pl.Float64)
    factor = (goals / pl.col("weight").sum().over("group")).fill_null(1.0)
    return frame.select(pl.col("weight") * factor).to_series()
