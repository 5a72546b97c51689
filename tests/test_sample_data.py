"""The demo's recipe decides every record of the sample data as the data itself expects."""

import json
import re
from collections import Counter
from typing import Any, NamedTuple

import pytest

import curator
from curator.filters import AnyFilter
from curator.recipe.model import rule_names
from curator.run import Run
from tests.conftest import ROOT

SAMPLE = ROOT / "sample_data"
# An empty text is too short as well, and no chosen answer, but `empty` comes first and decides.
SHADOWED = {"length.too_short", "prompt_length.too_short", "preference.empty_chosen"}
# These wait for a list of tasks, and for an embedder, that the recipe does not name.
UNASKED = {"task.not_allowed", "decontaminate.semantic"}
# What is wrong with the rows of broken.jsonl that cannot be records.
BROKEN = {
    2: "cut in the middle of the JSON",
    3: "an unknown role",
    4: "messages that are one string",
    5: "a list of texts instead of an object",
    6: "content that is a number",
    7: "columns that no shape has",
    8: "a turn that is a string",
    9: "messages that are null",
    10: "no JSON at all",
}


# Records of one row beyond its first: the instances of self_instruct.jsonl.
SEVERAL = (
    "noisy",
    "ancient",
    "Did the ferry leave on time?",
    "a day and a half",
    "Make it a comedy.",
)


class Judged(NamedTuple):
    """What the data expects of one record, and what the run decided."""

    place: str
    expect: str | None
    flags_expected: list[str]
    group: str | None
    kept: bool
    reason: str | None
    flags: list[str]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the demo as it is shipped."""
    return curator.curate(SAMPLE / "recipe.yaml", out=tmp_path_factory.mktemp("sample") / "demo")


@pytest.fixture(scope="module")
def judged(run: Run) -> list[Judged]:
    """Put each record's expectation beside its decision."""
    records = run.records().select("id", "source", "row", "extra").collect()
    decisions = run.decisions().select("id", "kept", "reason", "flags").collect()
    rows = records.join(decisions, on="id", validate="1:1", maintain_order="left")
    return [_judged(row) for row in rows.iter_rows(named=True)]


def _judged(row: dict[str, Any]) -> Judged:
    extra = json.loads(row["extra"])
    flags = extra.get("expect_flags") or []
    return Judged(
        place=f"{row['source']}:{row['row']}",
        expect=extra["expect"] or None,
        flags_expected=sorted(flags.split() if isinstance(flags, str) else flags),
        group=extra.get("expect_group") or None,
        kept=row["kept"],
        reason=row["reason"],
        flags=sorted(row["flags"] or []),
    )


def test_every_record_is_kept_or_dropped_for_the_reason_it_expects(judged: list[Judged]) -> None:
    wrong = [
        f"{one.place}: expected {one.expect}, got {one.reason}"
        for one in judged
        if one.group is None and one.reason != one.expect
    ]
    assert wrong == []


def test_one_of_each_group_of_equal_records_is_kept(judged: list[Judged]) -> None:
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        if one.group:
            groups.setdefault(one.group, []).append(one)
    assert groups
    for members in groups.values():
        fallen = [one.reason for one in members if not one.kept]
        assert fallen == [one.expect for one in members][1:], members


def test_flags_stand_where_they_are_planted_and_nowhere_else(judged: list[Judged]) -> None:
    wrong = [
        f"{one.place}: expected flags {one.flags_expected}, got {one.flags}"
        for one in judged
        if one.kept and one.flags != one.flags_expected
    ]
    assert wrong == []


def test_what_cannot_be_a_record_is_quarantined(run: Run) -> None:
    found = run.quarantine().collect()
    assert set(found["source"]) == {"broken.jsonl"}
    assert found["row"].to_list() == list(BROKEN)
    assert all(found["error"])
    lines = (SAMPLE / "broken.jsonl").read_text("utf-8").splitlines()
    assert found["raw"].to_list() == [lines[row - 1] for row in BROKEN]


def test_every_rule_that_acts_by_default_is_planted(run: Run, judged: list[Judged]) -> None:
    planted = {one.expect for one in judged} | {
        flag for one in judged for flag in one.flags_expected
    }
    acting = {reason for entry in run.recipe.filters for reason in _acting(entry)}
    assert acting - planted == SHADOWED | UNASKED
    decisions = run.decisions().select("reasons").collect()
    assert set(decisions["reasons"].explode()) >= SHADOWED


def _acting(entry: AnyFilter) -> list[str]:
    """Name the rules of a filter that are not off and whose threshold is set."""
    bounds = entry.bounds()
    settings = {rule: bounds[rule][1] if rule in bounds else None for rule in rule_names(entry)}
    return [
        f"{entry.label}.{rule}"
        for rule, setting in settings.items()
        if entry.action(rule) != "off" and (setting is None or getattr(entry, setting) is not None)
    ]


def test_the_mix_is_large_and_has_every_shape(run: Run) -> None:
    shapes = Counter(run.records().select("shape").collect()["shape"])
    old = {"alpaca", "sharegpt", "messages", "prompt_completion", "preference"}
    assert set(shapes) == old | {"self_instruct", "prompt_only"}
    assert 320 <= shapes.total() <= 900
    kept = run.manifest.counts["kept"] / shapes.total()
    assert 0.65 <= kept <= 0.8


def test_the_accounts_add_up(run: Run, judged: list[Judged]) -> None:
    counts = run.manifest.counts
    read = run.records().select("source", "row").collect().n_unique()
    assert counts["rows"] == read + counts["quarantined"]
    assert counts["records"] - read == len(SEVERAL)
    assert counts["records"] == counts["kept"] + counts["dropped"] == len(judged)
    assert counts["quarantined"] == len(BROKEN)


def test_repairs_mend_what_is_planted(run: Run) -> None:
    texts = run.records().select("prompt", "response").collect()
    said = "\n".join([*texts["prompt"], *texts["response"]])
    assert "Le garçon est fatigué." in texts["response"]
    assert "don\u2019t expect perfect answers" in said
    assert not re.search("â€|Ã|[\u200b\ufeff\u00a0]|<noinput>|<\\|im_end\\|>|</s>", said)


def test_the_readme_counts_what_is_planted(judged: list[Judged]) -> None:
    text = (SAMPLE / "README.md").read_text("utf-8").partition("## Planted: dropped")[2]
    told = {
        name: int(count) for name, count in re.findall(r"^\| `([\w.]+)` \| (\d+) \|", text, re.M)
    }
    planted = Counter(one.expect for one in judged if one.expect)
    planted.update(flag for one in judged for flag in one.flags_expected)
    assert told == dict(planted)


def test_the_exports_account_for_every_kept_record(run: Run) -> None:
    kept = run.manifest.counts["kept"]
    assert _lines(run, "messages", "train", "validation", "left_out") == kept
    assert _lines(run, "messages", "validation") > 0
    assert _lines(run, "llama_factory", "data", "left_out") == kept


def _lines(run: Run, export: str, *files: str) -> int:
    """Count the lines of an export's files; a file that is absent has none."""
    paths = [run.export_folder(export) / f"{file}.jsonl" for file in files]
    return sum(path.read_bytes().count(b"\n") for path in paths if path.exists())
