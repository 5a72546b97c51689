"""A recipe names a model by its kind and its place, and labels by what they mean."""

import importlib.util
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from curator.errors import MissingExtraError, ModelError
from curator.filters.toxicity import Toxicity
from curator.models import Named, placed_name, read_name
from curator.models.device import need_torch
from curator.models.labels import categories_of, joined, unsafe_of
from curator.models.windows import Window, list_batches, padded


def test_names_are_read() -> None:
    assert read_name("bundled") == Named("bundled", "")
    assert read_name("detoxify:unbiased-small") == Named("detoxify", "unbiased-small")
    assert read_name("hub:one/guard@main") == Named("hub", "one/guard@main")
    assert read_name("cascade:hub:./guard") == Named("hub", "./guard", cascade=True)
    for text in ("bundled", "detoxify:a.ckpt", "cascade:hub:/guard"):
        assert str(read_name(text)) == text


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("original", 'did you mean "detoxify:original"'),
        ("bundle", 'did you mean "bundled"'),
        ("cascade:bundled", "names no model"),
        ("detoxify:", "names no model"),
        ("https://example.org", "names no model"),
    ],
)
def test_other_names_are_refused_in_the_recipe(text: str, hint: str) -> None:
    with pytest.raises(ModelError, match=hint):
        read_name(text)
    with pytest.raises(ValidationError, match="names no model"):
        Toxicity(model=text)


def test_only_paths_are_moved() -> None:
    def up(path: str) -> str:
        return f"x/{path.removeprefix('./')}"

    assert placed_name("hub:one/guard", up) == "hub:one/guard"
    assert placed_name("hub:./guard", up) == "hub:./x/guard"
    assert placed_name("detoxify:original", up) == "detoxify:original"
    assert placed_name("cascade:detoxify:mine.ckpt", up) == "cascade:detoxify:./x/mine.ckpt"
    assert placed_name("bundled", up) == "bundled"


def test_labels_are_known_by_their_names_or_by_what_is_said() -> None:
    assert categories_of(["toxic", "Severe-Toxic", "identity_hate"], {}, "m") == {
        "toxicity": (0,),
        "severe_toxicity": (1,),
        "identity_attack": (2,),
    }
    assert categories_of(["neutral", "LABEL_1"], {"LABEL_1": "insult"}, "m") == {
        "toxicity": (1,),
        "insult": (1,),
    }
    with pytest.raises(ModelError, match=r"the labels yes, no.*`labels: \{no: toxicity\}`"):
        categories_of(["yes", "no"], {}, "m")
    with pytest.raises(ModelError, match='m has no label "maybe"'):
        categories_of(["yes", "no"], {"maybe": "toxicity"}, "m")


def test_unsafe_is_what_is_said_or_known_or_not_safe() -> None:
    assert unsafe_of(["a", "b"], ["b"], "m") == (1,)
    assert unsafe_of(["Safe", "drugs", "weapons"], [], "m") == (1, 2)
    assert unsafe_of(["x", "JAILBREAK"], [], "m") == (1,)
    with pytest.raises(ModelError, match=r"`unsafe: \[b\]`"):
        unsafe_of(["a", "b"], [], "m")


def test_labels_that_exclude_each_other_are_added_up() -> None:
    chances = np.array([[0.2, 0.3, 0.5]], np.float32)
    assert joined(chances, (0, 1), exclusive=True)[0] == pytest.approx(0.5)
    assert joined(chances, (0, 1), exclusive=False)[0] == pytest.approx(0.3)


def test_the_shape_of_a_batch_is_its_rows_own() -> None:
    assert [padded(length) for length in (1, 8, 9, 128, 129, 257, 512)] == [
        8, 8, 16, 128, 144, 288, 512,
    ]  # fmt: skip
    windows = [Window(n, [1] * (1 + n % 40), None) for n in range(100)]
    seen: dict[int, set[int]] = {}
    rows: list[int] = []
    for batch in list_batches(windows, 256, 0):
        seen.setdefault(batch.tokens.shape[1], set()).add(batch.tokens.shape[0])
        rows += batch.windows.tolist()
        lengths = [len(windows[place].tokens) for place in batch.windows]
        assert batch.mask.sum(axis=1)[: len(lengths)].tolist() == lengths
    assert sorted(rows) == list(range(100))
    assert seen == {8: {32}, 16: {16}, 24: {10}, 32: {8}, 40: {6}}


def test_a_missing_package_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec

    def without(name: str, *more: Any) -> Any:
        return None if name == "torch" else found(name, *more)

    monkeypatch.setattr("curator.models.device.find_spec", without)
    with pytest.raises(MissingExtraError, match=r'pip install "instruct-curator\[models\]"'):
        need_torch("the model detoxify:original")
