"""A cascade shows the costly model what the bundled one does not clear, and counts the loss."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import curator
from curator.cli.app import app
from curator.errors import ModelError
from curator.features import Language
from curator.filters._toxic_turns import judged_turns, scored_in_cascade, side_of
from curator.filters.toxicity import Toxicity
from curator.models import Clearing, chosen, clearing_of, find_threshold, keep_clearing
from curator.records import Record
from curator.report import facts_of
from curator.report.cascade import Audit
from tests.checkpoints import UNBIASED, save_checkpoint, varied_texts
from tests.conftest import chat, frame

ABUSE = "You are a worthless piece of trash."
HARMLESS = "The committee met on Tuesday to discuss the budget of the library."
GERMAN = "Du bist ein wertloses Stück Dreck, und ich hoffe, dass du heute noch verschwindest."


class Costly:
    """A model that notes what it is asked."""

    outputs: tuple[str, ...] = ("toxicity", "threat")

    def __init__(self) -> None:
        self.asked: list[str] = []

    def score(self, texts: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        self.asked += texts
        return np.full((len(texts), 2), 0.9, np.float32)


def cascaded(costly: Costly, *records: Record, below: float, share: float) -> pl.DataFrame:
    made = frame(*records)
    turns = judged_turns(made.with_columns(Language().compute(made)), None)
    scored = scored_in_cascade(costly, turns, below, share)
    return side_of(scored, "response", len(records), costly.outputs)


def test_what_is_cleared_is_not_shown_to_the_costly_model() -> None:
    costly = Costly()
    found = cascaded(costly, chat("Hi", HARMLESS), chat("Hi", ABUSE), below=0.2, share=0.0)
    assert HARMLESS not in costly.asked
    assert ABUSE in costly.asked
    assert found["response_cleared"].to_list() == [True, False]
    assert found["response_threat"].to_list() == [None, pytest.approx(0.9)]
    assert found["response_toxicity"][0] < 0.2


def test_the_turns_of_a_side_are_cleared_together() -> None:
    costly = Costly()
    cascaded(costly, chat("Hi", HARMLESS, "More", ABUSE), below=0.2, share=0.0)
    assert {HARMLESS, ABUSE} <= set(costly.asked)


def test_a_language_that_the_bundled_model_does_not_know_is_never_cleared() -> None:
    costly = Costly()
    found = cascaded(costly, chat("Hi", GERMAN), below=1.0, share=0.0)
    assert costly.asked == [GERMAN]
    assert found["response_cleared"].to_list() == [False]


def test_audited_ones_are_shown_all_the_same() -> None:
    costly = Costly()
    found = cascaded(costly, chat("Hi", HARMLESS), below=1.0, share=1.0)
    assert found.select("response_cleared", "response_audited").row(0) == (True, True)
    assert found["response_toxicity"][0] == pytest.approx(0.9)
    assert set(costly.asked) == {"Hi", HARMLESS}


def test_a_share_is_chosen_by_the_hash_alone() -> None:
    hashes = np.random.default_rng(0).integers(0, 2**64, 20_000, dtype=np.uint64)
    few = chosen(hashes, 0.1)
    assert 0.09 < few.mean() < 0.11
    assert (chosen(hashes[::-1], 0.1)[::-1] == few).all()
    assert chosen(hashes, 1.0).all()
    assert not chosen(hashes, 0.0).any()


@given(
    scores=st.lists(st.floats(0, 1, width=32), min_size=300, max_size=400),
    recall=st.sampled_from((0.9, 0.95, 0.99)),
)
def test_a_threshold_keeps_its_recall_on_what_it_was_found_on(
    scores: list[float], recall: float
) -> None:
    cheap = np.array(scores)
    found = find_threshold(cheap, np.ones(len(cheap), bool), recall)
    assert (cheap >= found.below).mean() >= recall


def test_the_bound_is_the_exact_binomial_one() -> None:
    cheap = np.arange(1, 474) / 1000
    # Of 473 flagged, one may be lost at 0.99: 0.99^473 + 473 * 0.01 * 0.99^472 = 0.0497.
    assert find_threshold(cheap, np.ones(473, bool)).below == 0.002
    assert find_threshold(cheap, cheap > 0.001).below == 0.002
    with pytest.raises(ModelError, match=r"flags 298 of the 473 texts.*takes 299 or more"):
        find_threshold(cheap, cheap < 0.2985)


def test_a_calibration_is_kept_and_the_default_is_cautious(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CURATOR_CACHE", str(tmp_path))
    assert clearing_of("a" * 64, "b" * 64) == Clearing(0.01)
    path = keep_clearing("a" * 64, "b" * 64, Clearing(0.03, 0.99, 400, 9000))
    assert clearing_of("a" * 64, "b" * 64) == Clearing(0.03, 0.99, 400, 9000)
    assert clearing_of("a" * 64, "c" * 64) == Clearing(0.01)
    path.write_text("{")
    with pytest.raises(ModelError, match="delete it and run `curator models calibrate`"):
        clearing_of("a" * 64, "b" * 64)


def test_the_recall_of_a_run_has_an_interval() -> None:
    assert Audit("t", "response", 1000, 900, 0, 0, 50).recall() is None
    assert Audit("t", "response", 1000, 900, 90, 0, 0).recall() is None
    middle, low, high = Audit("t", "response", 1000, 900, 90, 0, 50).recall() or (0, 0, 0)
    # Wilson's upper limit of 0 of 90 is 1.96^2 / (90 + 1.96^2) = 0.0409: 50 / (50 + 36.8).
    assert (middle, high) == (1.0, 1.0)
    assert low == pytest.approx(0.576, abs=0.001)
    middle, low, high = Audit("t", "response", 1000, 900, 90, 1, 50).recall() or (0, 0, 0)
    assert middle == pytest.approx(50 / 60)
    assert low < middle < high < 1


def test_a_run_tells_what_a_cascade_spared_and_its_key_has_the_threshold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    monkeypatch.setenv("CURATOR_CACHE", str(tmp_path / "cache"))
    model = f"detoxify:{save_checkpoint(tmp_path / 'a.ckpt', tmp_path / 'b', UNBIASED)}"
    texts = [text for text in varied_texts(100, most=40) if text.isascii() and text.strip()]
    rows = [{"prompt": f"Say {n}", "completion": text} for n, text in enumerate(texts)]
    (tmp_path / "data.jsonl").write_text("\n".join(map(json.dumps, rows)))
    before = Toxicity(model=f"cascade:{model}").key()
    command = ["models", "calibrate", model, str(tmp_path / "data.jsonl"), "--recall", "0.5"]
    done = CliRunner().invoke(app, [*command, "--flags-from", "0"])
    assert done.exit_code == 0, done.output
    entry = Toxicity(model=f"cascade:{model}")
    assert entry.key() != before
    told = {"filter": "toxicity", "model": entry.model, "audited_share": 0.5}
    recipe = {"input": [{"path": "data.jsonl"}], "filters": [told]}
    (tmp_path / "recipe.yaml").write_text(yaml.safe_dump(recipe))
    run = curator.curate(tmp_path / "recipe.yaml", out=tmp_path / "run")
    notices = [one.text for one in facts_of(run).notices if one.kind == "cascade"]
    assert any("the bundled model cleared" in text for text in notices)
    assert "torch" in run.manifest.device
    again = curator.Run.open(tmp_path / "run")
    assert again.scores().collect().height == len(texts)
