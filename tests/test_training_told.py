"""A run tells every step, and leaves nothing behind that nobody asked for."""

import json
import signal
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from curator.training import train as train_module
from curator.training.conversation import Conversation
from curator.training.flops import training_flops
from curator.training.machine import Machine
from curator.training.progress import Progress
from curator.training.shape import ModelShape
from curator.training.tiny import make_tiny
from curator.training.train import train
from curator.training.watch import Watch
from tests.tiny_models import random_examples
from tests.training_runs import (
    PLAIN,
    TRAINING,
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
