"""Measure the evaluation itself: how often its claims are wrong, how often right, and its speed.

    python benchmarks/evaluate.py [--rounds 400] [--run RUN --model MODEL --before MODEL]

Simulated are models that do not differ, and models that do: losses of 200 and of 25 records with
tokens of Alpaca's spread, 64 and 176 prompts with faults at several rates, and 100 judged pairs
whose judge likes length, one of two places, or one of the models. Printed are the shares of rounds
in which something is claimed: of no difference it should be near 5% and no more. With a run and two
models both are evaluated, once quickly and once in full, and timed.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl

from curator.run import Run
from curator.tune.evaluate import Wanted, evaluate, exam_of
from curator.tune.evaluate.intervals import mcnemar, paired_share
from curator.tune.evaluate.length_control import controlled_wins, wins
from curator.tune.evaluate.losses import LOSSES, loss_changes

_LEVEL = 0.05
Chance = np.random.Generator


def main() -> None:
    """Simulate, then time, and print one line a fact."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=400)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--model")
    parser.add_argument("--before")
    told = parser.parse_args()
    simulate(told.rounds)
    if told.run and told.model:
        for quick in (True, False):
            time_one(Wanted(told.model, told.before, Run.open(told.run), quick=quick))


def simulate(rounds: int) -> None:
    """Print how often a difference is claimed where there is none, and where there is one."""
    for size, change in product((25, 200), (0.0, 0.02, 0.05)):
        what = f"loss, {size} records, {change:.2f} nats a token"
        show(what, rounds, partial(is_loss_claimed, size=size, change=change))
    for size, shares in product((64, 176), ((0.1, 0.1), (0.5, 0.5), (0.1, 0.25), (0.5, 0.65))):
        what = f"shares, {size} prompts, {shares[0]:.2f} to {shares[1]:.2f}"
        show(what, rounds, partial(is_claimed, size=size, shares=shares))
    for (what, likes), controlled in product(_JUDGES.items(), (False, True)):
        named = f"judge that likes {what}, {'at equal length' if controlled else 'plain'}"
        show(named, rounds, partial(is_won, likes=likes, controlled=controlled))


def show(what: str, rounds: int, claimed: Callable[[Chance], bool]) -> None:
    """Print the share of rounds in which a difference is claimed."""
    share = sum(claimed(np.random.default_rng(one)) for one in range(rounds)) / rounds
    print(f"{what}: claimed in {share:.1%} of {rounds}")


def is_loss_claimed(chance: Chance, size: int, change: float) -> bool:
    """Say whether two models are told apart whose losses differ by so much, and by record."""
    tokens = np.clip(chance.lognormal(4, 0.9, size), 2, 800).astype(np.int64)
    before = tokens * chance.normal(1.6, 0.4, size)
    after = before - tokens * (change + chance.normal(0, 0.15, size))
    frames = [
        pl.DataFrame(
            {"id": list(map(str, range(size))), "group": "", "nll": nll, "tokens": tokens},
            schema=LOSSES,
        )
        for nll in (before, after)
    ]
    found = loss_changes(frames[0], frames[1], 0)
    return found is not None and bool(found["certain"][0])


def is_claimed(chance: Chance, size: int, shares: tuple[float, float]) -> bool:
    """Say whether two models are told apart of which half the answers go the same way."""
    shared = chance.random(size)
    was, now = (
        np.where(chance.random(size) < 0.5, shared, chance.random(size)) < share  # noqa: PLR2004 (half)
        for share in shares
    )
    gained, lost = int((now & ~was).sum()), int((was & ~now).sum())
    return paired_share(gained, lost, size).leaves_out(0) and mcnemar(gained, lost) < _LEVEL


def is_won(chance: Chance, likes: tuple[float, float], *, controlled: bool) -> bool:
    """Say whether a win is claimed; a judge likes length, in a hundred signs, and the model."""
    lengths = chance.normal(80, 150, 100)
    surely = 1 / (1 + np.exp(-(likes[0] * lengths / 100 + likes[1])))
    preferred = (chance.random(100) < surely).astype(float)
    found = controlled_wins(preferred, lengths, 0) if controlled else wins(preferred, 0)
    return found is not None and found.ends.leaves_out(0.5)


_JUDGES = {
    "nothing": (0.0, 0.0),
    "length": (1.0, 0.0),
    "length alone": (8.0, 0.0),
    "the model": (0.0, 0.8),
    "both": (1.0, 0.8),
}


def time_one(wanted: Wanted) -> None:
    """Evaluate once, and print how long it took."""
    start = time.perf_counter()
    exam = exam_of(wanted)
    evaluate(wanted, exam, lambda _: None)
    records = len(exam.held_out.conversations) if exam.held_out else 0
    models = 1 if wanted.before is None else 2
    print(
        f"{'quick' if wanted.quick else 'in full'}: {models} models, {len(exam.prompts)} prompts, "
        f"{records} held-out records, {exam.most_tokens} tokens an answer: "
        f"{time.perf_counter() - start:.1f} s"
    )


if __name__ == "__main__":
    main()
