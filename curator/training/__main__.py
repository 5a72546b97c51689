"""The job of a folder, run by `python -m curator.training FOLDER`, torchrun or accelerate."""

import argparse
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from curator.errors import CuratorError

if TYPE_CHECKING:
    from curator.training.progress import Progress

DONE, USER_ERROR, INTERRUPTED = 0, 1, 3
_SECONDS = 10.0
_NEEDED = ("torch", "transformers", "accelerate", "peft", "safetensors")


@dataclass
class Lines:
    """Tells of a run in lines: its first and last step, every look, and every ten seconds."""

    last: float = -_SECONDS

    def __call__(self, progress: "Progress") -> None:
        """Write a line where one is due."""
        now = time.monotonic()
        ends = progress.step == progress.steps
        if now - self.last < _SECONDS and progress.eval_loss is None and not ends:
            return
        self.last = now
        said = [
            f"step {progress.step}/{progress.steps}",
            f"loss {progress.loss:.4f}",
            f"{progress.tokens_per_second:,.0f} tokens/s",
            f"{progress.seconds_left / 60:.1f} min left",
        ]
        if progress.mfu is not None:
            said.insert(3, f"MFU {progress.mfu:.1%}")
        if progress.eval_loss is not None:
            said.insert(2, f"held out {progress.eval_loss:.4f}")
        sys.stderr.write("  ".join(said) + "\n")


def main(arguments: list[str] | None = None) -> int:
    """Run a job, and return the exit code: 0 done, 1 a mistake of the user, 3 to be resumed."""
    parser = argparse.ArgumentParser("python -m curator.training", description=__doc__)
    parser.add_argument("folder", type=Path, help="what `curator tune` or `write_job` wrote")
    parser.add_argument("--fresh", action="store_true", help="start anew: forget checkpoints")
    parser.add_argument("--tensorboard", action="store_true", help="write for TensorBoard, too")
    said = parser.parse_args(arguments)
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        sys.stderr.write(f"error: training needs {', '.join(missing)}: pip install them\n")
        return USER_ERROR
    from curator.training.job import run_job

    try:
        run_job(said.folder, resume=not said.fresh, listener=Lines(), tensorboard=said.tensorboard)
    except CuratorError as error:
        sys.stderr.write(f"error: {error}\n")
        return USER_ERROR
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: run the same command again to continue\n")
        return INTERRUPTED
    return DONE


if __name__ == "__main__":
    sys.exit(main())
