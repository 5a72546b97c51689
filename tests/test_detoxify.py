"""Checkpoints of Detoxify score as `Detoxify.predict` does, and run nothing of what is in them."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from curator.cli.app import app
from curator.errors import InputError, ModelError
from curator.features import Language
from curator.filters.toxicity import Toxicity
from curator.models import (
    CATALOGUE,
    CATEGORIES,
    Judge,
    ModelCard,
    checkpoint_at,
    file_of,
    prepare,
    read_name,
    toxicity_judge,
)
from curator.models.detoxify import Checkpoint
from curator.remote import Guard
from curator.remote.cache import Watch
from curator.remote.pull import pull
from tests.checkpoints import ORIGINAL, UNBIASED, save_checkpoint, varied_texts
from tests.conftest import chat, frame

torch = pytest.importorskip("torch")
detoxify = pytest.importorskip("detoxify")
NEAR = 0.01


@pytest.fixture(autouse=True, scope="module")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CURATOR_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a checkpoint whose `model_type` is a folder beside it."""
    folder = tmp_path_factory.mktemp("checkpoint")
    return save_checkpoint(folder / "small.ckpt", folder / "described", UNBIASED)


@pytest.fixture(scope="module")
def reference(checkpoint: Path) -> Any:
    described = str(checkpoint.parent / "described")
    return detoxify.Detoxify(checkpoint=str(checkpoint), huggingface_config_path=described)


@pytest.fixture(scope="module")
def judge(checkpoint: Path) -> Judge:
    return toxicity_judge(read_name(f"detoxify:{checkpoint}"), {})


def predicted(reference: Any, texts: list[str]) -> np.ndarray[Any, Any]:
    found = reference.predict(texts)
    return np.array([np.atleast_1d(found[name]) for name in CATEGORIES]).T


def test_scores_are_those_of_detoxify(reference: Any, judge: Judge) -> None:
    texts = [text for text in varied_texts(150) if len(reference.tokenizer(text)[0]) <= 512]
    expected = np.vstack([predicted(reference, [text]) for text in texts])
    assert judge.outputs == CATEGORIES
    assert expected.std() > 0.05
    assert np.abs(judge.score(texts) - expected).max() < NEAR


@given(texts=st.lists(st.text(max_size=400), min_size=1, max_size=6))
def test_any_texts_score_as_by_detoxify(reference: Any, judge: Judge, texts: list[str]) -> None:
    assert np.abs(judge.score(texts) - predicted(reference, texts)).max() < NEAR


def test_a_text_scores_the_same_whatever_stands_beside_it(judge: Judge) -> None:
    texts = varied_texts(60, seed=1)
    together = judge.score(texts)
    assert (judge.score(texts[::-1])[::-1] == together).all()
    alone = [judge.score([text])[0] for text in texts]
    assert (np.stack(alone) == together).all()
    assert judge.score([]).shape == (0, len(CATEGORIES))


def test_a_long_text_scores_as_its_worst_window(reference: Any, judge: Judge) -> None:
    long = " ".join(varied_texts(400, seed=3))
    tokens = reference.tokenizer(long, add_special_tokens=False, return_offsets_mapping=True)
    places = tokens["offset_mapping"]
    starts = range(0, len(places) - 128, 510 - 128)
    parts = [long[places[at][0] : places[min(at + 510, len(places)) - 1][1]] for at in starts]
    expected = predicted(reference, parts).max(axis=0)
    assert len(parts) > 3
    assert np.abs(judge.score([long])[0] - expected).max() < NEAR


def test_the_old_names_of_categories_are_ours(tmp_path: Path) -> None:
    path = save_checkpoint(tmp_path / "original.ckpt", tmp_path / "described", ORIGINAL)
    judge = toxicity_judge(read_name(f"detoxify:{path}"), {})
    assert judge.outputs == CATEGORIES[:-1]
    told = str(tmp_path / "described")
    reference = detoxify.Detoxify(checkpoint=str(path), huggingface_config_path=told)
    found = reference.predict("You idiot!")
    expected = [found[name] for name in judge.outputs]
    assert np.abs(judge.score(["You idiot!"])[0] - expected).max() < NEAR


def test_a_checkpoint_is_converted_once_and_then_not_read(checkpoint: Path) -> None:
    folder = prepare(checkpoint_at(checkpoint))
    told = json.loads((folder / "checkpoint.json").read_text())
    assert told["classes"] == list(UNBIASED)
    assert {path.suffix for path in folder.iterdir()} <= {".json", ".safetensors", ".txt"}
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert prepare(checkpoint_at(checkpoint)) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before


def test_a_folder_with_all_that_is_needed_is_enough(
    checkpoint: Path, tmp_path: Path, judge: Judge
) -> None:
    for path in [checkpoint, *(checkpoint.parent / "described").iterdir()]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    same = toxicity_judge(read_name(f"detoxify:{tmp_path}"), {})
    assert (same.score(["You idiot!"]) == judge.score(["You idiot!"])).all()


class Bomb:
    """What a pickle could do when it is read."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path("/nonexistent-on-purpose").mkdir, ())


def test_a_checkpoint_that_would_run_something_is_refused(tmp_path: Path) -> None:
    torch.save({"config": Bomb(), "state_dict": {}}, tmp_path / "bad.ckpt")
    with pytest.raises(ModelError, match="no checkpoint that can be read safely"):
        prepare(Checkpoint(tmp_path / "bad.ckpt", None))


def config(count: int, *classes: str, place: str = "nobody/nothing") -> dict[str, Any]:
    described = {"num_classes": count, "model_type": place}
    return {"arch": {"args": described}, "dataset": {"args": {"classes": list(classes)}}}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"state_dict": {}}, r"no checkpoint of Detoxify \('config' is not in it\)"),
        ({"config": config(2, "a"), "state_dict": {}}, "says 2 classes, and names 1"),
        (
            {"config": config(1, "a"), "state_dict": {}},
            "needs the configuration and the tokenizer of nobody/nothing",
        ),
    ],
)
def test_what_is_wrong_with_a_checkpoint_is_told(
    tmp_path: Path, content: dict[str, Any], says: str
) -> None:
    torch.save(content, tmp_path / "odd.ckpt")
    with pytest.raises(ModelError, match=says):
        prepare(checkpoint_at(tmp_path / "odd.ckpt"))


def test_what_is_not_there_is_told_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="run `curator models pull detoxify:original`"):
        Toxicity(model="detoxify:original").key()
    with pytest.raises(ModelError, match="there is no checkpoint"):
        Toxicity(model="detoxify:nowhere.ckpt").key()
    with pytest.raises(ModelError, match="holds 0 checkpoints"):
        Toxicity(model=f"detoxify:{tmp_path}").key()


def published(checkpoint: Path) -> ModelCard:
    """Make a card that a checkpoint of ours fits: the first digits of its hash."""
    digest = hashlib.sha256(checkpoint.read_bytes()).hexdigest()
    return replace(CATALOGUE["detoxify:unbiased"], sha256=digest[:8])


def test_a_published_model_is_pulled_converted_and_verified(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CURATOR_CACHE", str(tmp_path / "cache"))
    card = published(checkpoint)
    monkeypatch.setitem(CATALOGUE, card.name, card)
    command = ["models", "pull", card.name, "--from", str(checkpoint)]
    assert CliRunner().invoke(app, command).exit_code == 0
    assert list(Toxicity(model=card.name).files()) == [card.name]
    assert CliRunner().invoke(app, ["models", "verify", card.name]).exit_code == 0
    file_of(card).write_bytes(b"damaged")
    with pytest.raises(ModelError, match=r"is not what was converted.*curator models pull"):
        file_of(card)
    assert CliRunner().invoke(app, ["models", "verify", card.name]).exit_code == 1


def test_another_checkpoint_is_not_taken(checkpoint: Path) -> None:
    card = CATALOGUE["detoxify:unbiased"]
    with pytest.raises(ModelError, match=r"is not the model detoxify:unbiased.*nothing was stored"):
        pull(card, Guard(), Watch(), str(checkpoint))
    with pytest.raises(InputError, match="there is no file nowhere"):
        pull(card, Guard(), Watch(), "nowhere")


def test_the_command_converts_a_checkpoint_of_ones_own(checkpoint: Path) -> None:
    done = CliRunner().invoke(app, ["models", "pull", f"detoxify:{checkpoint}"])
    assert done.exit_code == 0
    assert prepare(checkpoint_at(checkpoint)).name in done.stdout.replace("\n", "")


def test_the_filter_has_a_column_for_every_category(checkpoint: Path) -> None:
    made = frame(chat("Hi", "You idiot!"), chat("Hi", "Good."), chat("", ""))
    entry = Toxicity(model=f"detoxify:{checkpoint}")
    found = entry.score(made.with_columns(Language().compute(made)))
    for side in ("response", "prompt"):
        assert {f"{side}_{name}" for name in CATEGORIES} < set(found.columns)
        assert set(found[f"{side}_worst"]) <= set(CATEGORIES)
    assert "torch" in entry.device()
