"""Plan: what a training run will need and take, before a second of it is spent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from curator.errors import CuratorError
from curator.training.flops import training_flops
from curator.training.machine import Machine
from curator.training.pack import pack
from curator.training.settings import Training
from curator.training.shape import ModelShape

_MOST_TOKENS = {"cuda": 32_768}
"""Tokens of one forward pass beyond which nothing is gained."""
_MOST_TOKENS_ELSEWHERE = 4096
_EFFICIENCY = {"cuda": 0.4}
_EFFICIENCY_ELSEWHERE = 0.5
_CHUNK = 1024


@dataclass(frozen=True)
class Plan:
    """How a run is cut up, and what that needs."""

    row_tokens: int
    """Tokens of one packed row; documents never straddle rows."""
    rows: int
    """Rows of one forward pass."""
    accumulation: int
    """Forward passes of one optimizer step, in each process."""
    checkpointing: bool
    memory: dict[str, int]
    """Bytes, part by part."""
    total_bytes: int
    fits: bool
    steps: int
    flops: int
    """Of the whole run, by the convention of `flops`."""
    seconds: float | None
    """An estimate; None where the speed of the machine is unknown."""

    @property
    def micro_tokens(self) -> int:
        """Tokens of one forward pass."""
        return self.rows * self.row_tokens


def plan(
    shape: ModelShape,
    settings: Training,
    lengths: Sequence[int],
    machine: Machine,
    *,
    processes: int = 1,
) -> Plan:
    """Choose how to cut up the training of documents of these lengths, and count what it takes."""
    width = row_tokens(settings, lengths, machine)
    found = pack(list(lengths), width) if settings.packing else [[i] for i in range(len(lengths))]
    each = max(1, ceil(len(found) / processes))
    step = min(each, max(1, round(settings.batch_tokens / (width * processes))))
    rows, checkpointing, memory = _cut(shape, settings, machine, width, step)
    total = sum(memory.values())
    steps_an_epoch = max(1, ceil(ceil(each / rows) / (step // rows)))
    steps = settings.max_steps or ceil(settings.epochs * steps_an_epoch)
    flops = round(training_flops(shape, settings, lengths) * steps / steps_an_epoch)
    reached = machine.peak and machine.peak * processes * _efficiency(machine)
    return Plan(
        row_tokens=width,
        rows=rows,
        accumulation=step // rows,
        checkpointing=checkpointing,
        memory=memory,
        total_bytes=total,
        fits=total <= machine.free,
        steps=steps,
        flops=flops,
        seconds=flops / reached if reached else None,
    )


def halved(found: Plan) -> Plan:
    """Return the plan after memory ran out: the same optimizer steps in smaller passes."""
    if found.rows > 1:
        rows = found.rows // 2 if found.rows % 2 == 0 else 1
        again = found.accumulation * found.rows // rows
        return replace(found, rows=rows, accumulation=again)
    if not found.checkpointing:
        return replace(found, checkpointing=True)
    raise CuratorError(
        f"one row of {found.row_tokens} tokens does not fit the memory, even with checkpointing: "
        "lower `max_tokens`, choose `method: lora`, or take a smaller model"
    )


def row_tokens(settings: Training, lengths: Sequence[int], machine: Machine) -> int:
    """Return how wide a packed row is: the longest document, or more where that costs nothing."""
    longest = max(lengths, default=1)
    grain = 64 if machine.device == "cuda" else 8
    least = min(2048, settings.batch_tokens) if machine.device == "cuda" else 256
    wide = max(longest, min(least, sum(lengths))) if settings.packing else longest
    return ceil(wide / grain) * grain


def _cut(
    shape: ModelShape, settings: Training, machine: Machine, width: int, step: int
) -> tuple[int, bool, dict[str, int]]:
    """Choose rows of a pass and checkpointing: no checkpointing, then as many rows as fit."""
    most = settings.micro_tokens or _MOST_TOKENS.get(machine.device, _MOST_TOKENS_ELSEWHERE)
    divisors = [n for n in range(step, 0, -1) if step % n == 0]
    wanted = [n for n in divisors if n * width <= most] or [1]
    modes = {"auto": (False, True), "on": (True,), "off": (False,)}[settings.checkpointing]
    for checkpointing in modes:
        for rows in wanted:
            memory = memory_of(shape, settings, machine, rows * width, checkpointing=checkpointing)
            if sum(memory.values()) <= machine.free:
                return rows, checkpointing, memory
    return 1, modes[-1], memory_of(shape, settings, machine, width, checkpointing=modes[-1])


def memory_of(
    shape: ModelShape, settings: Training, machine: Machine, tokens: int, *, checkpointing: bool
) -> dict[str, int]:
    """Return the bytes that training needs, part by part, for passes of `tokens` tokens."""
    size = 2 if half(settings, machine) else 4
    learnt = shape.parameters if settings.method == "full" else settings.rank * shape.adapted
    frozen = 0 if settings.method == "full" else shape.parameters
    moments = 8 if settings.masters else 2 * size
    layer = 8 * shape.hidden + 2 * (shape.heads + shape.kv_heads) * shape.head_dim
    layer += 4 * shape.feed_forward
    kept = layer + shape.layers * shape.hidden if checkpointing else shape.layers * layer
    chunk = min(_CHUNK, tokens) * shape.vocabulary * (size + 8)
    return {
        "weights": (learnt + frozen) * size,
        "gradients": learnt * size,
        "optimiser": learnt * moments,
        "masters": learnt * 4 if settings.masters else 0,
        "activations": tokens * kept * size,
        "loss": chunk + (shape.head * 4 if settings.method == "full" else 0),
        "reserve": machine.memory // 20,
    }


def half(settings: Training, machine: Machine) -> bool:
    """Say whether weights are held in two bytes."""
    if settings.precision == "auto":
        return machine.device == "cuda"
    return settings.precision == "bfloat16"


def _efficiency(machine: Machine) -> float:
    return _EFFICIENCY.get(machine.device, _EFFICIENCY_ELSEWHERE)
