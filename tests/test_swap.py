"""A text turned round says the same of the other group, and turned round twice is itself again."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.groups import GROUPS, find_swaps, swap
from curator.groups.attributes import ATTRIBUTES
from curator.groups.attributes import read as read_attributes
from curator.groups.lexicon import LEXICON
from curator.groups.pairs import LISTS, PAIRS, read
from curator.groups.truth import REASONS
from tests.conftest import data_file

TURNED = [
    ("He met his wife at her office.", "She met her husband at his office."),
    ("She gave him the book, and he thanked her.", "He gave her the book, and she thanked him."),
    ("The book is his.", "The book is hers."),
    ("She hurt herself. It was a fault of hers.", "He hurt himself. It was a fault of his."),
    ("They looked at her coldly.", "They looked at him coldly."),
    ("Her newly built house is his or hers.", "His newly built house is hers or his."),
    ("It made her happy to let her go.", "It made him happy to let him go."),
    ("Each of his/her friends came.", "Each of her/his friends came."),
    ("MEN and boys ran. The men's team won.", "WOMEN and girls ran. The women's team won."),
    ("An uncle and an heir came.", "An aunt and an heiress came."),
    ("Tom and Anna love their mom.", "Anna and Tom love their dad."),
    ("Ladies and gentlemen, the king!", "Gentlemen and ladies, the queen!"),
    ("A Christian woman met an older man.", "A Muslim woman met an older man."),
    ("She is Jewish. He met a Catholic.", "She is Catholic. He met a Jew."),
    ("The black man sat. White people sang.", "The white man sat. Black people sang."),
    ("Nigerian nurses met Germans.", "German nurses met Nigerians."),
    ("An Iranian singer came.", "An Italian singer came."),
    ("A Mexican singer came.", "An American singer came."),
    ("The poor family sang.", "The rich family sang."),
    ("Deaf students sang to a tall man.", "Blind students sang to a tall man."),
    ("The old men sing.", "The young men sing."),
]


@pytest.mark.parametrize(("text", "other"), TURNED, ids=[text for text, _ in TURNED])
def test_a_text_is_turned_round_and_back(text: str, other: str) -> None:
    assert (swap(text).text, swap(other).text) == (other, text)


SKIPPED = [
    ("He said `her` and his.", "code"),
    ("She called the gypsies names.", "slur"),
    ("Ms. Lee and her brother sang.", "lone"),
    ("Albert Einstein loved his wife.", "named"),
    ("Reading Harry Potter, she smiled.", "named"),
    ("Actor: Will Smith and his son", "named"),
    ("Queen Victoria and her children sang.", "named"),
    ("God rested, and he saw it was good.", "named"),
    ("In 1920 women got the vote.", "dated"),
    ("The war made him a hero.", "dated"),
    ("40% of women agree.", "figures"),
    ("She was pregnant when he left.", "medical"),
    ("Prostate trouble is common in older men.", "medical"),
    ("A Muslim woman fasts in Ramadan.", "teaching"),
    ("The law lets her inherit.", "teaching"),
    ("The queen takes the pawn on the chessboard.", "games"),
    ("A Mexican singer came from Mexico.", "place"),
    ("She gave her flowers.", "ambiguous"),
    ("We gave him flowers.", "one_way"),
    ("A gay man lives next door.", "no_counterpart"),
]


@pytest.mark.parametrize(("text", "reason"), SKIPPED, ids=[text for text, _ in SKIPPED])
def test_a_text_that_would_become_untrue_is_left_alone(text: str, reason: str) -> None:
    found = swap(text)
    assert (found.text, found.skipped, found.terms) == (None, reason, 0)
    assert reason in REASONS
    assert find_swaps(text) == []


@pytest.mark.parametrize(
    "text",
    ["", "Add 2 and 2.", "Black coffee in French.", "The mother tongue.", "hertz, this, shed"],
)
def test_where_nobody_is_told_of_nothing_is_skipped(text: str) -> None:
    assert swap(text) == swap("")


def test_the_direction_is_told_where_there_is_one() -> None:
    assert swap("She sang.").direction == "gender.women>men"
    assert swap("Two Muslims sang to her.").direction == "religion.muslim>christian"
    assert (swap("She met him.").direction, swap("She met him.").terms) == (None, 2)


def test_the_terms_that_are_replaced_can_be_pointed_at() -> None:
    text = "Two Muslims sang to her."
    assert [text[start:end] for start, end in find_swaps(text)] == ["Muslims"]


PEOPLE = ["he", "she", "a man", "the woman", "John", "Mary", "her uncle", "his aunt", "an heiress"]
GROUPED = ["Muslims", "a Christian man", "black people", "an American", "poor families", "they"]
ACTS = ["saw", "thanked", "ran past", "sang to", "waited for", "gave", "let"]
OBJECTS = ["him", "her", "his dog", "her dog", "himself", "herself", "hers", "his", "old women"]
ENDS = [".", " and left.", " go.", " at night!", ", who smiled.", " or him.", "'s house."]


@given(
    st.lists(
        st.tuples(*map(st.sampled_from, (PEOPLE + GROUPED, ACTS, OBJECTS, ENDS))),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([str, str.upper, str.capitalize]),
)
def test_turning_round_twice_gives_the_text(parts: list[tuple[str, ...]], case: type[str]) -> None:
    text = case(" ".join(f"{who} {does} {whom}{end}" for who, does, whom, end in parts))
    other = swap(text).text
    assert other is None or (other != text and swap(other).text == text)


@given(st.text(alphabet="hesirmanw HSM.'-/\n", max_size=60))
def test_any_string_survives(text: str) -> None:
    other = swap(text).text
    assert other is None or swap(other).text == text


def test_real_texts_come_back_too() -> None:
    rows = json.loads(data_file("instructions/alpaca_random_9k.json").read_text("utf-8"))[:2000]
    turned = [(row["output"], swap(row["output"]).text) for row in rows]
    found = [(text, other) for text, other in turned if other]
    assert len(found) > 100
    assert [text for text, other in found if swap(other).text != text] == []


def test_passages_of_news_and_encyclopedias_are_mostly_left_alone() -> None:
    with gzip.open(data_file("bias/bold_gender_wiki.json.gz"), "rt") as file:
        people = json.load(file)
    texts = [text for names in people.values() for said in names.values() for text in said][:500]
    turned = [text for text in texts if swap(text).text]
    assert len(turned) < 0.35 * len(texts)


def test_no_term_is_in_two_pairs_and_every_group_exists() -> None:
    with pytest.raises(ValueError, match="in two pairs"):
        read("gender men women\n    he = she, he = her\n")
    with pytest.raises(ValueError, match="unequally many"):
        read("gender men women\n    he = she too\n")
    assert all({one.group, one.other} <= set(GROUPS[one.axis]) for one in PAIRS.values())
    for (words, role), one in PAIRS.items():
        assert any(PAIRS[one.words, back].words == words for back in _roles(one.words)), (
            words,
            role,
        )


def _roles(words: tuple[str, ...]) -> list[str]:
    return [role for term, role in PAIRS if term == words]


def test_the_lists_name_no_words_that_are_never_read() -> None:
    assert {"kept", "lone", "medical", "history", "teaching", "figures", "places"} <= set(LISTS)


def test_attributes_name_no_group_and_no_gender() -> None:
    with pytest.raises(ValueError, match="shy"):
        read_attributes("one\n    shy\ntwo\n    shy\n")
    groups = {term.words for term in LEXICON.all()} | {words for words, _ in PAIRS}
    assert [word for word in ATTRIBUTES if (word,) in groups] == []
