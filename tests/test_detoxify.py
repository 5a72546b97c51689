"""Checkpoints of Detoxify score as `Detoxify.predict` does, and run nothing of what is in them."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.models import (
    CATEGORIES,
    Judge,
    read_name,
    toxicity_judge,
)
from tests.checkpoints import UNBIASED, save_checkpoint, varied_texts

torch = pytest.importorskip("torch")
detoxify = pytest.importorskip("detoxify")
NEAR = 0.01


@pytest.fixture(autouse=True, scope="module")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CURATOR_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a checkpoint whose `model_type` is a folder beside it."""
    folder = tmp_path_factory.mktemp("checkpoint")
    return save_checkpoint(folder / "small.ckpt", folder / "described", UNBIASED)


@pytest.fixture(scope="module")
def reference(checkpoint: Path) -> object:
    described = str(checkpoint.parent / "described")
    return detoxify.Detoxify(checkpoint=str(checkpoint), huggingface_config_path=described)


@pytest.fixture(scope="module")
def judge(checkpoint: Path) -> Judge:
    return toxicity_judge(read_name(f"detoxify:{checkpoint}"), {})


def predicted(reference: object, texts: list[str]) -> np.ndarray:
    found = reference.predict(texts)
    return np.array([found[name] for name in CATEGORIES]).T


def test_scores_are_those_of_detoxify(reference: object, judge: Judge) -> None:
    texts = varied_texts(150)
    expected = np.vstack([predicted(reference, [text]) for text in texts])
    assert judge.outputs == CATEGORIES
    assert expected.std() > 0.05
    assert np.abs(judge.score(texts) - expected).max() < NEAR


@given(texts=st.lists(st.text(max_size=400), min_size=1, max_size=6))
def test_any_texts_score_as_by_detoxify(reference: object, judge: Judge, texts: list[str]) -> None:
    assert np.abs(judge.score(texts) - predicted(reference, texts)).max() < NEAR
