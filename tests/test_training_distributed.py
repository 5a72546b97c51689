"""Two processes learn what one does, die and go on; weights may be whole or spread over them."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.training_runs import (
    TRAINING,
    cut,
    in_processes,
    largest_difference,
    run,
    saved_weights,
)
from tests.training_tasks import SAVING

TASKS = {
    "two": [0, 0],
    "two_uneven": [0, 0],
    "two_dropping": [0, 0],
    "two_killed": [-9, -9],
    "two_resumed": [0, 0],
    "two_terminated": [3, 3],
    "two_out_of_memory": [1, 1],
    "two_smaller": [0, 0],
    "sharded": [0, 0],
    "sharded_dropping": [0, 0],
    "sharded_killed": [-9, -9],
    "sharded_resumed": [0, 0],
}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run every task in two processes that exchange gradients over the loopback."""
    folder = tmp_path_factory.mktemp("two")
    codes = in_processes(2, list(TASKS), folder)
    errors = "".join((folder / f"errors-{rank}.txt").read_text() for rank in (0, 1))
    assert codes == TASKS, errors
    return folder


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the same in this process."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("one")
    run(folder / "even", SAVING, planned=cut(2, 2))
    run(folder / "uneven", SAVING, training=TRAINING[:7], planned=cut(2, 2, steps=4))
    return folder


@pytest.mark.parametrize(
    ("several", "alone"), [("two", "even"), ("two_uneven", "uneven"), ("sharded", "even")]
)
def test_two_processes_learn_what_one_does(two: Path, one: Path, several: str, alone: str) -> None:
    found, wanted = _log(two / several), _log(one / alone)
    for name in ("loss", "gradient_norm"):
        assert [s[name] for s in found] == pytest.approx([s[name] for s in wanted], rel=1e-6)
    looks = [step["eval_loss"] for step in wanted]
    assert [s["eval_loss"] is None for s in found] == [look is None for look in looks]
    assert [s["eval_loss"] for s in found if s["eval_loss"]] == pytest.approx(
        [look for look in looks if look], rel=1e-6
    )
    for name in ("tokens", "supervised_tokens", "epoch", "learning_rate"):
        assert [step[name] for step in found] == [step[name] for step in wanted]
    (last,) = {path.name for path in (one / alone).glob("checkpoint-*")} - {"checkpoint-3"}
    ours, theirs = saved_weights(one / alone / last), saved_weights(two / several / last)
    assert largest_difference(ours, {name: theirs[name] for name in ours}) < 1e-6


def test_the_uneven_run_had_a_step_with_rows_for_one_process_only(one: Path) -> None:
    rows = {step["tokens"] <= 32 for step in _log(one / "uneven")}
    assert rows == {True, False}


@pytest.mark.parametrize("kind", ["two", "sharded"])
def test_two_killed_processes_go_on_to_the_same_bits(two: Path, kind: str) -> None:
    names = ("step", "loss", "eval_loss", "gradient_norm")
    resumed, whole = two / f"{kind}_killed", two / f"{kind}_dropping"
    assert [[step[name] for name in names] for step in _log(resumed)] == [
        [step[name] for name in names] for step in _log(whole)
    ]
    files = {"adapter_model.safetensors", "rng_state_0.pth", "rng_state_1.pth", "scheduler.pt"}
    files |= {"optimizer.pt"} if kind == "two" else set()
    for name in files:
        left, right = (folder / "checkpoint-10" / name for folder in (resumed, whole))
        assert left.read_bytes() == right.read_bytes(), name


def test_processes_leave_out_inputs_of_their_own(two: Path) -> None:
    folder = two / "two_dropping" / "checkpoint-10"
    chances = [
        torch.load(folder / f"rng_state_{rank}.pth", weights_only=False)["cpu"] for rank in (0, 1)
    ]
    assert not torch.equal(*chances)


def test_spread_weights_come_together_in_the_result(two: Path) -> None:
    best = saved_weights(two / "sharded" / "checkpoint-3")
    assert largest_difference(best, saved_weights(two / "sharded" / "trained")) == 0.0


def test_processes_stop_after_the_same_step(two: Path) -> None:
    assert len(_log(two / "two_terminated")) == 5
    assert (two / "two_terminated" / "checkpoint-5" / "whole.json").exists()


def test_a_process_out_of_memory_leaves_word_of_smaller_passes(two: Path, one: Path) -> None:
    steps = _log(two / "two_out_of_memory")
    assert [step["micro_tokens"] for step in steps] == [64] * 3 + [32] * 7
    assert [s["loss"] for s in steps] == pytest.approx([s["loss"] for s in _log(one / "even")])
    assert "start again with resume" in (two / "errors-0.txt").read_text()


def _log(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]
