"""A run stops where it should, goes on where it stopped, and ends with its best weights."""

import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from curator.errors import CuratorError, RunError
from tests.training_runs import (
    HELD_OUT,
    PLAIN,
    Signal,
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


@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine"])
def test_every_schedule_rises_first(schedule: Any) -> None:
    settings = replace(PLAIN, schedule=schedule, warmup=0.5, epochs=4.0)
    rates = [line["learning_rate"] for line in run(settings=settings).history]
    middle = len(rates) // 2
    assert rates[: middle + 1] == sorted(rates[: middle + 1])
    assert rates[1] < rates[middle] == pytest.approx(settings.learning_rate)
    assert (rates[-1] == rates[middle]) == (schedule == "constant")


def test_patience_ends_the_run_and_the_best_weights_come_back(tmp_path: Path) -> None:
    settings = replace(PLAIN, learning_rate=0.2, schedule="constant", patience=3, eval_every=1)
    trained = run(tmp_path, settings, planned=cut(2, 2, steps=40))
    looks = [step["eval_loss"] for step in trained.history]
    best = int(np.argmin(looks))
    assert trained.best_step == best + 1
    assert trained.steps == len(looks) == best + 1 + 3
    again = run(settings=PLAIN, model=trained.model, planned=cut(2, 2, steps=1))
    assert again.steps == 1
    kept = {path.name for path in tmp_path.glob("checkpoint-*")}
    assert kept == {f"checkpoint-{best + 1}", f"checkpoint-{trained.steps}"}


def test_the_weights_that_come_back_have_the_lowest_held_out_loss(tmp_path: Path) -> None:
    settings = replace(PLAIN, learning_rate=0.2, schedule="constant", patience=1, eval_every=1)
    settings = replace(settings, save_every=100)
    model = small_model(dtype=torch.float64)
    trained = run(tmp_path, settings, model=model, planned=cut(2, 2, steps=40))
    with torch.no_grad():
        total = sum(float(summed(model, one)) for one in HELD_OUT)
    count = sum(int(one.supervised.sum()) for one in HELD_OUT)
    lowest = min(step["eval_loss"] for step in trained.history)
    assert total / count == pytest.approx(lowest, rel=1e-12)
    assert trained.history[-1]["eval_loss"] > lowest


def test_a_finished_run_is_not_continued(tmp_path: Path) -> None:
    settings = replace(PLAIN, learning_rate=0.2, schedule="constant", patience=2, eval_every=1)
    once = run(tmp_path, settings, planned=cut(2, 2, steps=40))
    again = run(tmp_path, settings, planned=cut(2, 2, steps=40), resume=True)
    assert (again.steps, again.best_step) == (once.steps, once.best_step)
    assert again.history == once.history
    assert largest_difference(weights(once.model), weights(again.model)) == 0.0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_after_the_step_to_be_resumed(tmp_path: Path, number: int) -> None:
    handlers = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "cut", PLAIN, Signal(3, number), held_out=[])
    assert signal.getsignal(number) is handlers
    assert [path.name for path in (tmp_path / "cut").glob("checkpoint-*")] == ["checkpoint-4"]
    whole = run(tmp_path / "whole", PLAIN, held_out=[])
    resumed = run(tmp_path / "cut", PLAIN, held_out=[], resume=True)
    assert [step["loss"] for step in resumed.history] == [step["loss"] for step in whole.history]
    assert largest_difference(weights(resumed.model), weights(whole.model)) == 0.0


@pytest.mark.parametrize("before", [5, 11])
def test_a_look_is_taken_though_the_run_is_stopped_there(tmp_path: Path, before: int) -> None:
    settings = replace(PLAIN, eval_every=3, learning_rate=0.05, schedule="constant")
    plan = cut(2, 2, steps=12)
    whole = run(tmp_path / "whole", settings, planned=plan)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "cut", settings, Signal(before, signal.SIGINT), planned=plan)
    resumed = run(tmp_path / "cut", settings, planned=plan, resume=True)
    looks = [[step["eval_loss"] for step in one.history] for one in (whole, resumed)]
    assert looks[0] == looks[1]
    assert resumed.best_step == whole.best_step
    assert largest_difference(weights(resumed.model), weights(whole.model)) == 0.0


def test_a_run_that_ran_out_of_patience_where_it_was_stopped_is_over(tmp_path: Path) -> None:
    settings = replace(PLAIN, learning_rate=0.2, schedule="constant", patience=1, eval_every=1)
    plan = cut(2, 2, steps=40)
    whole = run(tmp_path / "whole", settings, planned=plan)
    signalled = Signal(whole.steps - 1, signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "cut", settings, signalled, planned=plan)
    resumed = run(tmp_path / "cut", settings, planned=plan, resume=True)
    assert (resumed.steps, resumed.best_step) == (whole.steps, whole.best_step)


def test_as_many_processes_go_on_as_began(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, PLAIN, Signal(3, signal.SIGINT), held_out=[])
    (seal,) = tmp_path.glob("checkpoint-*/whole.json")
    seal.write_text(seal.read_text().replace('"processes": 1', '"processes": 2'))
    with pytest.raises(RunError, match="written by 2 processes, and now there are 1"):
        run(tmp_path, PLAIN, held_out=[], resume=True)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_loss_that_is_no_number_ends_the_run_with_advice() -> None:
    wild = replace(PLAIN, learning_rate=1e30, max_grad_norm=1e30, warmup=0.0, schedule="constant")
    with pytest.raises(CuratorError, match="Lower `learning_rate`"):
        run(settings=wild, held_out=[])


def test_without_a_folder_ctrl_c_acts_at_once() -> None:
    with pytest.raises(KeyboardInterrupt):
        run(None, PLAIN, Signal(3, signal.SIGINT))
