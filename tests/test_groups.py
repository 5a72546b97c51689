"""Mentions of social groups are found where a text speaks of people, and nowhere else."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.groups import AXES, GROUPS, VERSION, Mention, find_mentions
from curator.groups.lexicon import LEXICON

CASES = [
    tuple(part.strip() for part in line.rsplit("|", 1))
    for line in Path(__file__).with_name("groups_cases.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


def named(text: str) -> list[str]:
    return [f"{one.axis}.{one.group}{'!' * one.slur}" for one in find_mentions(text)]


def groups(text: str) -> set[tuple[str, str]]:
    return {(one.axis, one.group) for one in find_mentions(text)}


@pytest.mark.parametrize(("text", "groups"), CASES)
def test_a_sentence_mentions_the_groups_it_speaks_of(text: str, groups: str) -> None:
    assert named(text) == groups.split()


def test_the_sentences_cover_every_axis_and_as_many_traps() -> None:
    positives = [groups for _, groups in CASES if groups]
    axes = Counter(group.split(".")[0] for groups in positives for group in groups.split())
    assert len(positives) >= 150
    assert len(CASES) - len(positives) >= 150
    assert set(axes) == set(AXES)
    assert min(axes.values()) >= 10


def test_a_mention_says_where_and_whom() -> None:
    assert find_mentions("😀 An old woman met whores.") == [
        Mention(5, 8, "age", "old", slur=False),
        Mention(9, 14, "gender", "women", slur=False),
        Mention(19, 25, "gender", "women", slur=True),
    ]


def test_of_two_terms_the_longest_has_it() -> None:
    text = "African American women and Native Americans"
    assert [text[one.start : one.end] for one in find_mentions(text)] == [
        "African American",
        "women",
        "Native Americans",
    ]


def test_a_term_may_be_joined_by_a_hyphen_and_not_by_a_comma() -> None:
    assert named("Working-class men.") == ["socioeconomic.working_class", "gender.men"]
    assert named("Working, class men.") == ["gender.men"]


def test_code_mentions_nobody() -> None:
    assert named("```\nwomen and children\n```\nand men") == ["gender.men"]
    assert named("```\nwomen and children") == []
    assert named("the `women` table") == []


def test_a_text_in_capitals_speaks_of_people_too() -> None:
    assert named("THE OLD WOMAN AND THE MUSLIMS") == ["age.old", "gender.women", "religion.muslim"]


def test_the_tables_are_those_of_the_lexicon() -> None:
    assert VERSION >= 1
    assert (
        *("gender", "race", "religion", "nationality", "orientation"),
        *("disability", "age", "socioeconomic", "appearance"),
    ) == AXES
    assert tuple(GROUPS) == AXES
    assert {"women", "men"} <= set(GROUPS["gender"])
    assert len(GROUPS["nationality"]) >= 100
    assert all(len(set(groups)) == len(groups) for groups in GROUPS.values())


FRAMES = (
    *("We met {} yesterday.", "We met {} people.", "A {} was there.", "The {} are many."),
    *("A man with {} came.", "He is {}.", "She saw a {} man.", "We met the {}."),
)


def test_every_term_counts_in_some_sentence() -> None:
    terms = [term for term in LEXICON.all() if term.axis]
    dead = [
        " ".join(term.words)
        for term in terms
        for said in [" ".join(term.words)]
        for shown in [said.title() if term.is_proper else said]
        if not any((term.axis, term.group) in groups(frame.format(shown)) for frame in FRAMES)
    ]
    assert dead == []


def test_the_page_shows_what_is_found() -> None:
    page = (Path(__file__).parent.parent / "docs" / "bias.md").read_text("utf-8")
    shown = page.split("```")[1].split("\n\n")[1].replace("\n# ", "\n").splitlines()
    text = shown[0].split('"')[1]
    assert repr(find_mentions(text)) == " ".join(line.strip() for line in shown[1:])


WORDS = st.sampled_from(
    ["black", "the", "poor", "old", "people", "is", "he", "A", "Women", "-", ",", "`", "İ", "\0"]
)


@given(st.text() | st.lists(WORDS).map(" ".join))
def test_any_text_is_read_and_its_mentions_stand_in_order(text: str) -> None:
    found = find_mentions(text)
    bounds = [0, *(place for one in found for place in (one.start, one.end)), len(text)]
    assert bounds == sorted(bounds)
    assert all(one.start < one.end and one.group in GROUPS[one.axis] for one in found)
