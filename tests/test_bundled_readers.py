"""The bundled models: who reads what, and how two readings become one score."""

import numpy as np
import pytest

from curator.groups import GROUPS, find_mentions
from curator.models import stereotype_model, toxicity_model
from curator.models.stereotype import StereotypeModel, best_fit
from curator.models.toxicity import BundledToxicity
from curator.models.toxicity_static import StaticToxicity

FILLER = "word " * 60


class Static:
    """Scores a text by the one word that counts in it."""

    def score(self, texts: list[str]) -> np.ndarray:
        chances = [0.9 if "bad" in text else 0.1 if "odd" in text else 0.01 for text in texts]
        return np.array([[chance, 0.5] for chance in chances], np.float32)


class Trunk:
    """Notes what it is given to read."""

    def __init__(self) -> None:
        self.read_texts: list[str] = []

    def read(self, text: str, longest: int) -> np.ndarray:
        self.read_texts.append(text)
        return np.array([[len(text)]], np.float32)


class Head:
    """Says the same of every text."""

    def __init__(self, *outputs: float) -> None:
        self.outputs = np.array(outputs, np.float32)

    def judge(self, states: np.ndarray) -> np.ndarray:
        return self.outputs


def read_by(*texts: str) -> tuple[list[str], np.ndarray]:
    trunk = Trunk()
    found = BundledToxicity(Static(), trunk, Head(2.0, -2.0)).score(texts)  # type: ignore[arg-type]
    return trunk.read_texts, found


def test_only_what_is_suspect_is_read_by_the_encoder() -> None:
    few, short, long = "odd", "an odd little text", f"odd {FILLER}"
    read, found = read_by("a plain text", few, short, long, "bad")
    assert read == [short, "bad"]
    assert found[:2, 0] == pytest.approx([0.01, 0.1])
    assert found[3, 0] == pytest.approx(0.1)


def test_both_readings_are_added_up_as_log_odds() -> None:
    _, found = read_by("a bad text")
    logits = [0.7 * 2 + 0.3 * np.log(0.9 / 0.1), 0.7 * -2 + 0.3 * 0]
    assert found[0] == pytest.approx([1 / (1 + np.exp(-one)) for one in logits], abs=1e-6)


def test_of_a_long_text_the_two_worst_windows_are_read() -> None:
    read, _ = read_by(f"{FILLER} bad {FILLER} odd {FILLER}")
    assert len(read) == 2
    assert "bad" in read[0]
    assert "odd" in read[1]
    assert all(len(one.split()) == 48 for one in read)


def test_a_window_that_comes_again_is_read_once() -> None:
    read, found = read_by("a bad text", "a bad text")
    assert read == ["a bad text"]
    assert (found[0] == found[1]).all()


def test_the_encoder_that_ships_hears_what_the_static_model_does_not() -> None:
    static = StaticToxicity.load()
    spoken_of = "I was called an idiot on the train today and nobody helped me."
    meant = "These women should get back to the kitchen where they belong."
    plain = "The committee met on Tuesday to discuss the budget of the library."
    texts = [spoken_of, meant, plain]
    alone, both = static.score(texts)[:, 0], toxicity_model().score(texts)[:, 0]
    assert both[0] < alone[0] - 0.05
    assert both[1] > alone[1] + 0.1
    assert both[2] == alone[2]


def test_a_sentence_fits_its_group_as_much_as_it_is_nearer_than_the_axis() -> None:
    names = [(axis, group) for axis, groups in GROUPS.items() for group in groups]
    vectors = np.array(
        [[1.0, 0.0] if name == ("gender", "women") else [0.0, 1.0] for name in names]
    )
    meant = np.array([3.0, 0.0])
    women, men = (frozenset({("gender", group)}) for group in ("women", "men"))
    share = 1 / len(GROUPS["gender"])
    assert best_fit(vectors, meant, women) == pytest.approx(1 - share)
    assert best_fit(vectors, meant, men) == pytest.approx(-share)
    assert best_fit(vectors, meant, women | men) == pytest.approx(1 - share)


def test_the_encoder_reads_sentences_with_their_groups_hidden() -> None:
    trunk = Trunk()
    vectors = np.eye(sum(map(len, GROUPS.values())), 2)
    tensors = {"blend": np.array([1.0, 0.0, -1.0]), "vectors": vectors}
    model = StereotypeModel(trunk, Head(3.0, 1.0, 0.0), tensors)  # type: ignore[arg-type]
    text = "All Germans are very lazy. The sun is out today. Only Muslims and women lie."
    found = list(model.sentences(text, find_mentions(text)))
    assert trunk.read_texts == ["All group are very lazy.", "Only group and group lie."]
    assert [text[one.start : one.end].strip()[:4] for one in found] == ["All ", "Only"]
    assert [one.chance for one in found] == [round(1 / (1 + np.exp(-2)), 6)] * 2


def test_the_shipped_model_hears_of_whom_something_is_said() -> None:
    model = stereotype_model()
    told = "All {} are greedy and control the banks."
    chances = [
        worst.chance
        for group in ("Jews", "Buddhists")
        if (worst := model.worst(told.format(group), find_mentions(told.format(group))))
    ]
    assert chances[0] > chances[1]
