"""Throughput: tokens a second and MFU of our trainer, eager and compiled, beside TRL's.

    PYTHONPATH=. python benchmarks/gpu/throughput.py --shape 0.5b --lengths alpaca --minutes 7

Needs the core with torch, transformers, accelerate and peft, and for its arms TRL and datasets.
Weights and tokens are random and seeded, which changes no speed of a dense model as long as they
are no zeros. Every result is one line of JSON; `--toy` runs on a CPU.
"""

import argparse
import importlib.util
from dataclasses import replace
from typing import Any

from clock import Clock
from rival import ARMS, trained_by_trl
from workload import (
    DEVICE,
    STEP_TOKENS,
    config_of,
    examples_of,
    forget,
    model_of,
    peak_bytes,
    settings_of,
    tell,
)

from curator.training.flops import training_flops
from curator.training.machine import Machine, machine
from curator.training.plan import plan
from curator.training.settings import Switch, Training
from curator.training.shape import ModelShape
from curator.training.tiny import tiny_tokenizer
from curator.training.train import train

OURS: dict[str, Switch] = {"ours": "off", "ours_compiled": "on"}


def main() -> None:
    """Measure every arm that was asked for."""
    asked = _asked()
    arms = asked.arms.split(",")
    if importlib.util.find_spec("trl") is None:
        arms = [arm for arm in arms if arm not in ARMS]
    method = "lora" if asked.shape == "8b" and asked.method is None else asked.method or "full"
    settings = settings_of(asked.shape, method, asked.lengths)
    words = config_of(asked.shape).vocab_size
    tokens = (4 if asked.shape == "toy" else 40) * STEP_TOKENS[asked.shape]
    examples = examples_of(asked.lengths, tokens, words, most=500 if asked.shape == "toy" else None)
    device = machine()
    for arm in arms:
        forget()
        clock = Clock(
            warm_up=2 if asked.shape == "toy" else 10,
            seconds=60 * asked.minutes / len(arms),
            most_steps=asked.steps,
        )
        try:
            facts = _measured(arm, asked.shape, settings, examples, clock, device)
        except RuntimeError as error:
            facts = {"error": f"{type(error).__name__}: {error}"[:300]}
        tell(bench="throughput", shape=asked.shape, lengths=asked.lengths, arm=arm, **facts)


def _measured(
    arm: str, shape: str, settings: Training, examples: list[Any], clock: Clock, device: Machine
) -> dict[str, Any]:
    sizes = ModelShape.of(config_of(shape))
    facts: dict[str, Any] = {"method": settings.method}
    if arm in OURS:
        settings = replace(settings, compile=OURS[arm])
        model = model_of(shape, settings)
        lengths = [len(example) for example in examples]
        planned = plan(sizes, settings, lengths, device)
        tokenizer = tiny_tokenizer(["a few words"], 300)
        done = train(
            model, tokenizer, examples, [], settings, None, callbacks=[clock], planned=planned
        )
        # The lengths of a step are known by their sums only: take the mean for the attention.
        flops = training_flops(sizes, settings, lengths) / sum(lengths)
        tokens = [float(line["tokens"]) for line in done.history]
        work = [flops * each for each in tokens]
        losses = [line["loss"] for line in done.history]
        facts |= {
            "micro_tokens": done.history[-1]["micro_tokens"],
            "checkpointing": done.history[-1]["checkpointing"],
            "planned_bytes": planned.total_bytes - planned.memory["reserve"],
        }
    else:
        steps, losses = trained_by_trl(arm, shape, settings, examples, clock)
        tokens = [float(sum(step)) for step in steps]
        work = [float(training_flops(sizes, settings, step)) for step in steps]
    peak = device.peak
    return facts | {
        "tokens_per_second": round(clock.rate(tokens), 1),
        "mfu": round(clock.rate(work) / peak, 4) if peak else None,
        "peak_bytes": peak_bytes(),
        "first_step_seconds": round(clock.first_step, 2),
        "steps": len(clock.ends),
        "tokens_a_step": round(sum(tokens) / len(tokens)),
        "first_loss": losses[0],
        "last_loss": losses[-1],
    }


def _asked() -> Any:
    found = argparse.ArgumentParser(description=__doc__)
    found.add_argument("--shape", choices=["0.5b", "1.5b", "8b", "toy"], default="0.5b")
    found.add_argument("--method", choices=["full", "lora"])
    found.add_argument("--lengths", choices=["alpaca", "tulu"], default="alpaca")
    found.add_argument("--arms", default=",".join([*OURS, "trl", "trl_tuned"]))
    found.add_argument("--minutes", type=float, default=7.0, help="of all arms together")
    found.add_argument("--steps", type=int, default=60, help="measured steps of an arm, at most")
    found.add_argument("--toy", action="store_true", help="a tiny shape and few steps, for a CPU")
    asked = found.parse_args()
    if asked.toy:
        asked.shape, asked.steps = "toy", min(asked.steps, 6)
    elif DEVICE == "cpu":
        found.error("there is no GPU here: say --toy")
    return asked


if __name__ == "__main__":
    main()
