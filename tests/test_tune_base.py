"""A model's name means one folder, and nothing is fetched."""

from pathlib import Path

import pytest

pytest.importorskip("peft")

from curator.errors import MissingExtraError, ModelError
from curator.tune import base as base_module
from curator.tune.base import base_folder


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURATOR_CACHE", str(tmp_path / "cache"))


def test_a_tiny_model_is_made_once_of_the_texts() -> None:
    first = base_folder("tiny", lambda: ["Name a river.", "The Danube."])
    made = (first / "model.safetensors").stat().st_mtime_ns
    assert base_folder("tiny", lambda: ["Name a river.", "The Danube."]) == first
    assert (first / "model.safetensors").stat().st_mtime_ns == made
    assert base_folder("tiny", lambda: ["Name a lake."]) != first


def test_a_tiny_model_of_no_words_is_refused() -> None:
    with pytest.raises(ModelError, match="there are none"):
        base_folder("tiny", lambda: [])


def test_a_path_means_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = base_folder("tiny", lambda: ["Name a river."])
    assert base_folder(str(made), list) == made
    monkeypatch.chdir(made.parent)
    assert base_folder(made.name, list).resolve() == made.resolve()


def test_says_how_to_fetch_what_is_not_here() -> None:
    with pytest.raises(ModelError, match=r"curator models pull hub:nobody/nothing"):
        base_folder("nobody/nothing", list)


def test_says_which_extra_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base_module, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"instruct-curator\[tune\]"):
        base_folder("tiny", lambda: ["a"])
