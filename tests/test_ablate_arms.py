"""Arms are decisions over one run, of the sizes that they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.ablate.arms import CURATED, RAW, Arm, Pool, arms_of, drawn_alike
from curator.ablate.choosing import Time, choose, largest_affordable, whole_budget
from curator.ablate.layout import rows_for
from curator.ablate.protocol import Budget
from curator.ablate.wanted import Wanted
from curator.errors import CuratorError
from curator.training.conversation import Example


def mask(*places: int, size: int = 8) -> np.ndarray:
    found = np.zeros(size, np.bool_)
    found[list(places)] = True
    return found


POOL = Pool(
    usable=~mask(7),
    tokens=np.array([5, 9, 1, 4, 4, 8, 2, 90]),
    kept=mask(0, 1, 3, 7),
    without={
        "truncated": mask(0, 1, 2, 3, 4, 7),
        "idle": mask(0, 1, 3),
        "refusal": mask(0, 1, 3, 5),
    },
)


def rows(arms: list[Arm]) -> dict[str, list[int]]:
    return {arm.name: arm.drawn(POOL.tokens, 0).tolist() for arm in arms}


def test_every_arm_is_a_decision_over_the_same_records() -> None:
    found = rows(arms_of(POOL))
    drawn = found.pop("RANDOM@k")
    assert len(drawn) == 3
    assert found == {
        RAW: [0, 1, 2, 3, 4, 5, 6],
        CURATED: [0, 1, 3],
        "CURATED without truncated": [0, 1, 2, 3, 4],
        "CURATED without refusal": [0, 1, 3, 5],
        "LONGEST@k": [0, 1, 5],
        "DROPPED": [2, 4, 5, 6],
    }


def test_a_filter_that_decides_nothing_alone_has_no_arm_and_the_busiest_comes_first() -> None:
    filters = [(arm.without, arm.changed) for arm in arms_of(POOL) if arm.without]
    assert filters == [("truncated", 2), ("refusal", 1)]


@given(
    st.lists(st.integers(1, 60), min_size=4, max_size=60),
    st.integers(0, 5),
    st.data(),
)
def test_a_random_draw_has_as_many_records_and_nearly_as_many_tokens(
    tokens: list[int], seed: int, data: st.DataObject
) -> None:
    counts = np.array(tokens)
    size = data.draw(st.integers(1, len(tokens)))
    like = data.draw(st.permutations(range(len(tokens))))[:size]
    goal = int(counts[like].sum())
    found = drawn_alike(np.arange(len(tokens)), counts, (size, goal), seed)
    assert len(set(found.tolist())) == size
    plain = np.random.default_rng([seed, len(tokens)]).permutation(len(tokens))[:size]
    assert abs(counts[found].sum() - goal) <= abs(counts[plain].sum() - goal)
    assert (found == drawn_alike(np.arange(len(tokens)), counts, (size, goal), seed)).all()


def test_random_draws_of_many_records_meet_rows_and_tokens() -> None:
    counts = np.random.default_rng(0).integers(3, 40, 2000)
    longest = np.argsort(-counts)[:1100]
    goal = int(counts[longest].sum() * 0.9)
    found = drawn_alike(np.arange(2000), counts, (1100, goal), 1)
    assert len(found) == 1100
    assert counts[found].sum() == pytest.approx(goal, rel=0.003)


def examples(lengths: list[int], prompt: int) -> list[Example]:
    return [
        Example(
            str(place),
            np.zeros(length + prompt, np.int32),
            np.arange(length + prompt) >= prompt,
        )
        for place, length in enumerate(lengths)
    ]


@pytest.mark.parametrize("prompt", [3, 30])
@pytest.mark.parametrize("count", [150, 900])
def test_every_arm_learns_as_many_tokens_a_step(prompt: int, count: int) -> None:
    lengths = np.random.default_rng(count).integers(4, 30, count).tolist()
    made = examples(lengths, prompt)
    found = rows_for(made, Budget(tokens=16_000, steps=100, rows=2))
    assert found.width >= max(len(one) for one in made)
    assert sum(lengths) / found.steps_an_epoch == pytest.approx(160, rel=0.04)


def bench(budget: Budget) -> object:
    return type("Bench", (), {"budget": budget})()


def chosen(
    minutes: float, *names: str, seconds: float = 60.0
) -> tuple[list[str], dict[str, str], int]:
    budget = Budget(tokens=4_000, steps=1_000, rows=1)
    arms = [Arm(a.name, a.kind, a.rows, a.without, a.changed, 100, 1000) for a in arms_of(POOL)]
    time = Time(minutes * 60, 5, seconds, named=bool(names))
    wanted = Wanted(None, arms=names)
    found = choose(arms, wanted.takes, bench(budget), time)  # type: ignore[arg-type]
    return [arm.name for arm in found.arms], found.left_out, found.budget.steps


def test_minutes_choose_arms_the_most_important_first() -> None:
    arms, left_out, steps = chosen(24)
    assert arms == [RAW, "RANDOM@k", CURATED, "CURATED without truncated"]
    assert "no time: it would take 5.0 minutes more" in left_out["DROPPED"]
    assert steps == 1_000
    assert len(chosen(600)[0]) == 7


def test_too_few_minutes_shorten_the_trainings_of_the_first_three() -> None:
    arms, _, steps = chosen(10)
    assert arms == [RAW, "RANDOM@k", CURATED]
    assert steps == 600
    assert chosen(0.1)[2] == 100


def test_arms_that_are_named_are_trained_however_long_it_takes() -> None:
    arms, left_out, steps = chosen(0.1, "refusal", "dropped")
    assert arms == [RAW, "RANDOM@k", CURATED, "CURATED without refusal", "DROPPED"]
    assert left_out["LONGEST@k"] == "not asked for"
    assert steps == 1_000


def test_too_little_data_is_told() -> None:
    budget = Budget(tokens=4_000, steps=10, rows=1)
    with pytest.raises(CuratorError, match=r"too little to compare: of RAW, its 7 records"):
        choose(arms_of(POOL), lambda arm: True, bench(budget), Time(60, 5, 1, named=False))  # type: ignore[arg-type]


def test_the_largest_model_is_chosen_for_which_there_is_time() -> None:
    assert largest_affordable(1.0, [1, 2, 5, 20], trainings=10, available=60) == 2
    assert largest_affordable(9.0, [1, 2, 5, 20], trainings=10, available=60) == 0


def test_the_budget_is_a_pass_over_raw_within_reason() -> None:
    assert whole_budget(400_000, 250) == Budget(400_000, 400, 4)
    assert whole_budget(1_000, 250) == Budget(60_000, 375, 1)
    assert whole_budget(10**9, 250) == Budget(10_000_000, 1221, 32)
