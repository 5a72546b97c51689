"""TRL as the oracle: the same rows give the same losses, step by step, and the same weights.

Nothing is fetched, and TRL is told not to tell anybody of its use.
"""

import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("trl", reason="TRL is the oracle here: install trl==1.16")

import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoConfig, AutoModelForCausalLM, set_seed
from trl import SFTConfig, SFTTrainer

from curator.training.conversation import Conversation, Example
from curator.training.machine import machine
from curator.training.model import load_model, load_tokenizer
from curator.training.plan import Plan, plan
from curator.training.prepare import prepare
from curator.training.render import Renderer
from curator.training.settings import Training
from curator.training.shape import ModelShape
from curator.training.tiny import make_tiny
from curator.training.train import Trained, train
from curator.training.work import lay_out
from tests.training_settings import training

WIDTH, STEPS, ACCUMULATION = 96, 56, 2
BAR = 1e-5
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Any:
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
    rate = 3e-3 if method == "full" else 1e-3
    told = {
        "compile": "off",
        "learning_rate": rate,
        "max_steps": STEPS,
        "weight_decay": 0.01,
        **said,
    }
    return training(method=method, max_tokens=WIDTH, batch_tokens=ACCUMULATION * WIDTH, **told)


def plan_of(base: Path, settings: Training, rows: int) -> Plan:
    """Cut a run into steps of two forward passes of so many rows each."""
    shape = ModelShape.of(AutoConfig.from_pretrained(base))
    found = plan(shape, settings, [WIDTH], machine())
    cut = {"row_tokens": WIDTH, "rows": rows, "accumulation": ACCUMULATION, "steps": STEPS}
    return replace(found, **cut)


def rows_in_order(examples: list[Example], settings: Training, cut: Plan) -> list[dict[str, Any]]:
    """Return the rows of our whole run in its order, as TRL keeps packed rows."""
    work = lay_out(examples, [], settings, cut, processes=1, padding=0)
    found = []
    for place in (place for step in range(STEPS) for place in work.schedule[step]):
        row = {name: values[0] for name, values in work.rows.batch([place]).items()}
        labels = torch.full_like(row["input_ids"], -100)
        labels[1:] = row["shift_labels"][:-1]
        lengths = work.rows.lengths_of(place)
        held = slice(sum(lengths))  # what comes after is padding
        tokens = {"input_ids": row["input_ids"][held].tolist(), "labels": labels[held].tolist()}
        found.append(tokens | {"seq_lengths": lengths})
    return found


def ours(base: Path, examples: list[Example], settings: Training, cut: Plan) -> Trained:
    set_seed(settings.seed)  # what the adapters are made of
    model, tokenizer = load_model(base, settings), load_tokenizer(base)
    return train(model, tokenizer, examples, [], settings, None, planned=cut)


def theirs(
    base: Path, rows: list[dict[str, Any]], settings: Training, folder: Path, **said: Any
) -> Any:
    """Let TRL train on rows that need no preparation, in their order; return its trainer."""
    told = {
        "gradient_accumulation_steps": ACCUMULATION,
        "max_steps": STEPS,
        "learning_rate": settings.learning_rate,
        "lr_scheduler_type": settings.schedule,
        "warmup_steps": settings.warmup,
        "weight_decay": settings.weight_decay,
        "max_grad_norm": settings.max_grad_norm,
        "max_length": WIDTH,
        "dataset_kwargs": {"skip_prepare_dataset": True},
        "train_sampling_strategy": "sequential",
        "gradient_checkpointing": False,
        "seed": settings.seed,
        **said,
    }
    here = {"optim": "adamw_torch", "use_cpu": True, "bf16": False, "report_to": "none"}
    here |= {"logging_steps": 1, "save_strategy": "no", "disable_tqdm": True}
    with warnings.catch_warnings():
        # TRL 1.16 and peft 0.21 use names that transformers 5.23 has renamed.
        warnings.filterwarnings("ignore", ".* is deprecated", FutureWarning)
        trainer = SFTTrainer(
            AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32),
            SFTConfig(str(folder), **told, **here),
            train_dataset=Dataset.from_list(rows),
            processing_class=load_tokenizer(base),
            peft_config=None if settings.method == "full" else adapters(settings),
        )
        trainer.train()
    return trainer


def adapters(settings: Training) -> LoraConfig:
    return LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )


def check(mine: Trained, trainer: Any) -> None:
    """Hold every step's loss, gradient norm and learning rate, and all weights, beside TRL's."""
    logged = [entry for entry in trainer.state.log_history if "loss" in entry]
    words = {"loss": "loss", "gradient_norm": "grad_norm", "learning_rate": "learning_rate"}
    for word, word_of_trl in words.items():
        found = np.array([step[word] for step in mine.history])
        wanted = np.array([entry[word_of_trl] for entry in logged])
        assert found.shape == (STEPS,)
        np.testing.assert_allclose(found, wanted, rtol=0, atol=BAR, err_msg=word)
    assert mine.history[-1]["loss"] < mine.history[0]["loss"] - 0.2
    weights = dict(trainer.model.named_parameters())
    for name, values in mine.model.named_parameters():
        torch.testing.assert_close(values, weights[name], rtol=0, atol=BAR, msg=name)


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")
@pytest.mark.parametrize("method", ["full", "lora"])
def test_packed_rows_give_the_losses_of_trl(
    base: Path, examples: list[Example], tmp_path: Path, method: str
) -> None:
    settings = settings_of(method)
    cut = plan_of(base, settings, rows=1)
    rows = rows_in_order(examples, settings, cut)
    assert max(len(row["seq_lengths"]) for row in rows) > 1
    packed = theirs(base, rows, settings, tmp_path, packing=True, per_device_train_batch_size=1)
    check(ours(base, examples, settings, cut), packed)


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")
def test_single_records_give_the_losses_of_padded_batches_of_trl(
    base: Path, examples: list[Example], tmp_path: Path
) -> None:
    settings = settings_of("full", packing=False)
    cut = plan_of(base, settings, rows=3)
    examples = examples[: len(examples) // 6 * 6]  # ours ends an epoch with a short step, TRL not
    rows = rows_in_order(examples, settings, cut)
    padded = theirs(base, rows, settings, tmp_path, packing=False, per_device_train_batch_size=3)
    check(ours(base, examples, settings, cut), padded)
