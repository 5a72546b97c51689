"""Ctrl-C and kills: a command ends at once and whole, and its workers with it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PATIENCE = 60
COVERAGE = "COVERAGE_PROCESS_CONFIG"
"""What makes child processes measure coverage.

A signal that arrives within coverage's tracer leaves its lock held, and the process hangs.
"""


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="lists processes through /proc"
)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    rows = [{"instruction": f"Say {i}.", "output": f"It is {i}. " * 30} for i in range(60_000)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "r.yaml").write_text(
        "input: [{path: a.jsonl}]\nfilters: [{filter: length}, {filter: repetition}]\n"
    )
    return tmp_path


def start(here: Path, until: str) -> subprocess.Popen[str]:
    """Start a run with workers, in a session of its own, and wait until a file appears in it."""
    command = [sys.executable, "-m", "curator", "run", "r.yaml", "--out", "run", "--workers", "2"]
    started = subprocess.Popen(
        command,
        cwd=here,
        env={name: value for name, value in os.environ.items() if name != COVERAGE},
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    while not list((here / "run").glob(until)):
        assert started.poll() is None
        time.sleep(0.02)
    return started


def alive(session: int) -> list[int]:
    """Return the processes of a session that still run; what is dead may wait for its parent."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, its_session = stat.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(its_session) == session and state != "Z":
            found.append(int(stat.parent.name))
    return found


def wait_for_the_end(session: int) -> None:
    """Wait until nothing of a session runs."""
    end = time.monotonic() + PATIENCE
    while alive(session):
        assert time.monotonic() < end, "workers outlive who started them"
        time.sleep(0.05)


@needs_proc
@pytest.mark.parametrize("until", ["records/*.parquet", "scores/**/*.parquet"])
def test_ctrl_c_leaves_a_run_that_continues(here: Path, until: str) -> None:
    started = start(here, until)
    os.killpg(started.pid, signal.SIGINT)  # as a terminal does: to every process of the command
    _, told = started.communicate(timeout=PATIENCE)
    assert started.returncode == 3, told
    assert "Traceback" not in told
    assert told.splitlines()[-1] == "interrupted: run the same command again to continue"
    wait_for_the_end(started.pid)
    again = [sys.executable, "-m", "curator", "run", "r.yaml", "--out", "run"]
    subprocess.run(again, cwd=here, check=True, capture_output=True, timeout=PATIENCE)


@needs_proc
def test_workers_end_with_a_killed_parent(here: Path) -> None:
    started = start(here, "scores/**/*.parquet")
    started.kill()
    started.communicate(timeout=PATIENCE)  # returns when nobody holds the other end any more
    wait_for_the_end(started.pid)
