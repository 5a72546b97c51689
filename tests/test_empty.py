"""Empty finds what says nothing, and leaves short right answers alone."""

import pytest

from curator.filters.empty import Empty
from curator.records import Record
from tests.conftest import Reasons, chat, fired, frame, make_records


def _asked(prompt: str, response: str) -> list[str | None]:
    return fired(Empty(), make_records(response, prompt=prompt))


def _given(instruction: str, given: str, response: str) -> list[str | None]:
    record = chat(f"{instruction}\n\n{given}", response)
    record.messages[0]["layout"] = {"parts": [len(instruction), len(given)]}
    return fired(Empty(), frame(record))


def test_finds_answers_that_say_nothing(reasons: Reasons) -> None:
    found = reasons(
        Empty(), "", " \n", "<|endoftext|>", "...", "<noinput>", "<No Output>", "[插入图]"
    )
    assert found == [
        "empty.response",
        "empty.response",
        "empty.response",
        "empty.punctuation",
        "empty.placeholder",
        "empty.placeholder",
        "empty.placeholder",
    ]


@pytest.mark.parametrize(
    "answer", ["[insert name here]", "<output>", "Answer:", "[Your text here]"]
)
def test_finds_templates_nobody_filled_in(answer: str, reasons: Reasons) -> None:
    assert reasons(Empty(), answer) == ["empty.placeholder"]


@pytest.mark.parametrize("answer", ["7", "No", "?", "😀", "★★★", "[1, 2]", "{}", "<br>", "x", "否"])
def test_short_answers_are_answers(answer: str, reasons: Reasons) -> None:
    assert reasons(Empty(), answer) == [None]


def test_punctuation_answers_a_question_about_punctuation() -> None:
    assert _asked("Which punctuation mark ends a statement?", ".") == [None]


def test_a_null_word_is_flagged_unless_the_prompt_offers_it() -> None:
    assert _asked("Name the errors.", "N/A") == ["empty.null_word"]
    assert _asked("Name the errors, or say None.", "None.") == [None]
    assert Empty().action("null_word") == "flag"


def test_a_copy_of_the_prompt_is_no_answer() -> None:
    assert _asked("Write a poem about rain.", "write a  poem about rain.") == ["empty.copy"]
    assert _given("Write a poem about it.", "rain", "Write a poem about it.") == ["empty.copy"]
    assert _asked("Hello there", "Hello there") == [None]
    assert _asked("Repeat after me: I am here now.", "I am here now.") == [None]


def test_an_answer_that_is_its_input_is_flagged_as_echo() -> None:
    assert _given("Correct the sentence.", "He goes home.", "He goes home.") == ["empty.echo"]
    assert _given("Write it in capitals.", "he goes", "HE GOES") == [None]
    assert Empty().action("echo") == "flag"


def test_finds_prompts_that_ask_nothing() -> None:
    assert _asked(" ", "Yes.") == ["empty.prompt"]
    assert _asked("<noinput>", "Yes.") == ["empty.prompt"]


def test_whoever_speaks_first_a_prompt_is_what_the_user_says() -> None:
    roles = ["assistant", "user", "assistant"]
    greeted, silent = (chat("Hello!", said, "4", roles=roles) for said in ("What is 2 + 2?", " "))
    assert fired(Empty(), frame(greeted, silent)) == [None, "empty.prompt"]


def test_a_tool_call_is_an_answer() -> None:
    record = chat("What time is it?", "")
    record.messages[1]["tool_calls"] = [{"id": None, "name": "clock", "arguments": "{}"}]
    assert fired(Empty(), frame(record)) == [None]


def test_reports_the_turn_that_is_empty() -> None:
    scores = Empty().score(frame(chat("One?", "Two.", "Three?", "")))
    assert scores.select("characters", "characters_turn").rows() == [(0, 3)]


def test_answers_labelled_as_bad_are_not_judged() -> None:
    assert fired(Empty(), frame(Record(messages=chat("One?", "").messages, label=False))) == [None]


def test_points_at_the_placeholder() -> None:
    assert Empty().spans("<noinput>") == [(0, 9, "placeholder")]
    assert Empty().spans("A real answer.") == []
