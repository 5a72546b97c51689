"""Device: where a transformer runs, in which precision, and how much it is given at once."""

import multiprocessing
import os
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, NamedTuple

from curator.errors import MissingExtraError
from curator.places import WORKERS

_TOKENS = {"cpu": 256, "cuda": 32_768}
"""Tokens of a batch. On a CPU each core has its own batch, and small ones waste less on fillers:
by a count with lengths guessed as 1.5 tokens a word, 600 texts of alpaca_random_9k cost 1.13 times
their tokens, and with 512 a batch 1.3 times. A GPU needs enough to hide the launch of its kernels;
its figure was not tuned."""


class Device(NamedTuple):
    """One place to run: the same for every batch of a process."""

    name: str
    """As torch calls it: `cpu`, `cuda:0`."""
    half: bool
    """Whether matrices are multiplied in bfloat16, because the hardware does."""
    lanes: int
    """How many batches are worked on at once, each by one thread."""
    tokens: int
    """How many tokens a batch has, padding included."""

    @property
    def kind(self) -> str:
        """`cpu` or `cuda`."""
        return self.name.partition(":")[0]


def need_torch(purpose: str) -> None:
    """Make sure that the extra `models` is installed, without importing it.

    Raises:
        MissingExtraError: torch or transformers is not installed.
    """
    for package in ("torch", "transformers"):
        if find_spec(package) is None:
            raise MissingExtraError(package, "models", purpose)


@cache
def device() -> Device:
    """Choose the device of this process: a GPU of its own in turn, else its share of the cores."""
    import torch

    if torch.cuda.is_available():
        number = _turn() % torch.cuda.device_count()
        half = torch.cuda.is_bf16_supported(including_emulation=False)
        return Device(f"cuda:{number}", half, 1, _TOKENS["cuda"])
    cores = len(os.sched_getaffinity(0))
    workers = int(os.environ.get(WORKERS, "1"))
    return Device("cpu", _cpu_multiplies_half(torch.cpu), max(1, cores // workers), _TOKENS["cpu"])


def described(*, half: bool | None = None) -> str:
    """Say in words where and with what scores are made; they hold exactly for this alone.

    `half` is for models that do not take the precision of the device.
    """
    if find_spec("torch") is None:
        return "not known (torch is not installed here)"
    import torch

    chosen = device()
    name = torch.cuda.get_device_name(chosen.name) if chosen.kind == "cuda" else "cpu"
    precision = "bfloat16" if (chosen.half if half is None else half) else "float32"
    return f"{name}, {precision}, torch {version('torch')}, transformers {version('transformers')}"


def _cpu_multiplies_half(cpu: Any) -> bool:
    """Say whether the CPU has AVX512-BF16 or AMX; torch tells under names that may change."""
    asked = (
        getattr(cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    )
    return any(ask is not None and ask() for ask in asked)


def _turn() -> int:
    """Return the number of this process among the workers, from 0."""
    number: tuple[int, ...] = getattr(multiprocessing.current_process(), "_identity", ())
    return number[-1] - 1 if number else 0
