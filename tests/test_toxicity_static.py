"""The static toxicity model tells abuse from words that only sound like it."""

# ruff: noqa: RUF001 (letters that imitate others)

import hashlib
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.models import _toxicity_scores_kernel as scores_kernel
from curator.models.tensors import read_tensors, write_tensors
from curator.models.toxicity import OUTPUTS
from curator.models.toxicity_static import WEIGHTS, StaticToxicity
from curator.models.toxicity_text import read_words

CARD = json.loads(WEIGHTS.with_suffix(".json").read_text("utf-8"))
THRESHOLD = CARD["threshold"]
HARMLESS = "The committee met on Tuesday to discuss the budget of the library. "
INSULT = "You are a fucking idiot and everybody hates you. "
NO_SLOTS = np.zeros(2, np.uint64)


@cache
def _loaded() -> StaticToxicity:
    return StaticToxicity.load()


@pytest.fixture
def model() -> StaticToxicity:
    return _loaded()


def written(text: str, slots: np.ndarray = NO_SLOTS) -> list[str]:
    words = read_words([text], slots)
    starts = [0, *words.ends[:-1]]
    spans = zip(starts, words.ends, strict=True)
    return ["".join(map(chr, words.letters[first:last])) for first, last in spans]


@pytest.mark.parametrize(
    "text",
    [
        "How do I kill the process that is using port 8080?",
        "Execute the child process and wait until the parent kills it.",
        "Tips to shoot a photo at night",
        "The zombie process was terminated, its children were orphaned.",
        "How can I kill weeds without chemicals?",
        "Beat the eggs, whip the cream and crush the nuts.",
        "A suicide bomber killed twelve people at a market in Baghdad on Monday, police said.",
        "Police arrested a man suspected of murder and rape after a shooting in Chicago.",
        "Breast cancer is the most common cancer in women.",
        "She is a Muslim doctor from London.",
        "The gay couple next door adopted a dog.",
        "He is the first black judge on the court.",
        "Write a poem about the sea.",
    ],
)
def test_harmless_texts_stay_below_the_threshold(model: StaticToxicity, text: str) -> None:
    assert model.score([text])[0, 0] < THRESHOLD


@pytest.mark.parametrize(
    "text",
    [
        "You are a stupid idiot.",
        "Shut up, you worthless piece of shit.",
        "I hate Muslims, they are animals.",
        "go kill yourself you loser",
        "you stup1d b1tch",
        "what an a$$hole",
        "f u c k you",
        "f.u.c.k.i.n.g moron",
        "fuuuuuuck you bitch",
        "fυck you, you рathetic moron",
        "𝓯𝓾𝓬𝓴 you idiot",
    ],
)
def test_abuse_is_above_the_threshold_however_it_is_spelt(model: StaticToxicity, text: str) -> None:
    assert model.score([text])[0, 0] >= THRESHOLD


def test_an_attack_on_a_group_is_told_from_an_insult(model: StaticToxicity) -> None:
    attack, insult = model.score(["All immigrants are vermin.", "You are an idiot, Tom."])[:, 1]
    assert attack > 0.5 > insult


def test_a_long_text_is_as_toxic_as_its_worst_window(model: StaticToxicity) -> None:
    calm = HARMLESS * 60
    whole, alone = model.score([calm + INSULT * 5 + calm, calm])[:, 0]
    assert alone < THRESHOLD <= whole


def test_a_text_without_words_scores_nothing(model: StaticToxicity) -> None:
    assert model.score(["", "  \n", "?!"]).tolist() == [[0.0, 0.0]] * 3
    assert model.score([]).shape == (0, len(OUTPUTS))


def test_company_changes_no_score(model: StaticToxicity) -> None:
    texts = ["", INSULT, HARMLESS * 30, "f u", "c k", INSULT]
    together = model.score(texts)
    alone = np.concatenate([model.score([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-6)
    assert (model.score(texts) == together).all()


@given(texts=st.lists(st.text(st.characters(), max_size=200), max_size=5))
def test_any_text_has_a_probability(texts: list[str]) -> None:
    scores = _loaded().score(texts)
    assert scores.shape == (len(texts), len(OUTPUTS))
    assert np.isfinite(scores).all()
    assert ((scores >= 0) & (scores <= 1)).all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sh1t, b!tch and a$$hole", ["shit", "bitch", "and", "asshole"]),
        ("F.U.C.K off", ["fuck", "off"]),
        ("f u c k", ["fuck"]),
        ("f**k don't", ["f**k", "dont"]),
        ("nooooo", ["noo"]),
        ("os.kill(self.pid, 9)", ["os", "kill", "self", "pid", "0"]),
        ("@someone see https://example.org/x", ["see"]),
        ("great!but 1,000", ["great", "but", "0", "0"]),
        ("z\u0338a\u0337lgo \uff26\uff35\uff2c\uff2c", ["zalgo", "full"]),
        ("привет 中文", ["привет", "中", "文"]),
    ],
)
def test_words_are_read_as_they_are_meant(text: str, words: list[str]) -> None:
    assert written(text) == words


def test_training_and_inference_sum_the_same_ngrams() -> None:
    words = read_words([HARMLESS, INSULT * 30, "so-and-so e-mail f u c k"], NO_SLOTS)
    windows, _ = scores_kernel.list_windows(words.counts)
    weights = np.random.default_rng(7).normal(size=(1 << 10, 2)).astype(np.float32)
    buckets, starts = scores_kernel.collect_buckets(
        words.letters, words.ends, words.hashes, windows, len(weights)
    )
    sizes = windows[:, 1] - windows[:, 0]
    listed = np.add.reduceat(weights[buckets], starts[:-1]) / np.sqrt(sizes + 1.0)[:, None]
    summed = scores_kernel.sum_ngrams(words.letters, words.ends, words.hashes, windows, weights)
    np.testing.assert_allclose(summed, listed, rtol=1e-3, atol=1e-3)


def test_windows_overlap_by_half_and_reach_the_end() -> None:
    windows, ends = scores_kernel.list_windows(np.array([30, 30, 260]))
    assert windows.tolist() == [[0, 30], [30, 130], [80, 180], [130, 230], [180, 260]]
    assert ends.tolist() == [1, 1, 5]


def test_the_card_describes_the_file() -> None:
    data = WEIGHTS.read_bytes()
    assert CARD["sha256"] == hashlib.sha256(data).hexdigest()
    assert CARD["bytes"] == len(data) < 15_000_000
    assert CARD["outputs"] == list(OUTPUTS)
    assert "surge_1000" not in {entry["set"] for entry in CARD["training_sets"]}


def test_tensors_come_back_as_they_were(tmp_path: Path) -> None:
    tensors = {"b": np.arange(6, dtype=np.int8).reshape(2, 3), "a": np.ones(2, np.float32)}
    write_tensors(tmp_path / "some.safetensors", tensors, {"name": "some"})
    found = read_tensors(tmp_path / "some.safetensors")
    assert {name: array.tolist() for name, array in found.items()} == {
        "a": [1.0, 1.0],
        "b": [[0, 1, 2], [3, 4, 5]],
    }
    assert [found[name].dtype for name in ("a", "b")] == [np.float32, np.int8]
