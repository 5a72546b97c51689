"""What the loop costs beside a bare one: CPU time a step, and a call.

    python benchmarks/training_overhead.py [--steps N] [--width N]

Both loops learn the same rows by the same model, loss and optimizer; the bare one has no Trainer,
no metrics and no way to be resumed. Both must end with the same weights.
"""

import argparse
import statistics
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from transformers import Qwen3Config, Qwen3ForCausalLM, get_scheduler

from curator.training.conversation import Example
from curator.training.loss import with_chunked_loss
from curator.training.machine import machine
from curator.training.masters import optimizer_for
from curator.training.plan import Plan, plan
from curator.training.settings import Training
from curator.training.shape import ModelShape
from curator.training.train import train
from curator.training.work import lay_out


class _Tokenizer:
    pad_token_id = 0


def _settings(steps: int, *, looks: int | None = None) -> Training:
    return Training(
        method="full",
        rank=8,
        alpha=16,
        dropout=0.0,
        learning_rate=1e-3,
        schedule="cosine",
        warmup=0.1,
        weight_decay=0.0,
        max_grad_norm=1.0,
        epochs=1.0,
        max_steps=steps,
        batch_tokens=1024,
        max_tokens=256,
        micro_tokens=512,
        packing=True,
        checkpointing="off",
        compile="off",
        precision="float32",
        masters=False,
        eval_every=looks,
        save_every=looks,
        patience=None,
        deterministic=False,
        seed=0,
    )


def _model(width: int) -> Any:
    torch.manual_seed(0)
    return Qwen3ForCausalLM(
        Qwen3Config(
            vocab_size=2048,
            hidden_size=width,
            intermediate_size=3 * width,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            head_dim=32,
            tie_word_embeddings=True,
            bos_token_id=None,
            eos_token_id=1,
            pad_token_id=0,
        )
    )


def _examples(count: int) -> list[Example]:
    rng = np.random.default_rng(0)
    found = []
    for place in range(count):
        length = int(rng.integers(20, 200))
        supervised = np.arange(length) >= length // 2
        found.append(
            Example(str(place), rng.integers(2, 2048, length).astype(np.int32), supervised)
        )
    return found


def _bare(model: Any, examples: list[Example], settings: Training, planned: Plan) -> float:
    """Train as a script would; return the seconds of CPU it took."""
    work = lay_out(examples, [], settings, planned, processes=1, padding=0)
    with_chunked_loss(model, longest=work.rows.longest)
    model.train()
    optimizer = optimizer_for(model, settings)
    rate = get_scheduler("cosine", optimizer, round(0.1 * planned.steps), planned.steps)
    start = time.process_time()
    for step in range(planned.steps):
        places = work.schedule[step]
        learnt = int(work.rows.learnt[places].sum())
        for cut in work.rows.passes(places, planned.rows, process=0, processes=1, even=False):
            (model(**work.rows.batch(cut)).loss / learnt).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), settings.max_grad_norm)
        optimizer.step()
        rate.step()
        optimizer.zero_grad()
    return time.process_time() - start


def _ours(
    model: Any, examples: list[Example], settings: Training, planned: Plan, folder: Path | None
) -> float:
    """Train; return the seconds of CPU that the call took."""
    start = time.process_time()
    train(model, _Tokenizer(), examples, [], settings, folder, planned=planned)
    return time.process_time() - start


def main() -> None:
    """Time both loops, turn by turn, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--times", type=int, default=3)
    said = parser.parse_args()
    torch.set_num_threads(1)
    settings, examples = _settings(said.steps), _examples(400)
    shape = ModelShape.of(_model(said.width).config)
    planned = plan(shape, settings, [len(one) for one in examples], machine())
    one = replace(planned, steps=1)
    bare, calls, steps, written = [], [], [], []
    for _ in range(said.times):
        left, right = _model(said.width), _model(said.width)
        bare.append(_bare(left, examples, settings, planned))
        calls.append(_ours(_model(said.width), examples, settings, one, None))
        steps.append(_ours(right, examples, settings, planned, None))
        with TemporaryDirectory() as folder:
            written.append(_ours(_model(said.width), examples, settings, planned, Path(folder)))
        pairs = zip(left.parameters(), right.parameters(), strict=True)
        furthest = max(float((ours - theirs).detach().abs().max()) for ours, theirs in pairs)
    a_call = statistics.median(calls) - statistics.median(bare) / said.steps
    print(f"{said.steps} steps of {planned.accumulation} passes of {planned.micro_tokens} tokens")
    print(f"bare loop              {_each(bare, 0.0, said.steps):8.2f} ms a step")
    print(f"train()                {_each(steps, a_call, said.steps):8.2f} ms a step")
    print(f"train() into a folder  {_each(written, a_call, said.steps):8.2f} ms a step")
    print(f"around the steps       {a_call * 1000:8.0f} ms a call")
    print(f"weights differ by at most {furthest:.1e}")


def _each(seconds: list[float], around: float, steps: int) -> float:
    return (statistics.median(seconds) - around) * 1000 / steps


if __name__ == "__main__":
    main()
