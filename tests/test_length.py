"""Length drops what is too short or too long, and nothing else."""

# ruff: noqa: RUF001 (signs of other scripts are meant)

import pytest
from pydantic import ValidationError

from curator.filters.length import Length
from curator.records import Record
from tests.conftest import Reasons, chat, fired, frame, make_records


def test_drops_texts_outside_the_bounds(reasons: Reasons) -> None:
    found = reasons(Length(min_words=2, max_words=3), "one", "one two", "one two three four")
    assert found == ["length.too_short", None, "length.too_long"]


def test_counts_words_not_spaces() -> None:
    scores = Length().score(make_records("  two\n\twords ", ""))
    assert scores["words"].to_list() == [2, 0]


def test_counts_each_sign_of_scripts_without_spaces() -> None:
    assert Length().score(make_records("我爱你 very much"))["words"].to_list() == [5]


def test_bounds_that_are_not_set_never_fire(reasons: Reasons) -> None:
    assert reasons(Length(min_words=0), "") == [None]
    assert reasons(Length(max_tokens=3), "four words are here now") == ["length.many_tokens"]
    assert reasons(Length(min_characters=5), "four") == ["length.few_characters"]


def test_counts_turns_without_the_system_turn() -> None:
    records = frame(chat("Be kind.", "a", "b", roles=["system", "user", "assistant"]))
    assert Length().score(records)["turns"].to_list() == [2]
    assert fired(Length(max_turns=1), records) == ["length.many_turns"]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("The quick brown fox jumps over the lazy dog.", 10),  # o200k_base says so
        ("今天天气很好，我们去公园散步吧。", 12),
        ("Die Katze schläft auf dem Sofa, weil es draußen regnet.", 14),
    ],
)
def test_estimates_tokens_in_any_script(text: str, tokens: int) -> None:
    estimate = Length().score(make_records(text))["tokens"][0]
    assert abs(estimate - tokens) <= 0.2 * tokens


def test_an_answer_labelled_as_bad_is_not_judged() -> None:
    records = frame(Record(messages=chat("One?", "").messages, label=False))
    assert fired(Length(), records) == [None]
    assert fired(Length(view="prompt", min_words=2), records) == ["length.too_short"]


def test_what_is_not_there_is_not_counted() -> None:
    roles = ["assistant", "user", "assistant"]
    greeted = frame(chat("Hello!", "What is 2 + 2?", "4", roles=roles), chat("", "4"))
    assert Length(view="prompt").score(greeted)["words"].to_list() == [None, 0]
    assert Length(view="reasoning").score(greeted)["words"].to_list() == [None, None]
    unanswered = frame(chat("Hello?"), chat("Hello?", ""), chat())
    assert Length().score(unanswered)["words"].to_list() == [None, 0, None]
    assert Length(view="text").score(unanswered)["words"].to_list() == [1, 1, None]


def test_a_new_threshold_keeps_the_scores() -> None:
    assert Length(min_words=1).key() == Length(min_words=9).key()
    assert Length(view="prompt").key() != Length(view="response").key()


def test_names_the_setting_that_is_out_of_range() -> None:
    with pytest.raises(ValidationError, match="min_words"):
        Length(min_words=-1)
