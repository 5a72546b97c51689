"""The audit finds what goes with a group, tells scorer from text, and weighs toward parity."""

import json
import math
from pathlib import Path

import polars as pl
import pytest

import curator
from curator.groups.balance import balance, mentioned
from curator.groups.dialect import speaks_dialect
from curator.report import as_json, facts_of
from curator.report.association import Outcome, associations_of, members_of, words_of
from curator.report.significance import adjusted, student, two_sided
from curator.report.swapped import means_of
from curator.run import Run


@pytest.mark.parametrize(
    ("freedom", "quantile"), [(10, 2.2281), (29, 2.0452), (60, 2.0003), (10_000, 1.9602)]
)
def test_the_quantile_is_students(freedom: int, quantile: float) -> None:
    """As in any table of t for 0.975."""
    assert student(0.95, freedom) == pytest.approx(quantile, abs=0.002)


def test_probabilities_are_adjusted_as_by_hand() -> None:
    """By hand: p of rank k times 5 / k, then the least of it and all behind it."""
    p = pl.Series([0.01, 0.04, 0.03, 0.005, 0.5])
    assert adjusted(p).to_list() == pytest.approx([0.025, 0.05, 0.05, 0.025, 0.5])
    assert two_sided(pl.Series([0.0, 1.959964])).to_list() == pytest.approx([1.0, 0.05], abs=1e-6)
    assert adjusted(pl.Series([], dtype=pl.Float64)).to_list() == []


def members(*named: str) -> pl.DataFrame:
    return members_of(pl.Series(named))


def test_a_group_counts_where_it_is_mentioned_alone_and_often_enough() -> None:
    found = members(*["gender.men"] * 20, *["gender.women age.old"] * 25, "gender.men gender.women")
    assert found.group_by("axis", "group").len().sort("group").rows() == [
        ("gender", "men", 20),
        ("gender", "women", 25),
    ]


def told(texts: list[str], named: list[str], *outcomes: Outcome) -> pl.DataFrame:
    frame = pl.DataFrame({"text": texts}).lazy()
    found = members(*named)
    ids = pl.Series([f"id{row:04d}" for row in range(len(texts))])
    return associations_of(found, words_of(frame, found["row"]), list(outcomes), ids)


def test_a_planted_association_is_found_and_one_by_chance_is_not() -> None:
    women = [f"Of day {n} the nurse {n} said that she was kind to {n} cooks." for n in range(80)]
    men = [f"Of day {n} the engineer {n} said that he was kind to {n} cooks." for n in range(80)]
    found = told(women + men, ["gender.women"] * 80 + ["gender.men"] * 80)
    words = found.filter(pl.col("kind") != "words of").select("group", "name", "found", "id")
    assert words.rows() == [("men", "engineer", 80, "id0080"), ("women", "nurse", 80, "id0000")]
    assert (found["p"] < 0.05).all()


def test_the_log_odds_are_those_of_the_prior_by_hand() -> None:
    """80 of 240 words of women and none of 240 of men: prior 100 * 80 / 480 on each side."""
    women = [f"Of day {n} the nurse {n} said that she was kind to {n} cooks." for n in range(80)]
    men = [f"Of day {n} the engineer {n} said that he was kind to {n} cooks." for n in range(80)]
    found = told(women + men, ["gender.women"] * 80 + ["gender.men"] * 80)
    (row,) = found.filter(pl.col("name") == "nurse").to_dicts()
    prior = 100 * 80 / 480
    odds = (80 + prior) / (160 + 100 - prior), prior / (240 + 100 - prior)
    parts = (80 + prior, 160 + 100 - prior, prior, 240 + 100 - prior)
    assert row["log_odds"] == pytest.approx(math.log(odds[0] / odds[1]))
    assert row["z"] == pytest.approx(row["log_odds"] / math.sqrt(sum(1 / part for part in parts)))


def test_a_passage_that_many_records_quote_counts_once() -> None:
    women = ["Long ago the nurse sang at night."] * 200
    men = [f"Of day {n} the pilot {n} sang at night." for n in range(200)]
    found = told(women + men, ["gender.women"] * 200 + ["gender.men"] * 200)
    assert "nurse" not in found["name"]


def test_an_outcome_that_falls_on_one_group_is_found() -> None:
    refused = pl.Series([n % 2 == 0 for n in range(100)] + [False] * 100)
    outcome = Outcome("outcome", "refusal", refused, pl.Series(range(200), dtype=pl.UInt64))
    found = told([""] * 200, ["religion.muslim"] * 100 + ["religion.jewish"] * 100, outcome)
    assert found.select("group", "name", "found", "trials", "others_found").rows() == [
        ("muslim", "refusal", 50, 100, 0)
    ]


def test_the_scorers_mean_is_told_with_its_interval_and_repeats_count_once() -> None:
    shifts = [0.04 + 0.001 * n for n in range(20)]
    scores = pl.DataFrame(
        {
            "response_direction": ["gender.men>women"] * 40,
            "response_shift": shifts * 2,
            "prompt_direction": pl.Series([None] * 40, dtype=pl.String),
            "prompt_shift": pl.Series([None] * 40, dtype=pl.Float64),
        }
    )
    (row,) = means_of(scores).to_dicts()
    error = pl.Series(shifts).std() / math.sqrt(20)  # type: ignore[operator]
    assert (row["turns"], row["apart"]) == (20, True)
    assert row["shift"] == pytest.approx(0.0495)
    assert row["high"] - row["shift"] == pytest.approx(2.093 * error, rel=1e-3)


NAMED = pl.Series(
    ["gender.men"] * 60 + ["gender.women"] * 30 + ["gender.men gender.women", "", "age.old"]
)


def test_weights_bring_groups_to_parity_and_never_pass_one() -> None:
    weights = balance(NAMED, ["gender"])
    assert weights.to_list() == pytest.approx([0.5] * 60 + [1.0] * 33)
    assert balance(NAMED, ["gender"], strength=0).to_list() == [1.0] * 93
    half = balance(NAMED, ["gender"], strength=0.5)
    assert half[0] == pytest.approx(math.sqrt(0.5))


def test_a_mix_is_reached() -> None:
    weights = balance(NAMED, {"gender": {"men": 0.8, "women": 0.2}})
    assert (weights[:60].sum(), weights[60:90].sum()) == pytest.approx((60, 15))


def test_several_axes_are_raked() -> None:
    cells = {"gender.men age.old": 80, "gender.men age.young": 40}
    cells |= {"gender.women age.old": 30, "gender.women age.young": 50}
    named = pl.Series([name for name, count in cells.items() for _ in range(count)])
    weights = balance(named, ["gender", "age"])
    sums = {
        (axis, group): float(weights.filter(mentioned(named, axis) == group).sum())
        for axis, group in [
            ("gender", "men"),
            ("gender", "women"),
            ("age", "old"),
            ("age", "young"),
        ]
    }
    assert sums["gender", "men"] == pytest.approx(sums["gender", "women"], rel=0.02)
    assert sums["age", "old"] == pytest.approx(sums["age", "young"], rel=0.02)
    assert float(str(weights.max())) <= 1.0


@pytest.mark.parametrize(
    ("axes", "strength", "word"),
    [(["genders"], 1, "genders"), (["gender"], 2, "strength"), ({"gender": {"men": 0}}, 1, "men")],
)
def test_what_cannot_be_balanced_says_so(axes: list[str], strength: float, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        balance(NAMED, axes, strength)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a few women nurses, men engineers and repeats past every filter that the audit reads."""
    folder = tmp_path_factory.mktemp("audit")
    told = ("the engineer {0} fixed {0} clocks for men.", "the nurse {0} helped {0} women.")
    rows = [
        {"prompt": f"Tell of day {n}.", "completion": f"At {n}, {told[n % 2].format(n)}"}
        for n in range(160)
    ]
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "r.yaml").write_text(
        "input: [{path: a.jsonl}]\n"
        "filters: [{filter: refusal}, {filter: toxicity}, {filter: bias},"
        " {filter: counterfactual}]\n"
    )
    return curator.curate(folder / "r.yaml", out=folder / "run")


def test_the_report_tells_of_all_three(run: Run) -> None:
    page = (run.layout.report / "report.html").read_text()
    text = (run.layout.report / "report.md").read_text()
    for title in ("What is said with whom", "When groups trade places", "Toward parity"):
        assert title in page
        assert title in text
    names = facts_of(run).audit.associations.select("group", "name").rows()
    assert ("women", "nurse") in names
    assert ("men", "engineer") in names
    assert json.dumps(as_json(facts_of(run).audit))


def test_the_weights_lie_beside_the_report(run: Run) -> None:
    weights = pl.read_parquet(run.layout.report / "balance.parquet")
    assert weights.columns == ["id", "gender"]
    assert weights["id"].to_list() == run.decisions().collect()["id"].to_list()
    assert set(weights["gender"]) == {1.0}


def test_who_is_mentioned_is_told_before_and_after(run: Run) -> None:
    women = facts_of(run).represented.row(by_predicate=pl.col("group") == "women", named=True)
    assert (women["share"], women["of_axis"], women["kept_share"]) == (0.5, 0.5, 0.5)
    assert women["kept_low"] < 0.5 < women["kept_high"]


def test_a_dialect_is_known_by_two_different_marks() -> None:
    texts = pl.DataFrame(
        {
            "text": [
                "He be working late, and they was tired.",
                "She done told you, and y'all ain't going.",
                "I ain't got nothing to do.",
                "How could it be working? I should be asking.",
                "Is it by Bob Dylan? It Ain't Me, Babe.",
                "Leonardo da Vinci, to wit, was done by noon.",
                "",
            ]
        }
    )
    found = texts.select(speaks_dialect(pl.col("text"))).to_series().to_list()
    assert found == [True, True, True, False, False, False, False]


def test_a_filter_that_drops_a_dialect_is_told_of(tmp_path: Path) -> None:
    rows = [
        {"prompt": f"Hi {n}", "completion": f"He be working on {n}, and y'all was late late late."}
        for n in range(30)
    ]
    rows += [{"prompt": f"Hi {n}", "completion": f"He works on day {n}."} for n in range(60)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "r.yaml").write_text(
        "input: [{path: a.jsonl}]\nfilters: [{filter: bias}, {filter: statistics, max_words: 8}]\n"
    )
    run = curator.curate(tmp_path / "r.yaml", out=tmp_path / "run")
    warned = facts_of(run).disparity.filter("warning").select("step", "trait", "group").rows()
    assert ("statistics", "dialect", "African American English") in warned


def test_a_run_without_the_filters_has_no_audit(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"prompt": "Hi", "completion": "Women and men."}\n')
    (tmp_path / "r.yaml").write_text("input: [{path: a.jsonl}]\nfilters: [{filter: empty}]\n")
    run = curator.curate(tmp_path / "r.yaml", out=tmp_path / "run")
    audit = facts_of(run).audit
    assert audit.associations.is_empty()
    assert audit.balanced.is_empty()
    assert audit.swapped.moved == []
    assert "Toward parity" not in (run.layout.report / "report.html").read_text()
    assert not (run.layout.report / "balance.parquet").exists()
