"""A step whose memory runs out is done in smaller passes, and is the same step."""

import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import TrainerCallback

from curator.errors import CuratorError
from tests.training_runs import (
    PLAIN,
    Signal,
    cut,
    largest_difference,
    run,
    small_model,
    weights,
)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@dataclass
class Smaller(TrainerCallback):
    """An allocator with room for so many tokens a pass, until it is told of checkpointing."""

    room: int
    ever: bool = False
    spared: int = 0
    """How many larger passes find room before."""
    refused: list[int] = field(default_factory=list)

    def on_train_begin(self, args: Any, state: Any, control: Any, model: Any, **_: Any) -> None:
        inner = model.get_base_model() if hasattr(model, "get_base_model") else model
        inner.model.layers[1].register_forward_pre_hook(self._allocate)

    def _allocate(self, layer: Any, inputs: Any) -> None:
        tokens = inputs[0].shape[0] * inputs[0].shape[1]
        if tokens > self.room and (self.ever or not layer.gradient_checkpointing):
            self.spared -= 1
            if self.spared >= 0:
                return
            self.refused.append(tokens)
            raise torch.OutOfMemoryError("no room")


def test_a_step_whose_memory_runs_out_is_done_in_smaller_passes() -> None:
    plenty, scarce = small_model(dtype=torch.float64), small_model(dtype=torch.float64)
    whole = run(model=plenty, planned=cut(4, 1, steps=4), held_out=[]).history
    memory = Smaller(room=40)
    parts = run(None, PLAIN, memory, model=scarce, planned=cut(4, 1, steps=4), held_out=[]).history
    assert memory.refused == [128, 64]
    assert largest_difference(weights(plenty), weights(scarce)) < 1e-12
    told = [(s["micro_tokens"], s["passes"], s["memory_ran_out"]) for s in parts]
    assert told[0] == (32, 4, 2)
    assert [(tokens, often) for tokens, _, often in told[1:]] == [(32, 0)] * 3
    assert [step["loss"] for step in parts] == pytest.approx([s["loss"] for s in whole], rel=2e-7)


def test_what_was_added_up_before_memory_ran_out_is_not_counted_twice() -> None:
    plenty, scarce = small_model(dtype=torch.float64), small_model(dtype=torch.float64)
    run(model=plenty, planned=cut(2, 2, steps=3), held_out=[])
    memory = Smaller(room=40, spared=3)
    run(None, PLAIN, memory, model=scarce, planned=cut(2, 2, steps=3), held_out=[])
    assert memory.refused == [64]
    assert largest_difference(weights(plenty), weights(scarce)) < 1e-12


def test_rows_never_get_shorter_so_activations_are_calculated_again() -> None:
    plenty, scarce = small_model(dtype=torch.float64), small_model(dtype=torch.float64)
    run(model=plenty, planned=cut(2, 1, steps=3), held_out=[])
    memory = Smaller(room=20)
    parts = run(None, PLAIN, memory, model=scarce, planned=cut(2, 1, steps=3), held_out=[]).history
    assert memory.refused == [64, 32]
    assert [step["checkpointing"] for step in parts] == [True] * 3
    assert largest_difference(weights(plenty), weights(scarce)) < 1e-12


def test_a_row_that_does_not_fit_at_all_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(CuratorError, match="max_tokens"):
        run(None, PLAIN, Smaller(room=20, ever=True), held_out=[])


def test_a_run_resumed_after_memory_ran_out_keeps_its_smaller_passes(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, PLAIN, Smaller(room=40), Signal(2, signal.SIGINT), held_out=[])
    memory = Smaller(room=40)
    resumed = run(tmp_path, PLAIN, memory, held_out=[], resume=True)
    assert memory.refused == []
    assert {step["micro_tokens"] for step in resumed.history} == {32}
