"""Machine: what this computer can hold, and how quickly it can calculate."""

import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch

from curator.training.flops import peak_flops

Device = Literal["cuda", "cpu"]


@dataclass(frozen=True)
class Machine:
    """One device to train on."""

    device: Device
    name: str
    memory: int
    """Bytes in all."""
    free: int
    """Bytes that nothing else uses now."""
    peak: float | None
    """FLOPs a second at best: by data sheet on a GPU, measured on a CPU."""
    count: int = 1
    """How many devices like this there are."""


def machine() -> Machine:
    """Look at the device that training would use."""
    if torch.cuda.is_available():
        free, memory = torch.cuda.mem_get_info()
        name = torch.cuda.get_device_name()
        return Machine("cuda", name, memory, free, peak_flops(name), torch.cuda.device_count())
    memory, free = _cpu_memory()
    return Machine("cpu", platform.processor() or platform.machine(), memory, free, _cpu_peak())


def _cpu_memory() -> tuple[int, int]:
    """Return the bytes in all and those to be had, within what this container is allowed."""
    page = os.sysconf("SC_PAGE_SIZE")
    memory, free = (page * os.sysconf(name) for name in ("SC_PHYS_PAGES", "SC_AVPHYS_PAGES"))
    told = dict(line.split(":") for line in _lines("/proc/meminfo"))
    if "MemAvailable" in told:
        free = 1024 * int(told["MemAvailable"].split()[0])
    limit = "".join(_lines("/sys/fs/cgroup/memory.max"))
    if limit.isdigit():
        used = int("".join(_lines("/sys/fs/cgroup/memory.current")) or 0)
        memory, free = min(memory, int(limit)), min(free, int(limit) - used)
    return memory, free


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def _cpu_peak(width: int = 512, times: int = 15) -> float:
    """Measure how quickly float32 matrices are multiplied: the best of many short tries."""
    left, right = torch.ones(width, width), torch.ones(width, width)
    took = []
    for _ in range(times):
        start = time.perf_counter()
        left @ right
        took.append(time.perf_counter() - start)
    return float(2 * width**3 / min(took))
