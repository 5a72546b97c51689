"""Plan: what a training run will need and take, before a second of it is spent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from curator.errors import CuratorError
from curator.training.compiled import should_compile
from curator.training.flops import training_flops
from curator.training.machine import Machine
from curator.training.memory import Needs, needs_of
from curator.training.pack import pack
from curator.training.settings import Training
from curator.training.shape import ModelShape

_MOST_TOKENS = {"cuda": 32_768}
"""Tokens of one forward pass beyond which nothing is gained."""
_MOST_TOKENS_ELSEWHERE = 4096
_EFFICIENCY = {"cuda": 0.4}
_EFFICIENCY_ELSEWHERE = 0.3
"""Shares of a machine's best that training reaches: in the middle of what is published for
instruction tuning in bfloat16 on a GPU, and as measured on small models on a CPU."""
_NEAR = 0.08
"""A step may have this share of rows more or fewer, if it can then be cut in many ways."""


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
    compiled: bool
    """Whether each layer is compiled."""
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
    found = pack(list(lengths), width) if settings.packing else lengths
    each = max(1, ceil(len(found) / processes))
    step = min(each, _divisible(max(1, round(settings.batch_tokens / (width * processes)))))
    an_epoch = ceil(each / step)
    steps = settings.max_steps or ceil(settings.epochs * an_epoch)
    flops = round(training_flops(shape, settings, lengths) * steps / an_epoch)
    seconds = _seconds(flops, machine, processes)
    compiled = should_compile(settings, machine.device, seconds)
    needs = needs_of(shape, settings, machine, row=width, compiled=compiled, processes=processes)
    # Where a step holds all rows there are, its last pass may be smaller.
    cuts = {n for n in range(1, step + 1) if step % n == 0 or step == each}
    rows, checkpointing = _cut(needs, width, sorted(cuts, reverse=True))
    memory = needs.parts(rows * width, checkpointing=checkpointing)
    return Plan(
        row_tokens=width,
        rows=rows,
        accumulation=ceil(step / rows),
        checkpointing=checkpointing,
        compiled=compiled,
        memory=memory,
        total_bytes=sum(memory.values()),
        fits=sum(memory.values()) <= machine.free,
        steps=steps,
        flops=flops,
        seconds=seconds,
    )


def halved(found: Plan) -> Plan:
    """Return the plan after memory ran out: the same optimizer steps in smaller passes."""
    if found.rows > 1:
        rows = max(n for n in range(1, found.rows // 2 + 1) if found.rows % n == 0)
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


def _divisible(rows: int) -> int:
    """Return the nearest number of rows that can be cut in many ways, if one is near."""
    near = range(ceil(rows * (1 - _NEAR)), int(rows * (1 + _NEAR)) + 1)
    return min(filter(_many_ways, near), key=lambda n: (abs(n - rows), n), default=rows)


def _many_ways(rows: int) -> bool:
    for factor in (2, 3, 5):
        while rows % factor == 0:
            rows //= factor
    return rows == 1


def _cut(needs: Needs, width: int, cuts: list[int]) -> tuple[int, bool]:
    """Choose the rows of a pass and checkpointing: none of it where one row fits without."""
    settings, machine = needs.settings, needs.machine
    most = settings.micro_tokens or _MOST_TOKENS.get(machine.device, _MOST_TOKENS_ELSEWHERE)
    wanted = [n for n in cuts if n * width <= most] or [1]
    modes = {"auto": (False, True), "on": (True,), "off": (False,)}[settings.checkpointing]
    for checkpointing in modes:
        for rows in wanted:
            parts = needs.parts(rows * width, checkpointing=checkpointing)
            if sum(parts.values()) <= machine.free:
                return rows, checkpointing
    return 1, modes[-1]


def _seconds(flops: int, machine: Machine, processes: int) -> float | None:
    """Estimate: the machine's best, times what training usually reaches of it."""
    if machine.peak is None:
        return None
    reached = _EFFICIENCY.get(machine.device, _EFFICIENCY_ELSEWHERE)
    return flops / (machine.peak * reached * processes)
