"""The benchmark of verdicts measures what it says, by hand and by brute force."""

import gzip
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import curator
from curator.errors import CuratorError
from curator.filters.length import Length
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))  # the scripts lie there

import highest
import quality
from labelled import languages
from labelled.bootstrap import Estimate, Rate, estimates, weightings
from labelled.damage import damaged
from labelled.entry import Entry, Pairs, read_sets
from labelled.judge import Judged, judge
from labelled.measured import measured
from labelled.metrics import Ranking, auroc, average_precision, calibration_error, rate
from labelled.pairs import preferred
from labelled.planted import private
from labelled.readers import read_rows
from labelled.results import BEGIN, END, write_section

ROWS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.5, 0.9]), st.booleans(), st.integers(0, 3)),
    min_size=1,
    max_size=30,
)


def by_pairs(rows: list[tuple[float, bool, int]]) -> float:
    """Count the pairs of a positive and a negative one by one, ties half."""
    wins = total = 0.0
    for score, is_positive, weight in rows:
        for other, other_positive, other_weight in rows:
            if is_positive and not other_positive:
                total += weight * other_weight
                wins += weight * other_weight * ((score > other) + (score == other) / 2)
    return wins / total if total else np.nan


@given(ROWS)
def test_the_area_under_the_curve_is_the_share_of_pairs_in_order(
    rows: list[tuple[float, bool, int]],
) -> None:
    scores, positive, weights = (np.array(column) for column in zip(*rows, strict=True))
    found = auroc(Ranking.of(scores, positive), weights.astype(float))
    assert found == pytest.approx(by_pairs(rows), nan_ok=True)


@given(ROWS)
def test_a_weight_is_as_many_rows(rows: list[tuple[float, bool, int]]) -> None:
    scores, positive, weights = (np.array(column) for column in zip(*rows, strict=True))
    apart = np.repeat(scores, weights), np.repeat(positive, weights)
    if not apart[1].any():
        return
    ones = np.ones(len(apart[0]))
    weighted = average_precision(Ranking.of(scores, positive), weights.astype(float))
    assert weighted == pytest.approx(average_precision(Ranking.of(*apart), ones))


def test_measures_are_those_of_a_sum_done_by_hand() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.6])
    positive = np.array([True, False, True, True, False])
    ones, ranking = np.ones(5), Ranking.of(scores, positive)
    # Of six pairs 0.9 wins two, 0.7 wins one, 0.6 ties one.
    assert auroc(ranking, ones) == pytest.approx(3.5 / 6)
    # Precisions 1, 2/3 and 3/5, a third of the recall each.
    assert average_precision(ranking, ones) == pytest.approx((1 + 2 / 3 + 3 / 5) / 3)
    # One row a bin but 0.6, whose bin holds two: gaps 0.1, 0.8, 0.3 and |1.2 - 1|.
    assert calibration_error(scores, positive, ones) == pytest.approx((0.1 + 0.8 + 0.3 + 0.2) / 5)
    fired = scores > 0.65
    assert rate(positive, fired, ones) == pytest.approx(2 / 3)
    assert np.isnan(rate(positive, np.zeros(5, bool), ones))


def test_what_belongs_together_is_drawn_whole_and_the_same_every_time() -> None:
    together = np.array([5, 5, 2, 2, 2, 9])
    drawn = list(weightings(together, 20))
    for weights in drawn:
        assert weights[0] == weights[1]
        assert weights[2] == weights[3] == weights[4]
        assert weights[0] + weights[2] + weights[5] == 3
    assert np.array_equal(drawn, list(weightings(together, 20)))


def test_a_share_of_none_has_an_interval_all_the_same() -> None:
    everything = np.ones(10, bool)
    none = estimates({"share": Rate(~everything, everything)}, np.arange(10), 50)["share"]
    # Wilson 1927: z² / (n + z²).
    assert (none.value, none.low, round(none.high or 0, 3)) == (0.0, 0.0, 0.278)
    assert estimates({"share": Rate(everything, ~everything)}, np.arange(10), 50) == {
        "share": Estimate(None)
    }


def test_groups_are_measured_as_borkan_says() -> None:
    # 40 of a group score half a point more than 40 others, whatever their label.
    own = np.arange(80) < 40
    positive = np.arange(80) % 2 == 0
    scores = 0.2 + 0.3 * positive + 0.5 * own
    entry = Entry(name="made", filter=Length(), rule="too_long", paths=("-",))
    judged = Judged(entry, positive, scores > 0.6, scores, np.arange(80), {"tall": own})
    found = measured(judged, 50).groups[0]
    assert (found.name, found.rows, found.positives) == ("tall", 40, 20)
    values = {name: one.value for name, one in found.found.items()}
    assert values == {"false positives": 1.0, "subgroup": 1.0, "BPSN": 0.0, "BNSP": 1.0}


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ("cut", "word " * 29 + "end."),
        ("miscode", "Crème brûlée."),
        ("mash", "some words and more of them " * 4),
    ],
)
def test_damage_shows_or_is_not_done(how: str, text: str) -> None:
    import random

    broken = damaged(text, how, random.Random(1))  # type: ignore[arg-type]
    assert broken is not None
    assert broken != text
    assert damaged("Yes.", how, random.Random(1)) is None  # type: ignore[arg-type]


SETS = """
sets:
  - name: tiny
    filter: {filter: length, min_words: 3, on: {too_long: off}}
    rule: too_short
    low_is_bad: true
    paths: [tiny.csv]
    text: said + more
    label: short
    positive: ["yes"]
    subgroups: [who]
    together: who
  - name: harmless
    filter: {filter: length}
    paths: [harmless.jsonl]
  - name: absent
    filter: {filter: empty}
    paths: [absent.json]
"""


def folder_of(place: Path) -> Path:
    """Write two labelled sets and the file that names them."""
    rows = [("one", "yes", "a"), ("one two", "no", "b"), ("one two three four", "no", "a")] * 4
    lines = [f'"{said}",,{short},{who}' for said, short, who in rows]
    (place / "tiny.csv").write_text("said,more,short,who\n" + "\n".join(lines))
    (place / "harmless.jsonl").write_text('{"text": "Fine."}\n{"text": "Also fine."}')
    (place / "sets.yaml").write_text(SETS)
    return place


def test_a_set_of_ones_own_is_judged_by_scores_and_rules(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    found = measured(judge(read_sets(folder / "sets.yaml")[0], folder), 50)
    assert (found.rows, found.positives, found.judged, found.fired) == (12, 4, 12, 8)
    values = {name: one.value for name, one in found.found.items()}
    assert values == {
        "AUROC": 1.0,
        "average precision": 1.0,
        "precision": 0.5,
        "recall": 1.0,
        "false positives": 0.5,
    }


def test_the_report_names_what_is_not_there(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    text = "\n\n".join(quality.report(folder, read_sets(folder / "sets.yaml"), []))
    assert "| tiny | length.too_short | 12 (4) | 1.000" in text
    assert "| harmless | length.any | 2 | 0 | 0.00% (0.00% to 65.76%) |" in text
    assert text.endswith(f"Not under {folder.name}, so not measured: absent.")
    assert "Languages" not in text


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("filter: {filter: length}, rule: nothing", "length has no rule 'nothing'"),
        ("filter: {filter: conflict}", "conflict judges records by each other"),
        ("filter: {filter: length}, label: x", "a label needs `positive` or `negative`"),
        ("filter: {filter: length, min_word: 1}", "min_word"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, said: str, problem: str) -> None:
    (tmp_path / "sets.yaml").write_text(f"sets: [{{name: x, paths: [x.csv], {said}}}]")
    with pytest.raises(CuratorError, match=r"sets\.0") as found:
        read_sets(tmp_path / "sets.yaml")
    assert problem in str(found.value)


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    entry = Entry(name="x", filter=Length(), paths=("x.csv",))
    with pytest.raises(CuratorError, match=r"x: no column 'text' in x.csv: a, b"):
        judge(entry, tmp_path)
    (tmp_path / "x.bin").write_text("")
    with pytest.raises(CuratorError, match="say its `format`"):
        read_rows(tmp_path / "x.bin", None)


def test_the_shipped_file_is_in_order() -> None:
    assert len(read_sets(ROOT / "benchmarks" / "quality.yaml")) > 10


def test_pairs_count_who_scores_higher_in_each_part(tmp_path: Path) -> None:
    rows = [
        ("one two", "one", "stereo"),
        ("one", "one two", "stereo"),
        ("one two", "one", "anti"),
        ("one", "two", "anti"),
    ]
    made = [dict(zip(("more", "less", "kind"), row, strict=True)) for row in rows]
    (tmp_path / "pairs.json").write_text(json.dumps(made))
    columns = Pairs(first="more", second="less", kind="kind")
    entry = Entry(
        name="pairs", filter=Length(), rule="too_long", paths=("pairs.json",), pairs=columns
    )
    found = preferred(entry, tmp_path, 20)
    values = {part: share.value for part, share in found.found.items()}
    assert values == {"anti": 0.75, "stereo": 0.5, "mean": 0.625}


def test_the_repositorys_own_labels_are_judged_through_the_filter() -> None:
    found = private("secrets", draws=20)
    assert (found["texts with a value that are found"].value or 0) > 0.95
    assert (found["texts without that are flagged"].value or 0) < 0.05


def test_languages_count_relatives_as_one_and_strange_ones_apart(tmp_path: Path) -> None:
    rows = [
        {"lang": "en", "text": "The weather in the mountains is often better than people expect."},
        {"lang": "nb", "text": "Det er ikke mulig å komme til hytta når det snør så mye som nå."},
        {"lang": "zu", "text": "Ngiyabonga kakhulu ngosizo lwakho namhlanje ekuseni."},
    ]
    path = tmp_path / languages.SENTENCES
    path.parent.mkdir()
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    found = languages.languages(tmp_path, draws=20)["with scripts and function words"]
    assert found["right"].value == 1.0


def test_only_the_marked_section_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "r.md"
    path.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_section(path, "new\n")
    assert path.read_text() == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    path.write_text("nothing")
    with pytest.raises(CuratorError, match="add them where it belongs"):
        write_section(path, "new")


def test_the_highest_records_of_a_rule_come_first(tmp_path: Path) -> None:
    rows = [{"prompt": f"Say {n}.", "completion": "word " * n} for n in (1, 3, 5, 9)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "recipe.yaml").write_text(
        "input: [{path: a.jsonl}]\nfilters: [{filter: length, min_words: 2, max_words: 8}]\n"
    )
    run = curator.curate(tmp_path / "recipe.yaml", out=tmp_path / "run")
    found = {one.reason: one for one in highest.highest(run, 2)}
    assert found["length.too_long"].rows["value"].to_list() == [9, 5]
    assert found["length.too_short"].rows["value"].to_list() == [1, 3]
    text = "\n".join(highest.lines(run, list(found.values())))
    assert "1. [ ] **9**, `a.jsonl:4`" in text
    assert "2. [ ] **5**, does not fire" in text
    assert "   - asked: `Say 9.`" in text
