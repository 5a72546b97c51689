"""A run that was killed goes on to the same bits, and never from a half-written checkpoint."""

import json
import shutil
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from curator.errors import RunError
from curator.training.checkpoints import last_whole, sealed
from curator.training.journal import Journal
from curator.training.settings import Training
from tests.training_runs import HELD_OUT, TRAINING, cut, in_processes, run
from tests.training_tasks import DROPPING_SAVING, KILLED_AT, SAVING

pytestmark = pytest.mark.filterwarnings(
    # peft asks a model by a name that transformers 5.23 changed.
    "ignore:`is_gradient_checkpointing`:FutureWarning"
)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run, in another process, what is killed on the way."""
    folder = tmp_path_factory.mktemp("killed")
    tasks = ["killed", "killed_dropping", "killed_saving", "terminated"]
    codes = in_processes(1, tasks, folder)
    assert codes == {
        "killed": [-9],
        "killed_dropping": [-9],
        "killed_saving": [-9],
        "terminated": [3],
    }
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[Training, Path]:
    """Run the same without a kill."""
    torch.set_num_threads(1)
    found = {}
    for settings in (SAVING, DROPPING_SAVING):
        found[settings] = tmp_path_factory.mktemp("whole")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            run(found[settings], settings)
    return found


@pytest.mark.parametrize(
    ("task", "settings", "step"),
    [
        ("killed", SAVING, 6),
        ("killed_dropping", DROPPING_SAVING, 6),
        ("killed_saving", SAVING, 3),
        ("terminated", SAVING, 5),
    ],
)
def test_a_killed_run_goes_on_to_the_same_bits(
    killed: Path, whole: dict[Training, Path], task: str, settings: Training, step: int
) -> None:
    folder = killed / task
    reached = last_whole(folder)
    assert reached is not None
    assert reached.name == f"checkpoint-{step}"
    assert 0 < step < KILLED_AT < 10
    run(folder, settings, resume=True)
    assert _log(folder) == _log(whole[settings])
    assert _bytes(folder / "checkpoint-10") == _bytes(whole[settings] / "checkpoint-10")


def test_what_is_resumed_depends_on_chance(whole: dict[Training, Path]) -> None:
    """Else it would be no feat to come to the same bits."""
    sure = run(None, replace(DROPPING_SAVING, dropout=0.0)).history
    losses = [line[1] for line in _log(whole[DROPPING_SAVING])]
    assert [step["loss"] for step in sure][2:] != losses[2:]


def _log(folder: Path) -> list[tuple[Any, ...]]:
    names = ("step", "loss", "eval_loss", "gradient_norm", "learning_rate", "tokens")
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    return [tuple(json.loads(line)[name] for name in names) for line in lines]


def _bytes(checkpoint: Path) -> dict[str, bytes]:
    """Read weights, the optimiser's state and the state of random numbers."""
    kinds = {".safetensors", ".pt", ".pth"}
    found = {f.name: f.read_bytes() for f in checkpoint.iterdir() if f.suffix in kinds}
    assert len(found) == 4
    return found


def test_a_checkpoint_cut_off_anywhere_is_not_whole(
    whole: dict[Training, Path], tmp_path: Path
) -> None:
    checkpoint = whole[SAVING] / "checkpoint-10"
    assert sealed(checkpoint) is not None
    for file in checkpoint.iterdir():
        copy = tmp_path / "checkpoint-10"
        shutil.copytree(checkpoint, copy)
        (copy / file.name).write_bytes(file.read_bytes()[:-1])
        assert sealed(copy) is None, file.name
        (copy / file.name).unlink()
        assert last_whole(tmp_path) is None, file.name
        shutil.rmtree(copy)


def test_resuming_what_never_began_begins(tmp_path: Path, whole: dict[Training, Path]) -> None:
    run(tmp_path, SAVING, resume=True)
    assert _log(tmp_path) == _log(whole[SAVING])


def test_beginning_anew_forgets_what_was_there(tmp_path: Path, whole: dict[Training, Path]) -> None:
    shutil.copytree(whole[SAVING], tmp_path, dirs_exist_ok=True)
    run(tmp_path, replace(SAVING, learning_rate=0.5, save_every=4), planned=cut(2, 2, steps=4))
    assert [line[0] for line in _log(tmp_path)] == [1, 2, 3, 4]
    assert not (tmp_path / "checkpoint-10").exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"settings": replace(SAVING, learning_rate=0.5)},
        {"training": TRAINING[1:]},
        {"held_out": HELD_OUT[1:]},
        {"planned": cut(2, 3)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_another_run_is_not_continued(whole: dict[Training, Path], changed: dict[str, Any]) -> None:
    with pytest.raises(RunError, match="other records or settings"):
        run(whole[SAVING], **{"settings": SAVING, "resume": True} | changed)


def test_how_a_step_is_calculated_may_change(whole: dict[Training, Path], tmp_path: Path) -> None:
    shutil.copytree(whole[SAVING], tmp_path, dirs_exist_ok=True)
    shutil.rmtree(tmp_path / "checkpoint-10")
    kept = sorted(path.name for path in tmp_path.glob("checkpoint-*"))
    assert kept == ["checkpoint-3"]
    settings = replace(SAVING, micro_tokens=64, checkpointing="auto")
    run(tmp_path, settings, resume=True, planned=cut(1, 4))
    found, wanted = _log(tmp_path), _log(whole[SAVING])
    assert [line[1] for line in found] == pytest.approx([line[1] for line in wanted], rel=1e-5)


def test_a_journal_drops_what_is_done_again_and_what_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    journal = Journal(path, after=0)
    for step in (1, 2, 3):
        journal.append({"step": step})
    with path.open("a") as file:
        file.write('{"step": 4, "lo')
    journal = Journal(path, after=2)
    journal.append({"step": 3})
    assert path.read_text() == '{"step": 1}\n{"step": 2}\n{"step": 3}\n'
    assert journal.lines == [{"step": 1}, {"step": 2}, {"step": 3}]


def test_of_several_processes_one_writes(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    Journal(path, after=0).append({"step": 1})
    other = Journal(path, after=1, writes=False)
    other.append({"step": 2})
    assert other.lines == [{"step": 1}, {"step": 2}]
    assert path.read_text() == '{"step": 1}\n'
