"""Ablations made up for tests: losses as trainings give them, with effects that are known."""

from collections.abc import Mapping, Sequence

import numpy as np

from curator.ablate.trial import (
    CURATED,
    DROPPED,
    LONGEST,
    RANDOM,
    RAW,
    Ablation,
    ArmFacts,
    Planned,
    SetFacts,
    Trial,
    without,
)
from curator.training.nll import Losses

SETS = {"clean": 300, "raw": 300, "other": 120}
_BASE = {"clean": 0.5, "raw": 0.9, "other": 1.4}


def ablation(
    effects: Mapping[str, float],
    *,
    seeds: Sequence[int] = (1, 2, 3, 4, 5),
    filters: Mapping[str, float] | None = None,
    examples: int | None = None,
    on_raw: float = 0.0,
    on_other: float = 0.0,
) -> Ablation:
    """Make up an ablation: the effect of each arm on the clean loss, in nats a token.

    `filters` has, by filter, how much higher the loss of CURATED is without it; `on_raw` and
    `on_other` are by how much CURATED lies above RAW on those sets.
    """
    kinds = {
        **effects,
        **{without(f): effects[CURATED] + more for f, more in (filters or {}).items()},
    }
    trials = [
        _trial(
            (arm, seed),
            {
                "clean": effect,
                "raw": on_raw * (arm == CURATED),
                "other": on_other * (arm == CURATED),
            },
            examples,
        )
        for arm, effect in kinds.items()
        for seed in seeds
    ]
    return Ablation(
        "recipe.yaml",
        "tiny",
        338_000,
        Planned(tuple(kinds), tuple(seeds), 200_000, 256, 780, 1e-3, "linear to zero", 6090),
        tuple(trials),
        tuple(
            SetFacts(name, examples or size, 20 * size, "the hash of the prompt")
            for name, size in SETS.items()
        ),
        tuple(_facts(arm) for arm in kinds),
    )


def _trial(which: tuple[str, int], effects: Mapping[str, float], examples: int | None) -> Trial:
    arm, seed = which
    losses = {
        name: _losses(which, (name, examples or size), effects[name]) for name, size in SETS.items()
    }
    rows, epochs = (12_000, 0.9) if arm == RAW else (6_090, 1.8)
    rates = {"exact": 0.98, "empty": 0.0, "endless": 0.01, "looping": 0.0}
    return Trial(arm, seed, rows, rows * 18, epochs, 780, 31.5, losses, rates)


def _losses(which: tuple[str, int], held_out: tuple[str, int], effect: float) -> Losses:
    (arm, seed), (name, size) = which, held_out
    lengths = np.random.default_rng(size).integers(3, 40, size)
    base = np.random.default_rng((size, len(name))).gamma(2.0, _BASE[name] / 2, size)
    own = np.random.default_rng((seed, sum(arm.encode()), size))
    by_seed = np.random.default_rng((seed, size)).normal(0, 0.008)
    noise = own.normal(0, 0.004) + own.normal(0, 0.05, size)
    return Losses((base + effect + by_seed + noise) * lengths, lengths.astype(np.int64))


def _facts(arm: str) -> ArmFacts:
    says = {
        RAW: "every record, as it came",
        RANDOM: "as many records, taken at random",
        LONGEST: "as many records, those with the longest answers",
        CURATED: "the records that the recipe keeps",
        DROPPED: "the records that the recipe drops",
    }
    left_out = arm.removeprefix(without("")) if arm.startswith(without("")) else None
    rows = 12_000 if arm == RAW else 6_090
    said = says.get(arm, f"the records that the recipe keeps without `{left_out}`")
    alone = None if left_out is None else 120
    return ArmFacts(arm, said, rows, rows * 18, 18.0, 16.0, left_out, alone)
