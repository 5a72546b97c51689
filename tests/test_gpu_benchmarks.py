"""The scripts that measure a GPU run through, at toy size, where there is none."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
SCRIPTS = ROOT / "benchmarks" / "gpu"
HIDDEN = """
import runpy, sys
for name in ("polars", "pydantic", "rich", "typer", "trl", "datasets"):
    sys.modules[name] = None
sys.argv = sys.argv[1:]
sys.path.insert(0, str(__import__("pathlib").Path(sys.argv[0]).parent))
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def told(script: str, *options: str) -> list[dict[str, Any]]:
    """Run a script where only torch and its kin can be imported; return its lines."""
    done = subprocess.run(
        [sys.executable, "-c", HIDDEN, str(SCRIPTS / script), "--toy", *options],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def test_speed_is_told_arm_by_arm() -> None:
    (found,) = told("throughput.py", "--arms", "ours,trl", "--steps", "3", "--minutes", "0.1")
    assert found["arm"] == "ours"
    assert found["tokens_per_second"] > 0
    assert found["mfu"] > 0
    assert found["steps"] >= 3
    assert abs(found["first_loss"] - found["last_loss"]) < 0.5


@pytest.mark.slow
def test_memory_is_told_beside_the_plan() -> None:
    found = told("memory.py")
    assert [line["checkpointing"] for line in found] == [False, False, True, True]
    assert all(line["planned"] > 0 for line in found)


def test_gradients_are_held_against_float32() -> None:
    found = told("gradients.py")
    assert all(line["fine"] for line in found)
    assert {line["bench"] for line in found} == {"kernel", "model"}


@pytest.mark.slow
@pytest.mark.parametrize("method", ["lora"])
def test_adapters_are_measured_too(method: str) -> None:
    (found,) = told("throughput.py", "--arms", "ours", "--method", method, "--lengths", "tulu")
    assert found["method"] == method
