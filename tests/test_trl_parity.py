"""TRL as the oracle: the same rows give the same losses, step by step, and the same weights.

Nothing is fetched, and TRL is told not to tell anybody of its use.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("trl", reason="TRL is the oracle here: install trl==1.16")

import torch

from curator.training.conversation import Conversation, Example
from curator.training.model import load_tokenizer
from curator.training.prepare import prepare
from curator.training.render import Renderer
from curator.training.settings import Training
from curator.training.tiny import make_tiny
from curator.training.train import Trained
from tests.training_settings import training
from tests.trl_oracle import apart, cut_of, rows_in_order, trained_by_trl, trained_here

WIDTH, STEPS, ACCUMULATION = 96, 56, 2
BAR = 1e-5
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "CI"):
        monkeypatch.setenv(name, "1")


def conversations(count: int) -> list[Conversation]:
    """Make conversations of one to three questions; most have a system turn."""
    chance = np.random.default_rng(0)
    made = []
    for number in range(count):
        messages: list[Any] = [{"role": "system", "content": "Be brief."}] if number % 5 else []
        for _ in range(int(chance.integers(1, 4))):
            said = chance.choice(NUMBERS, int(chance.integers(1, 6))).tolist()
            messages.append({"role": "user", "content": f"Turn round: {' '.join(said)}"})
            messages.append({"role": "assistant", "content": " ".join(said[::-1])})
        made.append(Conversation(str(number), messages))
    return made


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    texts = (turn["content"] for one in conversations(40) for turn in one.messages)
    return make_tiny(tmp_path_factory.mktemp("base"), texts, width=32)


@pytest.fixture(scope="module")
def examples(base: Path) -> list[Example]:
    renderer = Renderer(load_tokenizer(base))
    return prepare(conversations(240), renderer, max_tokens=WIDTH, over_long="skip").examples


def settings_of(method: str, **said: Any) -> Training:
    # Adapters at a higher rate learn no faster here, and make rounding errors grow.
    rate = 3e-3 if method == "full" else 1e-3
    told = {"compile": "off", "learning_rate": rate, "max_steps": STEPS, "weight_decay": 0.01}
    return training(method=method, max_tokens=WIDTH, batch_tokens=2 * WIDTH, **told, **said)


def check(ours: Trained, theirs: Any) -> None:
    """Hold every step's loss, gradient norm and learning rate, and all weights, beside TRL's."""
    assert ours.steps == theirs.state.global_step == STEPS
    assert ours.history[-1]["loss"] < ours.history[0]["loss"] - 0.2
    found = apart(ours, theirs)
    assert found == {name: pytest.approx(0, abs=BAR) for name in found}


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")
@pytest.mark.parametrize("method", ["full", "lora"])
def test_packed_rows_give_the_losses_of_trl(
    base: Path, examples: list[Example], tmp_path: Path, method: str
) -> None:
    settings = settings_of(method)
    cut = cut_of(base, settings, rows=1, accumulation=ACCUMULATION)
    rows = rows_in_order(examples, settings, cut)
    assert max(len(row["seq_lengths"]) for row in rows) > 1
    theirs = trained_by_trl(base, rows, settings, cut, tmp_path)
    check(trained_here(base, examples, settings, cut), theirs)


def test_single_records_give_the_losses_of_padded_batches_of_trl(
    base: Path, examples: list[Example], tmp_path: Path
) -> None:
    settings = settings_of("full", packing=False)
    cut = cut_of(base, settings, rows=3, accumulation=ACCUMULATION)
    # Ours ends an epoch with a short step, TRL does not: let there be none.
    examples = examples[: len(examples) // 6 * 6]
    rows = rows_in_order(examples, settings, cut)
    theirs = trained_by_trl(base, rows, settings, cut, tmp_path)
    check(trained_here(base, examples, settings, cut), theirs)
