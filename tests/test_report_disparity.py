"""A filter that removes one kind of record far more often is called out, chance is not."""

import polars as pl
import pytest

from curator.decide import DECISION_SCHEMA
from curator.filters.exact_duplicate import ExactDuplicate
from curator.filters.length import Length
from curator.filters.near_duplicate import NearDuplicate
from curator.filters.structure import Structure
from curator.report.disparity import disparity_of, warnings_of
from curator.report.funnel import Summary, step_of
from curator.report.notices import Counts, notices_of
from curator.report.traits import bands, traits_of
from curator.report.wilson import quantile, wilson
from curator.report.wording import script_of, words_in
from tests.conftest import chat, frame

STRICT = Length(name="strict")


@pytest.mark.parametrize(
    ("found", "total", "low", "high"),
    [
        (5, 10, 0.236593, 0.763407),
        (0, 10, 0.0, 0.277533),
        (10, 10, 0.722467, 1.0),
        (81, 263, 0.255278, 0.366191),
    ],
)
def test_the_interval_is_wilsons(found: int, total: int, low: float, high: float) -> None:
    """81 of 263 is Newcombe's example (1998, Statistics in Medicine 17:857): 0.2553 to 0.3662."""
    ends = pl.select(pl.concat_list(wilson(pl.lit(found), pl.lit(total), quantile(0.95)))).item()
    assert ends.to_list() == pytest.approx([low, high], abs=1e-4)


def judged(groups: dict[str, tuple[int, int]]) -> pl.DataFrame:
    """Judge groups of (records, dropped) by script."""
    scripts = [name for name, (records, _) in groups.items() for _ in range(records)]
    kept = [row >= dropped for records, dropped in groups.values() for row in range(records)]
    same = pl.Series(["x"] * len(kept))
    traits = pl.DataFrame(
        {"script": scripts, "length": same, "source": same, "shape": same, "turns": same}
    )
    decisions = pl.DataFrame(
        {"kept": kept, "reasons": [[] if stays else ["strict.too_long"] for stays in kept]},
        schema_overrides={"reasons": pl.List(pl.String)},
    ).select(
        pl.col(name) if name in {"kept", "reasons"} else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in DECISION_SCHEMA.items()
    )
    return disparity_of(decisions, traits, [STRICT])


def test_a_planted_disparity_is_called_out() -> None:
    found = judged({"Latin": (900, 18), "Han": (100, 40)})
    assert warnings_of(found).select("step", "trait", "group").rows() == [
        ("strict", "script", "Han")
    ]
    han = found.row(by_predicate=pl.col("group") == "Han", named=True)
    assert (han["records"], han["dropped"], han["share"], han["rest"]) == (100, 40, 0.4, 0.02)


@pytest.mark.parametrize(
    "groups",
    [
        {"Latin": (900, 90), "Han": (100, 11)},
        {"Latin": (9000, 0), "Han": (19, 19)},
        {"Latin": (100, 2), "Han": (40, 3)},
        {"Latin": (100_000, 100), "Han": (100_000, 900)},
        {"Latin": (50, 0), "Han": (1000, 1)},
        {"Latin": (9000, 3), "Han": (20, 4)},
        {"Latin": (900, 0), "several": (100, 50)},
    ],
    ids=[
        "balanced",
        "too few records",
        "chance",
        "below a point",
        "one record",
        "too few dropped",
        "no group",
    ],
)
def test_what_is_no_disparity_is_not_called_one(groups: dict[str, tuple[int, int]]) -> None:
    assert warnings_of(judged(groups)).is_empty()


def test_a_trait_that_all_records_share_is_left_out() -> None:
    assert judged({"Latin": (50, 5), "Han": (50, 5)})["trait"].unique().to_list() == ["script"]


def test_what_a_filter_is_there_to_tell_apart_is_no_disparity() -> None:
    decisions = pl.DataFrame(
        {"kept": [False] * 50 + [True] * 50, "reasons": [["length.too_short"]] * 50 + [[]] * 50}
    ).with_columns(pl.col("reasons").list.first().alias("reason"))
    same = pl.Series(["x"] * 100)
    traits = pl.DataFrame(
        {
            "length": ["0"] * 50 + ["5"] * 50,
            "source": ["a"] * 50 + ["b"] * 50,
            "shape": same,
            "script": same,
            "turns": same,
        }
    )
    assert warnings_of(disparity_of(decisions, traits, [Length()]))["trait"].to_list() == ["source"]


def test_traits_tell_what_kind_of_record_it_is() -> None:
    records = frame(
        chat("Say hello to them.", "Hello there, you two!"),
        chat("翻译", "你好。", "再来", "好的"),
        chat("17 + 4", ""),
    )
    assert traits_of(records.lazy()).drop("id").rows() == [
        (8, "1\u20134", "t", "messages", "Latin", "2"),
        (9, "5\u201319", "t", "messages", "Han", "3\u20134"),
        (3, "0", "t", "messages", "none", "2"),
    ]


def test_bands_have_no_gap() -> None:
    assert bands((0, 4, 999)) == ["0", "1\u20134", "5\u2013999", "1,000+"]


def test_scripts_are_told_by_most_letters() -> None:
    texts = ["abc", "中文", "中文abcd", "Привет", "日本語のテキスト", "한국어", "12 !", "", "ᚠᚢᚦ"]
    assert script_of(pl.Series(texts)).to_list() == [
        "Latin",
        "Han",
        "mixed",
        "Cyrillic",
        "Japanese",
        "Hangul",
        "none",
        "none",
        "other",
    ]


def test_words_are_runs_of_characters_and_single_han() -> None:
    counted = pl.select(words_in(pl.lit(pl.Series(["", "a  b\n", "中文 ab中", None]))))
    assert counted.to_series().to_list() == [0, 2, 4, 0]


def counts(total: int, dropped: dict[str, int], quarantined: int = 0) -> Counts:
    """Make the counts of a run from what each reason decided."""
    reasons = pl.DataFrame({"reason": list(dropped), "deciding": list(dropped.values())})
    by_step = reasons.group_by(step_of("reason")).agg(pl.col("deciding").sum().alias("dropped"))
    gone = sum(dropped.values())
    summary = Summary(total, total - gone, gone, 0, quarantined, 0, 1, 1)
    return Counts(summary, by_step, reasons)


def test_a_filter_is_called_out_once_with_its_largest_group() -> None:
    found = judged({"Latin": (900, 0), "Han": (100, 40)})
    told = notices_of(counts(1000, {"strict.too_long": 40}), [STRICT], [], warnings_of(found))
    assert [notice.text for notice in told] == [
        "strict would drop 40.0% of the records with script Han (40 of 100), "
        "but none of the others."
    ]


def test_a_filter_that_drops_much_and_a_quarantine_are_called_out() -> None:
    told = notices_of(counts(100, {"strict.too_long": 40}, quarantined=1), [STRICT], [], NONE)
    assert [notice.text for notice in told] == [
        "strict drops 40 (40.0%) of all records: are its thresholds meant for data like this?",
        "1 input row could not be read as records and is in quarantine, each with its error.",
    ]


def test_a_filter_without_thresholds_is_not_asked_for_them() -> None:
    filters = [Structure(), NearDuplicate()]
    dropped = {"structure.bad_arguments": 30, "near_duplicate.duplicate": 40}
    assert [notice.text for notice in notices_of(counts(100, dropped), filters, [], NONE)] == [
        "structure drops 30 (30.0%) of all records, most of them for structure.bad_arguments: "
        "is the data what the recipe takes it for?",
        "near_duplicate drops 40 (40.0%) of all records: they repeat others that are kept.",
    ]


@pytest.mark.parametrize(
    ("answerless", "start"),
    [(100, "No record has an answer (structure"), (60, "60 (60.0%) of all records have no answer")],
)
def test_records_without_an_answer_point_to_a_missing_column(answerless: int, start: str) -> None:
    told = notices_of(counts(100, {"structure.no_answer": answerless}), [Structure()], [], NONE)
    assert told[0].text.startswith(start)
    assert "`columns:` in the recipe" in told[0].text


NONE = judged({"Latin": (10, 0), "Han": (10, 0)}).clear()


def test_duplicates_are_counted_among_the_records_that_came_so_far() -> None:
    reasons = [["strict.too_long"]] * 30 + [["near_duplicate.duplicate"]] * 10 + [[]] * 60
    decisions = pl.DataFrame(
        {"kept": [not found for found in reasons], "reasons": reasons},
        schema_overrides={"reasons": pl.List(pl.String)},
    ).with_columns(pl.col("reasons").list.first().alias("reason"))
    same = pl.Series(["x"] * 100)
    script = pl.Series(["Han"] * 50 + ["Latin"] * 50)
    traits = pl.DataFrame(
        {"length": same, "source": same, "shape": same, "script": script, "turns": same}
    )
    found = disparity_of(decisions, traits, [STRICT, NearDuplicate()])
    assert found.select("step", "group", "records", "dropped").rows() == [
        ("strict", "Han", 50, 30),
        ("strict", "Latin", 50, 0),
        ("near_duplicate", "Latin", 50, 0),
        ("near_duplicate", "Han", 20, 10),
    ]


def test_what_an_earlier_duplicate_filter_took_is_not_the_next_ones() -> None:
    both = ["exact_duplicate.duplicate", "near_duplicate.duplicate"]
    reasons = [both] * 30 + [both[1:]] * 10 + [[]] * 60
    decisions = pl.DataFrame({"kept": [not found for found in reasons], "reasons": reasons})
    decisions = decisions.with_columns(pl.col("reasons").list.first().alias("reason"))
    same = pl.Series(["x"] * 100)
    script = pl.Series(["Han"] * 50 + ["Latin"] * 50)
    traits = pl.DataFrame(
        {"length": same, "source": same, "shape": same, "script": script, "turns": same}
    )
    found = disparity_of(decisions, traits, [ExactDuplicate(), NearDuplicate()])
    assert found.filter(group="Han").select("step", "records", "dropped").rows() == [
        ("exact_duplicate", 50, 30),
        ("near_duplicate", 20, 10),
    ]
