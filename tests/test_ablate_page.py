"""An ablation's page, Markdown and terminal view tell the same, and need nothing else."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from curator.ablate.console import ablation_view
from curator.ablate.markdown import to_markdown as markdown_of
from curator.ablate.page import to_page as page_of
from curator.ablate.pictures import Scale, forest_line, forest_scale, scale_of, strip
from curator.ablate.trial import CURATED, DROPPED, LONGEST, RANDOM, RAW, Ablation
from curator.ablate.verdict import verdict_of
from curator.ablate.write import write_ablation
from tests.ablations import ablation

FOUND = ablation(
    {RAW: 0.0, RANDOM: 0.05, LONGEST: 0.03, CURATED: -0.13, DROPPED: 0.2},
    filters={"conflict": 0.08, "length": 0.0, "near_duplicate": -0.05},
)
ONE_SEED = ablation({RAW: 0.0, CURATED: -0.1}, seeds=(1,))
UNTRAINED = replace(FOUND, trials=())


class Tags(HTMLParser):
    """Collects the tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)


def to_page(found: Ablation) -> str:
    return page_of(found, verdict_of(found))


def to_markdown(found: Ablation) -> str:
    return markdown_of(found, verdict_of(found))


def terminal(found: Ablation) -> str:
    console = Console(width=140, file=StringIO(), record=True)
    console.print(ablation_view(found))
    return console.export_text()


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


@pytest.mark.parametrize("found", [FOUND, ONE_SEED, UNTRAINED], ids=["five", "one", "none"])
def test_all_three_tell_the_verdict(found: Ablation) -> None:
    sentence = verdict_of(found).sentence
    assert sentence.replace("`", "") in plain(to_page(found))
    assert sentence in to_markdown(found)
    assert sentence in re.sub(r"\s+", " ", terminal(found))


def test_the_page_needs_nothing_else() -> None:
    page = to_page(FOUND)
    assert not {"script", "img", "link", "iframe"} & set(Tags(page).found)
    assert "http" not in page.replace("http-equiv", "")
    assert "prefers-color-scheme: dark" in page


def test_names_are_text_and_never_markup() -> None:
    page = to_page(
        replace(FOUND, recipe="<b>x</b>.yaml", model="<script>", notes=("<i>", "`a` & b"))
    )
    assert not {"b", "i", "script"} & set(Tags(page).found)
    assert "&lt;script&gt;" in page


def test_a_control_character_does_not_steer_a_terminal() -> None:
    found = replace(FOUND, notes=("\x1b[2J gone",))
    assert "\x1b[2J" not in terminal(found)
    assert "\x1b" not in to_markdown(found)


def test_claims_are_told_by_shape_and_word_as_well_as_colour() -> None:
    compared = verdict_of(FOUND).compared
    scale = forest_scale(compared.every())
    shapes = {}
    for one in compared.every():
        drawn = str(forest_line(one, scale))
        shapes[one.claim] = re.findall(r' d="([^"]+)"', drawn)[0]
        assert {"helped": "helped", "hurt": "hurt", "none": "no measurable effect"}[one.claim] in (
            drawn
        )
    assert len(set(shapes.values())) == len(shapes) == 3


def test_an_interval_is_drawn_where_it_lies() -> None:
    first = verdict_of(FOUND).compared.primary
    assert first is not None
    drawn = str(forest_line(first, Scale(-0.2, 0.2, 0.1)))
    x, width = map(
        float,
        re.findall(r'class="span helped" x="([\d.]+)%" y="[\d.]+" width="([\d.]+)%"', drawn)[0],
    )
    assert x == pytest.approx(100 * (0.2 + (first.difference.low or 0)) / 0.4, abs=0.01)
    assert x + width == pytest.approx(100 * (0.2 + (first.difference.high or 0)) / 0.4, abs=0.02)


@pytest.mark.parametrize("values", [[], [0.5], [0.5, 0.5], [-3e-5, 2e-5], [0.1, 900.0]])
def test_a_scale_holds_its_values_and_has_few_round_ticks(values: list[float]) -> None:
    scale = scale_of(values)
    assert all(scale.low < value < scale.high for value in values)
    assert 1 <= len(scale.ticks()) <= 6
    assert all(scale.low <= tick <= scale.high for tick in scale.ticks())


def test_an_arm_that_was_not_trained_is_said_to_be() -> None:
    assert "not trained" in strip([], scale_of([1.0]), "RAW on the clean set")
    page = plain(to_page(UNTRAINED))
    assert "No two arms have a seed in common yet." in page
    assert "40 of 40 planned trials are missing" in page


def test_what_was_planted_is_laid_out_whatever_is_told_of_it() -> None:
    planted = {"wrong answer": {"planted": 300, "dropped": 280}, "truncated": {"planted": 90}}
    page = to_page(replace(FOUND, planted=planted))
    rows = re.findall(r"<tr><td>(wrong answer|truncated)</td>(.*?)</tr>", page)
    cells = {name: re.findall(r"<td class=\"n\">(.*?)</td>", rest) for name, rest in rows}
    assert cells == {"wrong answer": ["300", "280"], "truncated": ["90", "–"]}  # noqa: RUF001
    assert "<td>empty</td>" in to_page(replace(FOUND, planted={"empty": 7}))


def test_three_files_are_written(tmp_path: Path) -> None:
    paths = write_ablation(tmp_path, FOUND)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "ablation.html",
        "ablation.json",
        "ablation.md",
    ]
    assert all(path.exists() for path in paths)
    before = [path.read_bytes() for path in paths]
    write_ablation(tmp_path, FOUND)
    assert [path.read_bytes() for path in paths] == before


def test_markdown_has_every_arm_and_every_difference() -> None:
    text = to_markdown(FOUND)
    for arm in FOUND.arms:
        assert f"| {arm.name} |" in text
    assert "| conflict | clean | −0.0" in text  # noqa: RUF001
    assert "## What this does not show" in text
