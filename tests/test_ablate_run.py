"""An ablation runs to its end, settles its rules first, and goes on after a kill."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from curator.ablate import ablate as main_line
from curator.ablate import base, benches, micro
from curator.ablate.ablate import ablate
from curator.ablate.protocol import Budget, Protocol
from curator.ablate.results import Result
from curator.ablate.wanted import Wanted
from curator.cli.app import app
from curator.errors import CuratorError


@pytest.fixture(autouse=True)
def small(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Make the smallest world that has every defect, and hardly train at all."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setenv("CURATOR_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setattr(micro, "ROWS", 500)
    monkeypatch.setattr(micro, "HELD_OUT", 40)
    monkeypatch.setattr(benches, "BUDGET", Budget(tokens=640, steps=4, rows=1))
    monkeypatch.setattr(base, "_DRILLED", Budget(tokens=320, steps=2, rows=1))
    monkeypatch.setattr(base, "_DRILLS", 200)
    yield
    torch.set_num_threads(threads)


def silent(line: str) -> None:
    """Tell nobody."""


def test_a_stopped_ablation_goes_on_and_comes_to_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = Wanted(None, micro=True, seeds=2, out=tmp_path / "out")
    trained: list[str] = []
    real = main_line.train_arm

    def stopping(bench: object, arm: str, examples: object, seed: int) -> Result:
        registered = json.loads((tmp_path / "out" / "registered.json").read_text("utf-8"))
        assert registered["budget"]["tokens"] == 640
        assert not (tmp_path / "out" / "ablation.json").exists()
        if len(trained) == 4:
            raise KeyboardInterrupt
        trained.append(arm)
        return real(bench, arm, examples, seed)  # type: ignore[arg-type]

    monkeypatch.setattr(main_line, "train_arm", stopping)
    with pytest.raises(KeyboardInterrupt):
        ablate(wanted, silent)
    assert trained == ["RAW", "RANDOM@k", "CURATED", "RAW"]
    trained.clear()
    found = ablate(wanted, silent)
    assert trained == ["RANDOM@k", "CURATED"]
    counts = Counter(trial.arm for trial in found.found.trials)
    assert counts == {"RAW": 2, "RANDOM@k": 2, "CURATED": 2}
    again = real(*_asked(found.folder, wanted))
    before = found.found.trials_of("CURATED")[1]
    assert again.sets["clean"].nll == pytest.approx(before.losses["clean"].nll.tolist())
    assert again.seen_tokens == pytest.approx(640, rel=0.1)


def _asked(out: Path, wanted: Wanted) -> tuple:  # type: ignore[type-arg]
    """Ask for the last training once more."""
    told, _ = main_line._told(wanted, out, lambda event: None)
    ready = main_line.get_ready(wanted, told, out, None, silent)
    arm = ready.arms[-1]
    return ready.bench, arm.name, ready.material.examples_of(arm, 1), 1


def test_the_micro_version_finds_what_was_planted_and_writes_its_pages(tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked = ["ablate", "--micro", "--seeds", "1", "--arms", "refusal", "--out", str(out), "--json"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    planted = told["planted"]
    clean = planted.pop("no defect")
    assert clean["dropped"] < 0.05 * clean["planted"]
    assert all(one["dropped"] > 0.9 * one["planted"] for one in planted.values())
    rows = {arm["name"]: arm["rows"] for arm in told["arms"]}
    assert list(rows) == ["RAW", "RANDOM@k", "CURATED", "CURATED without refusal"]
    assert rows["RAW"] > rows["CURATED without refusal"] > rows["CURATED"] == rows["RANDOM@k"]
    assert json.loads((out / "registered.json").read_text("utf-8"))["clean"] == "construction"
    assert (out / "ablation.html").exists()
    assert (out / "ablation.md").exists()
    written = json.loads((out / "ablation.json").read_text("utf-8"))
    assert written["verdict"] == told["verdict"]


def test_a_recipe_of_the_users_is_ablated_in_the_minutes_there_are(tmp_path: Path) -> None:
    rows = micro.messy(700, 3)
    micro.write_questions(tmp_path / "mine.jsonl", rows)
    (tmp_path / "recipe.yaml").write_text(
        "name: mine\ninput: [{path: mine.jsonl}]\n"
        "filters: [{filter: refusal}, {filter: truncated}]\ntune: {max_tokens: 128}\n",
        "utf-8",
    )
    lines: list[str] = []
    wanted = Wanted(
        tmp_path / "recipe.yaml",
        minutes=0.01,
        seeds=1,
        out=tmp_path / "out",
        run=tmp_path / "run",
    )
    found = ablate(wanted, lines.append)
    plan = Protocol.of(json.loads((tmp_path / "out" / "registered.json").read_text("utf-8")))
    assert (plan.model, plan.size, plan.clean) == ("tiny", 0, "recipe")
    assert [arm.name for arm in plan.arms] == ["RAW", "RANDOM@k", "CURATED"]
    assert plan.budget.steps == 100
    assert "no time" in plan.left_out["CURATED without truncated"]
    assert list(plan.held_out) == ["clean", "raw", "other"]
    assert any("one training takes about" in line for line in lines)
    assert "its own judgement" in found.found.sets[0].chosen_by
    assert ablate(wanted, silent).found.planned == found.found.planned


def test_what_the_gpu_script_trains_with_needs_only_the_training_core() -> None:
    names = ("polars", "pydantic", "xxhash", "typer", "rich")
    hidden = "".join(f"sys.modules[{name!r}] = None; " for name in names)
    wanted = "import curator.ablate.layout, curator.ablate.average, curator.ablate.protocol"
    subprocess.run([sys.executable, "-c", f"import sys; {hidden}{wanted}"], check=True)


def test_an_arm_that_is_none_is_told_before_anything_is_trained(tmp_path: Path) -> None:
    with pytest.raises(CuratorError, match=r"no arm 'withot': did you mean 'without'"):
        ablate(Wanted(None, micro=True, arms=("withot",), out=tmp_path / "out"), silent)


def test_neither_a_recipe_nor_micro_is_an_error() -> None:
    with pytest.raises(CuratorError, match="--micro"):
        ablate(Wanted(None), silent)
