"""A judge is asked in both orders, and neither place nor length wins anything."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from curator.errors import InputError, ModelError
from curator.filters.judge import Judge
from curator.tune.evaluate.judge import Judged, Pair, judge_pairs, read_judge
from curator.tune.evaluate.length_control import controlled_wins, wins
from curator.tune.evaluate.prompts import Prompt
from curator.tune.evaluate.replies import Reply
from tests.servers import Answer, Asked, json_answer, serving

Grade = Callable[[str, str], float | None]


def pair(place: int, before: str, after: str) -> Pair:
    prompt = Prompt("neutral", str(place), f"Say something, {place}.")
    return Pair(*(Reply(prompt, text, 9, stopped=True) for text in (before, after)))


def pairs(size: int, seed: int = 0, longer: float = 1.0) -> list[Pair]:
    """Make pairs of answers of chance lengths; those after are longer by a factor."""
    chance = np.random.default_rng(seed)
    lengths = chance.integers(20, 200, (size, 2))
    return [
        pair(place, "b" * int(was), "a" * int(now * longer))
        for place, (was, now) in enumerate(lengths)
    ]


def graded(asked: Asked, grade: Grade) -> Answer:
    texts = json.loads(json.loads(asked.body)["messages"][1]["content"])
    score = grade(texts["first"], texts["second"])
    said = "I would rather not." if score is None else json.dumps({"why": "so", "score": score})
    return json_answer({"choices": [{"message": {"content": said}}]})


def judged(folder: Path, asked: list[Pair], grade: Grade, **settings: object) -> Judged:
    with serving(lambda one: graded(one, grade)) as server:
        told = {"base_url": f"{server.url}/v1", "model": "m", "cache": str(folder)} | settings
        return judge_pairs(asked, Judge.model_validate(told), 0, lambda _: None)


def longer_wins(first: str, second: str) -> float:
    return 3 if len(first) == len(second) else 5 if len(second) > len(first) else 1


def test_a_judge_that_likes_a_model_prefers_it(tmp_path: Path) -> None:
    found = judged(tmp_path, pairs(40), lambda first, _: 2 if first[:1] == "a" else 4)
    assert (found.pairs, found.failed, found.swayed) == (40, 0, 0)
    assert found.plain.share == 0.75
    assert found.controlled is not None
    assert found.controlled.share == pytest.approx(0.75, abs=0.01)
    assert found.controlled.ends.leaves_out(0.5)


def test_a_judge_that_likes_a_place_says_nothing(tmp_path: Path) -> None:
    found = judged(tmp_path, pairs(30), lambda *_: 1)
    assert found.plain.share == 0.5
    assert found.swayed == 30
    assert found.controlled is not None
    assert not found.controlled.ends.leaves_out(0.5)


def test_a_judge_that_likes_length_gives_no_win(tmp_path: Path) -> None:
    found = judged(tmp_path, pairs(120, longer=1.5), longer_wins)
    assert found.plain.ends.leaves_out(0.5)  # the plain share would claim a win
    assert found.longer > 0
    assert found.controlled is not None
    assert not found.controlled.ends.leaves_out(0.5)


@pytest.mark.parametrize("seed", range(12))
def test_length_alone_rarely_wins_whatever_the_judge_is_like(seed: int) -> None:
    chance = np.random.default_rng(seed)
    lengths = chance.normal(60, 120, 150)
    soft = 1 / (1 + np.exp(-lengths / 80))
    preferred = (chance.random(150) < soft).astype(float)
    found = controlled_wins(preferred, lengths, 0)
    assert found is not None
    assert wins(preferred, 0).share > 0.55
    assert found.share == pytest.approx(0.5, abs=0.17)


def test_length_control_keeps_a_win_that_is_not_of_length() -> None:
    chance = np.random.default_rng(5)
    lengths = chance.normal(60, 120, 300)
    preferred = (chance.random(300) < 1 / (1 + np.exp(-(1.2 + lengths / 80)))).astype(float)
    found = controlled_wins(preferred, lengths, 0)
    assert found is not None
    assert found.share == pytest.approx(1 / (1 + np.exp(-1.2)), abs=0.08)
    assert found.ends.leaves_out(0.5)


def test_length_control_turns_round_with_the_models() -> None:
    chance = np.random.default_rng(6)
    lengths, preferred = chance.normal(0, 100, 80), chance.random(80)
    one, other = controlled_wins(preferred, lengths, 0), controlled_wins(1 - preferred, -lengths, 0)
    assert one is not None
    assert other is not None
    assert one.share == pytest.approx(1 - other.share)


def test_where_all_answers_are_longer_length_cannot_be_told_apart(tmp_path: Path) -> None:
    found = judged(tmp_path, pairs(20, longer=30), longer_wins)
    assert found.plain.share == 1.0
    assert found.controlled is None


def test_answers_are_kept_and_not_asked_for_again(tmp_path: Path) -> None:
    asked: list[str] = []

    def grade(first: str, second: str) -> float:
        asked.append(first)
        return longer_wins(first, second)

    with serving(lambda one: graded(one, grade)) as server:
        told = {"base_url": f"{server.url}/v1", "model": "m", "cache": str(tmp_path)}
        settings, said = Judge.model_validate(told), list[str]()
        first = judge_pairs(pairs(10), settings, 0, said.append)
        again = judge_pairs(pairs(10), settings, 0, said.append)
    assert first == again
    assert len(asked) == 20
    assert len(said) == 1
    assert "20 requests to m at 127.0.0.1" in said[0]


def test_pairs_without_a_grade_are_not_counted(tmp_path: Path) -> None:
    some = [pair(0, "", "x"), *[pair(place, "b" * place, "a" * place) for place in range(1, 10)]]
    found = judged(tmp_path, some, lambda first, second: 3 if first and second else None)
    assert (found.pairs, found.failed) == (9, 1)
    with pytest.raises(ModelError, match="no grade for 10 of 10 pairs"):
        judged(tmp_path / "other", pairs(10), lambda *_: None)


def test_nothing_is_asked_that_costs_too_much(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nothing was asked"):
        judged(tmp_path, pairs(4), longer_wins, asking={"price_in": 1e4, "max_cost": 0.01})


def test_personal_values_are_masked_before_they_leave(tmp_path: Path) -> None:
    seen: list[str] = []

    def grade(first: str, second: str) -> float:
        seen.extend((first, second))
        return 3

    judged(tmp_path, [pair(0, "Mail anna.smith@mailbox.org.", "Call nobody.")], grade)
    assert seen
    assert not any("anna" in text for text in seen)


def test_no_pairs_are_no_preference(tmp_path: Path) -> None:
    found = judged(tmp_path, [], longer_wins)
    assert (found.pairs, found.plain.share, found.controlled) == (0, 0.5, None)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("model: m", "no `base_url:`"),
        ("base_url: ftp://x\nmodel: m", "does not name a judge"),
        ("modle: m", "does not name a judge"),
        ("a: [", "does not name a judge"),
        ("", "does not name a judge"),
    ],
)
def test_a_file_that_names_no_judge_is_explained(tmp_path: Path, text: str, wrong: str) -> None:
    path = tmp_path / "judge.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=wrong):
        read_judge(path)


def test_a_judge_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "judge.yaml"
    path.write_text("base_url: http://127.0.0.1:8000/v1\nmodel: m\nasking: {max_cost: 1}\n")
    assert read_judge(path).model == "m"
    with pytest.raises(InputError, match="cannot be read"):
        read_judge(tmp_path / "none.yaml")
