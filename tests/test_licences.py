"""Licences that may not go together are named with their sources, and nothing else is."""

import json
from pathlib import Path

import pytest
import yaml

import curator
from curator.export import export_run
from curator.recipe import Export
from curator.recipe.licences import licence_conflicts
from tests.conftest import chat
from tests.test_export import run_of
from tests.test_export_card import licensed, read_card


def conflicts(*licences: str | None) -> list[str]:
    return licence_conflicts((f"s{place}", licence) for place, licence in enumerate(licences))


@pytest.mark.parametrize(
    "licences",
    [
        ("mit",),
        ("MIT", "Apache-2.0", "cc-by-4.0", "CC0-1.0"),
        ("cc-by-sa-3.0", "CC BY-SA 4.0", "cc-by-4.0", "mit"),
        ("cc-by-sa-4.0", "gpl-3.0"),
        ("gpl-3.0-or-later", "agpl-3.0", "apache-2.0", "mpl-2.0"),
        ("cc-by-nc-4.0", "cc-by-nc-sa-4.0"),
        ("cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0"),
        (None, None),
        ("unknown", None),
        ("house rules",),
    ],
)
def test_these_go_together(licences: tuple[str | None, ...]) -> None:
    assert conflicts(*licences) == []


@pytest.mark.parametrize(
    ("licences", "said"),
    [
        (("cc-by-sa-4.0", "cc-by-nc-sa-4.0"), "each asks that the whole is under itself"),
        (("cc-by-sa-4.0", "cc-by-nc-4.0"), "cc-by-nc-4.0 makes one"),
        (("gpl-3.0", "cc-by-nc-4.0"), "gpl-3.0 forbids further restrictions"),
        (("cc-by-sa-4.0", "gpl-2.0-only"), "each asks"),
        (("cc-by-sa-3.0", "gpl-3.0"), "each asks"),
        (("gpl-2.0-only", "gpl-3.0"), "each asks"),
        (("gpl-2.0", "apache-2.0"), "patent terms"),
        (("odbl", "cc-by-sa-4.0"), "each asks"),
        (("cdla-sharing-1.0", "cc-by-sa-4.0"), "each asks"),
        (("mit", "cc-by-nc-4.0"), "for non-commercial purposes only"),
        (("cc-by-nd-4.0",), "allows no derivatives"),
        (("cc-by-nc-nd-3.0", "mit"), "allows no derivatives"),
        (("mit", None), "the licence of s1 is not known"),
        (("mit", "house rules"), "house rules (s1): a licence the table does not know"),
    ],
)
def test_these_do_not(licences: tuple[str | None, ...], said: str) -> None:
    found = conflicts(*licences)
    assert any(said in conflict for conflict in found), found


def test_all_sources_are_counted_and_few_are_named() -> None:
    (said,) = licence_conflicts([("a", "mit"), *((f"n{i}", "cc-by-nc-4.0") for i in range(5))])
    assert said.startswith("cc-by-nc-4.0 (n0, n1, n2 and 2 more): ")


def test_the_card_says_so_once_and_dropped_sources_do_not_count(tmp_path: Path) -> None:
    run = licensed(run_of(tmp_path, chat("a", "1"), chat("b", "2")), "mit", "cc-by-nc-4.0")
    _, text = read_card(run)
    assert "cc-by-nc-4.0 (source 1): with it, the whole may be used" in text
    assert text.count("no legal advice") == 1
    run.dropped = {1: "length.too_short"}
    assert "legal advice" not in read_card(run)[1]


def test_run_and_report_and_export_warn(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({"instruction": name, "output": name}))
    said = {
        "input": [
            {"path": "a.jsonl", "licence": "cc-by-sa-4.0"},
            {"path": "b.jsonl", "licence": "cc-by-nc-sa-4.0"},
        ],
        "export": [{"to": "messages"}],
    }
    (tmp_path / "r.yaml").write_text(yaml.safe_dump(said))
    heard: list[str] = []
    run = curator.curate(
        tmp_path / "r.yaml", out=tmp_path / "run", listener=lambda event: heard.append(event.what)
    )
    expected = "cc-by-sa-4.0 (a.jsonl) and cc-by-nc-sa-4.0 (b.jsonl) do not go together"
    assert any(note.startswith(f"licences: {expected}") for note in heard)
    assert expected in (run.layout.report / "report.md").read_text()
    assert export_run(run, Export(to="alpaca")).conflicts[0].startswith(expected)


def test_an_export_that_is_no_longer_listed_is_named_and_left(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"instruction": "a", "output": "b"}\n')
    heard: list[str] = []
    for exports in ([{"to": "messages"}, {"to": "trl"}], [{"to": "trl"}]):
        said = {"input": [{"path": "a.jsonl"}], "export": exports}
        (tmp_path / "r.yaml").write_text(yaml.safe_dump(said))
        heard.clear()
        curator.curate(
            tmp_path / "r.yaml", out=tmp_path / "run", listener=lambda e: heard.append(e.what)
        )
    stale = tmp_path / "run" / "export" / "messages"
    assert [note.partition(" holds")[0] for note in heard if "earlier run" in note] == [str(stale)]
    assert (stale / "data.jsonl").is_file()
