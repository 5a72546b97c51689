"""The loop learns every token once an epoch, exactly, however a step is cut into passes."""

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import get_cosine_schedule_with_warmup

from curator.errors import CuratorError
from curator.training.rows import Rows
from curator.training.schedule import Schedule
from curator.training.train import train
from tests.tiny_models import random_examples
from tests.training_runs import (
    HELD_OUT,
    PLAIN,
    TRAINING,
    Tokenizer,
    cut,
    largest_difference,
    run,
    small_model,
    summed,
    weights,
)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


# --- which rows a step learns from


@given(st.integers(1, 40), st.integers(1, 12), st.integers(0, 3))
def test_every_epoch_sees_every_row_once(rows: int, per_step: int, epoch: int) -> None:
    schedule = Schedule(rows, per_step, steps=1000, seed=7)
    first = epoch * schedule.steps_an_epoch
    seen = [row for step in range(first, first + schedule.steps_an_epoch) for row in schedule[step]]
    assert sorted(seen) == list(range(rows))


def test_another_seed_is_another_order() -> None:
    orders = {tuple(Schedule(50, 50, 1, seed)[0]) for seed in (0, 1)}
    assert len(orders) == 2


@given(st.integers(0, 20), st.integers(1, 4), st.integers(1, 4))
def test_processes_share_a_step_without_gap_or_repetition(
    count: int, each: int, processes: int
) -> None:
    rows = Rows(TRAINING, 32, padding=0, packing=False)
    places = list(range(len(rows)))[:count]
    dealt = [
        rows.passes(places, each, process=process, processes=processes, even=False)
        for process in range(processes)
    ]
    empty = len(rows)
    found = Counter(row for passes in dealt for one in passes for row in one if row != empty)
    assert found == Counter(places)
    assert len({len(passes) for passes in dealt}) == 1
    assert all(1 <= len(one) <= each for passes in dealt for one in passes)


# --- the loss


@pytest.mark.parametrize("plan", [cut(2, 4, steps=6), cut(8, 1, steps=6)], ids=["4x2", "1x8"])
def test_a_step_is_the_same_however_it_is_cut(plan: Any) -> None:
    whole, parts = small_model(dtype=torch.float64), small_model(dtype=torch.float64)
    base = run(model=whole, planned=cut(1, 8, steps=6)).history
    other = run(model=parts, planned=plan).history
    assert largest_difference(weights(whole), weights(parts)) < 1e-12
    for name in ("loss", "eval_loss", "gradient_norm"):
        # The Trainer sums the losses of a log in float32.
        assert [step[name] for step in other] == pytest.approx([s[name] for s in base], rel=1.2e-7)


def test_the_loop_learns_what_a_bare_loop_learns() -> None:
    """Documents alone, one by one, in float64: no packing, no Trainer, no chunks."""
    ours, theirs = small_model(dtype=torch.float64), small_model(dtype=torch.float64)
    settings = replace(PLAIN, weight_decay=0.1, max_grad_norm=0.5)
    history = run(settings=settings, model=ours, planned=cut(2, 2, steps=5)).history
    rows = Rows(TRAINING, 32, padding=0, packing=True)
    schedule = Schedule(len(rows), 4, 5, settings.seed)
    matrices = [weight for weight in theirs.parameters() if weight.dim() > 1]
    vectors = [weight for weight in theirs.parameters() if weight.dim() == 1]
    groups = [{"params": matrices}, {"params": vectors, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=1e-3, weight_decay=0.1)
    rate = get_cosine_schedule_with_warmup(optimizer, 1, 5)
    losses = []
    for step in range(5):
        learnt = [TRAINING[i] for row in schedule[step] for i in rows.records_of(row)]
        count = sum(int(one.supervised.sum()) for one in learnt)
        loss = sum(summed(theirs, one) for one in learnt) / count
        loss.backward()
        torch.nn.utils.clip_grad_norm_(theirs.parameters(), 0.5)
        optimizer.step()
        rate.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    assert [step["loss"] for step in history] == pytest.approx(losses, rel=2e-7)
    assert largest_difference(weights(ours), weights(theirs)) < 1e-12


def test_the_held_out_loss_counts_every_token_once() -> None:
    model = small_model(dtype=torch.float64)
    history = run(model=model, planned=cut(2, 2, steps=2)).history
    with torch.no_grad():
        total = sum(float(summed(model, one)) for one in HELD_OUT)
    count = sum(int(one.supervised.sum()) for one in HELD_OUT)
    assert history[-1]["eval_loss"] == pytest.approx(total / count, rel=1e-12)


def test_a_held_out_record_may_be_longer_than_all_that_are_trained_on() -> None:
    model = small_model(dtype=torch.float64)
    held_out = random_examples(50, 9)
    history = run(model=model, held_out=held_out, planned=cut(2, 2, steps=1)).history
    with torch.no_grad():
        total = sum(float(summed(model, one)) for one in held_out)
    count = sum(int(one.supervised.sum()) for one in held_out)
    assert history[-1]["eval_loss"] == pytest.approx(total / count, rel=1e-12)


def test_without_records_there_is_nothing_to_train_on() -> None:
    with pytest.raises(CuratorError, match="no record is left"):
        run(training=[])


def test_a_plan_is_made_where_none_is_given_and_epochs_are_counted() -> None:
    settings = replace(PLAIN, epochs=1.5, batch_tokens=64, max_tokens=32, packing=False)
    history = train(small_model(), Tokenizer(), TRAINING, [], settings, None).history
    per_epoch = [step["epoch"] for step in history].index(1.0) + 1
    assert sum(step["tokens"] for step in history[:per_epoch]) == sum(map(len, TRAINING))
    assert len(history) == -(-3 * per_epoch // 2)


def test_steps_without_anything_to_learn_change_nothing() -> None:
    silent = [replace(one, supervised=np.zeros_like(one.supervised)) for one in TRAINING]
    model = small_model()
    before = weights(model)
    settings = replace(PLAIN, weight_decay=0.0)
    history = run(model=model, settings=settings, training=silent, held_out=[]).history
    assert [step["loss"] for step in history] == [0.0] * 10
    assert largest_difference(before, weights(model)) == 0.0
