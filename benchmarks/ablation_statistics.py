"""How often an ablation claims an effect where there is none, and how often it finds one.

`python benchmarks/ablation_statistics.py [TIMES]`: losses of arms are made up as trainings give
them (a part of each seed, of each example with heavy tails, and of both together), and asked about
as `curator ablate` asks.
"""

import sys
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from curator.ablate.statistics import LEVEL, Difference, Drawing, Paired, differences, holm, spread

MARGIN = 2.0


class World(NamedTuple):
    """What differs between two arms besides an effect, in nats a token."""

    name: str
    seeds: float
    """Standard deviation of the difference of two arms over seeds."""
    examples: float
    """Over examples, alike in all seeds."""
    both: float
    """Over examples, anew in each seed."""
    raw: float
    """Standard deviation of RAW itself over seeds."""


WORLDS = (
    World("seeds alone", 0.012, 0.0, 0.0, 0.010),
    World("examples alone", 0.0, 0.25, 0.0, 0.010),
    World("chance of each training", 0.0, 0.0, 0.25, 0.010),
    World("small trainings", 0.012, 0.15, 0.15, 0.010),
    World("quiet trainings", 0.002, 0.10, 0.05, 0.002),
    World("rough trainings", 0.040, 0.30, 0.30, 0.030),
    World("pairing helps little", 0.014, 0.10, 0.10, 0.003),
)


class Shape(NamedTuple):
    """How large a simulated ablation is."""

    seeds: int
    examples: int = 150
    draws: int = 200


class Asked(NamedTuple):
    """One simulated comparison."""

    difference: Difference
    margin: float

    @property
    def is_claimed(self) -> bool:
        """Say whether it is told as an effect."""
        return self.difference.leaves_out_zero() and abs(self.difference.change) > self.margin


def simulate(world: World, shape: Shape, effect: float, chance: np.random.Generator) -> Asked:
    """Make up one comparison with a known effect, and ask about it."""
    pair = _paired(world, shape, effect, chance)
    raw = chance.normal(0, world.raw, shape.seeds)
    found = differences([pair], Drawing(shape.draws, int(chance.integers(2**31))))
    return Asked(found[0], MARGIN * (spread(list(raw)) or 0.0))


def claimed(world: World, shape: Shape, effect: float, times: int) -> tuple[float, float]:
    """Return how often zero is left out, and how often an effect is claimed."""
    chance = np.random.default_rng((shape.seeds, len(world.name), round(1e3 * abs(effect))))
    asked = [simulate(world, shape, effect, chance) for _ in range(times)]
    left_out = sum(one.difference.leaves_out_zero() for one in asked)
    return left_out / times, sum(one.is_claimed for one in asked) / times


def any_of_many(world: World, shape: Shape, filters: int, times: int) -> tuple[float, float]:
    """Return how often any of many idle filters leaves out zero, and so after Holm."""
    chance = np.random.default_rng((shape.seeds, filters))
    found = np.zeros(2)
    for _ in range(times):
        shared = _paired(world, shape, 0.0, chance).gaps
        pairs = [_paired(world, shape, 0.0, chance) for _ in range(filters)]
        lengths = pairs[0].tokens
        asked = [
            Paired((pair.gaps / pair.tokens * lengths + shared) / 2**0.5, lengths) for pair in pairs
        ]
        values = [one.p or 0.0 for one in differences(asked, Drawing(shape.draws))]
        found += [min(values) < LEVEL, min(one or 0.0 for one in holm(values)) < LEVEL]
    return float(found[0] / times), float(found[1] / times)


def naive(world: World, shape: Shape, times: int) -> float:
    """Return how often plain percentiles of drawn seeds and examples leave out zero."""
    chance, missed = np.random.default_rng(shape.seeds), 0
    for _ in range(times):
        pair = _paired(world, shape, 0.0, chance)
        seeds = chance.integers(shape.seeds, size=(shape.draws, shape.seeds))
        counts = chance.multinomial(
            shape.examples, np.full(shape.examples, 1 / shape.examples), size=shape.draws
        )
        by_seed = counts @ pair.gaps.T / (counts @ pair.tokens)[:, None]
        means = np.take_along_axis(by_seed, seeds, axis=1).mean(axis=1)
        low, high = np.quantile(means, [LEVEL / 2, 1 - LEVEL / 2])
        missed += low * high > 0
    return missed / times


def _paired(world: World, shape: Shape, effect: float, chance: np.random.Generator) -> Paired:
    lengths = np.maximum(1, chance.lognormal(2.5, 0.6, shape.examples)).astype(np.int64)
    gaps = (
        effect
        + chance.normal(0, world.seeds, (shape.seeds, 1))
        + world.examples * _heavy(chance, (1, shape.examples))
        + world.both * _heavy(chance, (shape.seeds, shape.examples))
    )
    return Paired(gaps * lengths, lengths)


def _heavy(chance: np.random.Generator, size: tuple[int, int]) -> NDArray[np.float64]:
    """Draw numbers of mean 0 and variance 1 with heavy tails."""
    return chance.standard_t(4, size) / 2**0.5


def main() -> None:
    """Print the rates of every world."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    print("| world | seeds | percentiles miss | interval misses | false claims |", end="")
    print(" found: 0.02 | 0.05 | 0.10 |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for world in WORLDS:
        for seeds in (2, 3, 5):
            shape = Shape(seeds)
            plain = naive(world, shape, times)
            missed, false = claimed(world, shape, 0.0, times)
            power = [claimed(world, shape, -size, times)[1] for size in (0.02, 0.05, 0.10)]
            rates = [plain, missed, false, *power]
            print(
                f"| {world.name} | {seeds} | " + " | ".join(f"{one:.1%}" for one in rates) + " |",
                flush=True,
            )
    for seeds in (3, 5):
        plain, adjusted = any_of_many(WORLDS[3], Shape(seeds), 12, times // 4)
        print(
            f"any of 12 idle filters, {seeds} seeds: {plain:.1%} alone, {adjusted:.1%} after Holm"
        )


if __name__ == "__main__":
    main()
