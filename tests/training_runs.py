"""Small training runs for tests, in this process or in several: a model, examples, settings."""

import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from transformers import TrainerCallback

from curator.training.conversation import Example
from curator.training.loss import causal
from curator.training.model import with_adapters
from curator.training.plan import Plan
from curator.training.settings import Training
from curator.training.train import Trained, train
from curator.training.watch import Watch
from tests.tiny_models import SETTINGS, random_examples, tiny_model

PLAIN = replace(
    SETTINGS,
    warmup=0.1,
    weight_decay=0.01,
    epochs=2.0,
    batch_tokens=256,
    max_tokens=64,
    checkpointing="off",
    compile="off",
)
DROPPING = replace(PLAIN, method="lora", dropout=0.2, learning_rate=1e-2)
WIDTH = 32
LENGTHS = [31, 7, 12, 30, 22, 9, 18, 27, 5, 16, 29, 11, 24, 8, 20, 13, 26, 6, 15, 28, 10, 21]
TRAINING = random_examples(*LENGTHS)
HELD_OUT = random_examples(9, 30, 14, 21, 6, seed=1)


@dataclass(frozen=True)
class Tokenizer:
    """What the loop asks of a tokenizer."""

    pad_token_id: int | None = 0

    def save_pretrained(self, folder: Path) -> None:
        (folder / "tokenizer.json").write_text("{}")


def cut(rows: int, accumulation: int, *, steps: int = 10) -> Plan:
    """Plan steps of rows x accumulation rows in each process, 32 tokens wide."""
    return Plan(
        row_tokens=WIDTH,
        rows=rows,
        accumulation=accumulation,
        checkpointing=False,
        compiled=False,
        memory={},
        total_bytes=0,
        fits=True,
        steps=steps,
        flops=0,
        seconds=None,
    )


def small_model(settings: Training = PLAIN, *, dtype: Any = torch.float32) -> Any:
    torch.manual_seed(3)
    return with_adapters(tiny_model("qwen3", dtype=dtype, tie_word_embeddings=True), settings)


def run(  # noqa: PLR0913 (what differs between tests is named)
    folder: Path | None = None,
    settings: Training = PLAIN,
    *callbacks: TrainerCallback,
    model: Any = None,
    training: list[Example] = TRAINING,
    held_out: list[Example] = HELD_OUT,
    resume: bool = False,
    planned: Plan | None = None,
    watch: Watch | None = None,
) -> Trained:
    """Train a small model."""
    return train(
        model or small_model(settings),
        Tokenizer(),
        training,
        held_out,
        settings,
        folder,
        callbacks=callbacks,
        resume=resume,
        planned=planned or cut(2, 2),
        watch=watch,
    )


def weights(model: Any) -> dict[str, Any]:
    """Copy the weights that are learnt."""
    return {
        name: weight.detach().clone()
        for name, weight in causal(model).named_parameters()
        if weight.requires_grad
    }


def saved_weights(folder: Path) -> dict[str, Any]:
    """Read the weights that a folder holds."""
    (file,) = folder.glob("*.safetensors")
    found: dict[str, Any] = load_file(file)
    return found


def largest_difference(left: dict[str, Any], right: dict[str, Any]) -> float:
    assert left.keys() == right.keys()
    return max(float((left[name] - right[name]).abs().max()) for name in left)


@dataclass
class Signal(TrainerCallback):
    """Sends this process a signal when a step is done, before anything of it is saved."""

    step: int
    number: int = signal.SIGKILL

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step == self.step:
            os.kill(os.getpid(), self.number)


def in_processes(count: int, tasks: list[str], folder: Path) -> dict[str, list[int]]:
    """Run tasks one after the other in so many processes; return their exit codes, by task."""
    ports = [str(_free_port()) for _ in tasks]
    begun = []
    for rank in range(count):
        known = {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(count)}
        known |= {"MASTER_ADDR": "127.0.0.1", "PORTS": ",".join(ports)}
        errors = (folder / f"errors-{rank}.txt").open("w")
        begun.append(
            subprocess.Popen(
                [sys.executable, "-m", "tests.training_tasks", str(folder), *tasks],
                env=os.environ | {"OMP_NUM_THREADS": "1"} | (known if count > 1 else {}),
                cwd=Path(__file__).parent.parent,
                stderr=errors,
            )
        )
        errors.close()
    for process in begun:
        process.wait(timeout=280)
    codes = [json.loads((folder / f"codes-{rank}.json").read_text()) for rank in range(count)]
    return {task: [one[task] for one in codes] for task in tasks}


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def summed(model: Any, example: Any) -> Any:
    """Add up the losses of what one example teaches, alone in its row."""
    tokens = torch.from_numpy(example.tokens).long()
    logits = model(input_ids=tokens[None]).logits[0, :-1]
    learnt = torch.from_numpy(example.supervised[1:])
    return torch.nn.functional.cross_entropy(logits[learnt], tokens[1:][learnt], reduction="sum")
