"""The loop learns every token once an epoch, exactly, however a step is cut into passes."""

import json
import signal
import socket
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import TrainerCallback, get_cosine_schedule_with_warmup

from curator.errors import CuratorError, RunError
from curator.training import train as train_module
from curator.training.conversation import Conversation
from curator.training.flops import training_flops
from curator.training.machine import Machine
from curator.training.progress import Progress
from curator.training.rows import Rows
from curator.training.schedule import Schedule
from curator.training.shape import ModelShape
from curator.training.tiny import make_tiny
from curator.training.train import train
from curator.training.watch import Watch
from tests.tiny_models import random_examples
from tests.training_runs import (
    HELD_OUT,
    PLAIN,
    TRAINING,
    Signal,
    Tokenizer,
    cut,
    largest_difference,
    run,
    small_model,
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
        loss = sum(_summed(theirs, one) for one in learnt) / count
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
        total = sum(float(_summed(model, one)) for one in HELD_OUT)
    count = sum(int(one.supervised.sum()) for one in HELD_OUT)
    assert history[-1]["eval_loss"] == pytest.approx(total / count, rel=1e-12)


def test_a_held_out_record_may_be_longer_than_all_that_are_trained_on() -> None:
    model = small_model(dtype=torch.float64)
    held_out = random_examples(50, 9)
    history = run(model=model, held_out=held_out, planned=cut(2, 2, steps=1)).history
    with torch.no_grad():
        total = sum(float(_summed(model, one)) for one in held_out)
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


def _summed(model: Any, example: Any) -> Any:
    tokens = torch.from_numpy(example.tokens).long()
    logits = model(input_ids=tokens[None]).logits[0, :-1]
    learnt = torch.from_numpy(example.supervised[1:])
    return torch.nn.functional.cross_entropy(logits[learnt], tokens[1:][learnt], reduction="sum")


def test_steps_without_anything_to_learn_change_nothing() -> None:
    silent = [replace(one, supervised=np.zeros_like(one.supervised)) for one in TRAINING]
    model = small_model()
    before = weights(model)
    settings = replace(PLAIN, weight_decay=0.0)
    history = run(model=model, settings=settings, training=silent, held_out=[]).history
    assert [step["loss"] for step in history] == [0.0] * 10
    assert largest_difference(before, weights(model)) == 0.0


# --- stopping


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
        total = sum(float(_summed(model, one)) for one in HELD_OUT)
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


# --- memory


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


# --- what is told


def test_metrics_are_one_line_a_step(tmp_path: Path) -> None:
    told: list[Progress] = []
    watch = Watch(told.append)
    trained = run(tmp_path, replace(PLAIN, eval_every=4), watch=watch, planned=cut(2, 2, steps=9))
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert lines == trained.history
    assert [line["step"] for line in lines] == [one.step for one in told] == list(range(1, 10))
    assert [line["step"] for line in lines if line["eval_loss"] is not None] == [4, 8, 9]
    epoch = lines[:4]
    assert sum(line["tokens"] for line in epoch) == sum(map(len, TRAINING))
    assert sum(s["supervised_tokens"] for s in epoch) == sum(
        int(e.supervised.sum()) for e in TRAINING
    )
    assert lines[3]["epoch"] == 1.0
    assert all(line["tokens_per_second"] == line["tokens"] / line["seconds"] for line in lines)
    assert all(line["mfu"] is None and line["peak_memory"] > 2**20 for line in lines)
    assert told[-1].seconds_left == 0.0
    assert [one.elapsed for one in told] == sorted(one.elapsed for one in told)


def test_mfu_is_what_the_model_needs_as_a_share_of_what_gpus_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gpu = Machine("cuda", "H200", memory=2**40, free=2**40, peak=1e12)
    monkeypatch.setattr(train_module, "machine", lambda: gpu)
    model = small_model()
    steps = run(model=model, planned=cut(2, 2, steps=4)).history
    done = sum(line["mfu"] * line["seconds"] * 1e12 for line in steps)
    needed = training_flops(ModelShape.of(model.config), PLAIN, [len(one) for one in TRAINING])
    assert done == pytest.approx(needed)


def test_prompts_are_answered_at_every_look(tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    from curator.training.model import load_tokenizer
    from curator.training.render import Renderer

    base = make_tiny(tmp_path / "base", ["say hello", "hello there"], width=32, layers=1)
    tokenizer = load_tokenizer(base)
    turns = [{"role": "user", "content": "say"}, {"role": "assistant", "content": "hello"}]
    examples = [Renderer(tokenizer).render(Conversation(str(i), turns)) for i in range(4)]
    model = AutoModelForCausalLM.from_pretrained(base)
    watch = Watch(prompts=[Conversation("q", turns[:1])], answer_tokens=5)
    settings = replace(PLAIN, eval_every=2)
    train(
        model,
        tokenizer,
        examples,
        examples[:1],
        settings,
        tmp_path,
        planned=cut(1, 1, steps=4),
        watch=watch,
    )
    lines = [json.loads(line) for line in (tmp_path / "answers.jsonl").read_text().splitlines()]
    assert [(line["step"], line["id"]) for line in lines] == [(2, "q"), (4, "q")]
    assert all(line["tokens"] <= 5 and isinstance(line["answer"], str) for line in lines)


def test_tensorboard_draws_the_steps(tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    run(tmp_path, PLAIN, watch=Watch(tensorboard=True), planned=cut(2, 2, steps=3), held_out=[])
    found = accumulator.EventAccumulator(str(tmp_path / "tensorboard"))
    found.Reload()
    assert [event.step for event in found.Scalars("loss")] == [1, 2, 3]


# --- what is left behind


def test_nothing_is_printed_written_or_switched(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    model = small_model()
    settings = replace(PLAIN, deterministic=True)
    first = run(model=model, settings=settings).history
    second = run(settings=settings).history
    assert [step["loss"] for step in first] == [step["loss"] for step in second]
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []
    assert model.config.use_cache is True
    assert not torch.are_deterministic_algorithms_enabled()


def test_nothing_is_looked_up_on_a_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("the network was touched")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    run(tmp_path, PLAIN, planned=cut(2, 2, steps=2)).save(tmp_path / "trained")
    assert (tmp_path / "trained" / "model.safetensors").exists()


def test_a_checkpoint_holds_no_pickled_arguments(tmp_path: Path) -> None:
    run(tmp_path, PLAIN, planned=cut(2, 2, steps=2)).save(tmp_path / "trained")
    assert not list(tmp_path.rglob("training_args.bin"))


def test_rounded_weights_learn_by_their_masters_and_resume_exactly(tmp_path: Path) -> None:
    settings = replace(PLAIN, masters=True, save_every=2, precision="bfloat16")
    model = small_model(dtype=torch.bfloat16)
    whole = run(tmp_path / "whole", settings, model=model, planned=cut(2, 2, steps=5))
    half = tmp_path / "cut"
    stop = Signal(2, signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        run(
            half,
            settings,
            stop,
            model=small_model(dtype=torch.bfloat16),
            planned=cut(2, 2, steps=5),
        )
    model = small_model(dtype=torch.bfloat16)
    again = run(half, settings, model=model, planned=cut(2, 2, steps=5), resume=True)
    assert [step["loss"] for step in again.history] == [step["loss"] for step in whole.history]
    assert largest_difference(weights(again.model), weights(whole.model)) == 0.0


def test_a_record_of_one_token_teaches_nothing_and_breaks_nothing() -> None:
    training = random_examples(32, 32, 1, 1)
    history = run(training=training, held_out=[], planned=cut(1, 1, steps=4)).history
    assert all(np.isfinite(step["loss"]) for step in history)
