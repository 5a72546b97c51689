"""Memory: the most that training takes beside what was planned, for passes of several sizes.

PYTHONPATH=. python benchmarks/gpu/memory.py --shape 1.5b --method full
"""

import argparse
from dataclasses import replace
from typing import Any

import torch
from workload import (
    DEVICE,
    LENGTHS,
    config_of,
    examples_of,
    forget,
    model_of,
    peak_bytes,
    settings_of,
    tell,
)

from curator.training.activations import recompute_activations
from curator.training.batches import PackedRows, collate
from curator.training.compiled import compile_layers
from curator.training.loss import with_chunked_loss
from curator.training.machine import machine
from curator.training.masters import optimizer_for
from curator.training.memory import Needs, needs_of
from curator.training.pack import pack
from curator.training.settings import Training
from curator.training.shape import ModelShape

WIDTH = 2048


def main() -> None:
    """Train two steps of two passes with each way to cut them."""
    asked = _asked()
    settings = settings_of(asked.shape, asked.method, "alpaca")
    shape, device = ModelShape.of(config_of(asked.shape)), machine()
    for compiled, checkpointing in ((False, False), (False, True), (True, False)):
        if compiled and DEVICE == "cpu":
            continue
        needs = needs_of(shape, settings, device, compiled=compiled)
        for rows in asked.rows:
            parts = needs.parts(rows * WIDTH, checkpointing=checkpointing)
            planned = sum(parts.values()) - parts["reserve"]
            facts = {"compiled": compiled, "checkpointing": checkpointing, "micro": rows * WIDTH}
            if planned > device.free:
                tell(bench="memory", shape=asked.shape, **facts, planned=planned, skipped=True)
                continue
            forget()
            found = _peak(asked.shape, needs, rows, checkpointing=checkpointing)
            off = round(found / planned - 1, 4) if found else None
            tell(bench="memory", shape=asked.shape, method=settings.method, **facts, parts=parts,
                 planned=planned, peak=found, off=off)  # fmt: skip


def _peak(shape: str, needs: Needs, rows: int, *, checkpointing: bool) -> int | None:
    settings: Training = replace(needs.settings, compile="on" if needs.compiled else "off")
    model = with_chunked_loss(model_of(shape, settings), longest=LENGTHS["alpaca"][2]).train()
    if checkpointing:
        recompute_activations(model)
    if needs.compiled:
        compile_layers(model)
    optimizer = optimizer_for(model, settings)
    examples = examples_of("alpaca", 4 * rows * WIDTH, config_of(shape).vocab_size)
    packed = PackedRows(examples, pack([len(one) for one in examples], WIDTH), WIDTH, 0)
    for step in range(2):
        for half in range(2):
            first = (2 * step + half) * rows % max(1, len(packed) - rows + 1)
            batch = collate([packed[first + place] for place in range(rows)])
            del batch["segments"]
            batch = {name: values.to(DEVICE) for name, values in batch.items()}
            model(**batch).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    return peak_bytes()


def _asked() -> Any:
    found = argparse.ArgumentParser(description=__doc__)
    found.add_argument("--shape", choices=["0.5b", "1.5b", "8b", "toy"], default="0.5b")
    found.add_argument("--method", choices=["full", "lora", "dora"], default="full")
    found.add_argument("--rows", type=int, nargs="+", default=[1, 4, 8, 16])
    found.add_argument("--toy", action="store_true", help="a tiny shape, for a CPU")
    asked = found.parse_args()
    if asked.toy:
        asked.shape, asked.rows = "toy", [1, 2]
    elif DEVICE == "cpu":
        found.error("there is no GPU here: say --toy")
    return asked


if __name__ == "__main__":
    main()
