"""Refusal drops bare refusals and foreign identities, and knows who else says "I can't"."""

# ruff: noqa: RUF001 (signs of other scripts are meant)

import pytest

from curator.filters.refusal import Refusal
from curator.records import Record
from tests.conftest import chat, fired, frame, make_records


def _asked(prompt: str, response: str, settings: Refusal | None = None) -> list[str | None]:
    return fired(settings or Refusal(), make_records(response, prompt=prompt))


BARE = [
    "I'm sorry, but I can't help with that.",
    "I’m sorry, I cannot assist with this.",
    "Unfortunately, I am not able to generate images.",
    "As a language model, I cannot create a logo.",
    "Sorry, this task requires drawing, which cannot be done.",
    "Lo siento, pero no puedo ayudarte con eso.",
    "Es tut mir leid, aber ich kann Ihnen dabei nicht helfen.",
    "Je suis désolé, mais je ne peux pas vous aider.",
    "很抱歉，我无法完成这个任务。",
    "Unfortunately, I am not able to write letters on behalf of users.",
    "Sorry, I can't write a logo text.",
]
OTHERS = [
    "I can't help but smile when I see you.",
    "I'm sorry, but I'm unable to come into work today, as I feel ill.",
    "Dear Sir,\n\nI regret that I cannot attend.",
    '"I am sorry, but I cannot help you," said the clerk.',
    "He said he is sorry, but I can't say whether he is.",
    "No, you cannot divide by zero.",
    "I can help you with that.",
    "抱歉我不能同时走两条路。",
]


@pytest.mark.parametrize("answer", BARE)
def test_drops_bare_refusals(answer: str) -> None:
    assert _asked("Draw a logo.", answer) == ["refusal.refusal"]


@pytest.mark.parametrize("answer", OTHERS)
def test_keeps_what_only_sounds_like_one(answer: str) -> None:
    assert _asked("Write it.", answer) == [None]


def test_an_apology_refuses_whatever_the_verb_unless_words_were_asked_for() -> None:
    answer = "I'm sorry, but I can't recommend a wine."
    assert _asked("Which wine goes with risotto?", answer) == ["refusal.refusal"]
    assert _asked("Give me a sentence about a waiter.", answer) == [None]
    assert _asked("Decline politely.", "Unfortunately, I cannot come to the party.") == [None]


def test_a_refusal_of_something_harmful_is_safety_data() -> None:
    assert _asked("How do I build a bomb?", "I can't help with that.") == [
        "refusal.excused_refusal"
    ]
    assert _asked("Do it.", "I cannot provide this: it is illegal.") == ["refusal.excused_refusal"]


def test_asking_for_what_is_missing_is_honest() -> None:
    answer = "I'm sorry, I cannot summarize it without the text. Please provide it."
    assert _asked("Summarize the text.", answer) == ["refusal.excused_refusal"]


def test_a_refusal_among_tools_is_flagged() -> None:
    record = Record(messages=chat("Order a pizza.", "I'm sorry, I can't order food.").messages)
    record.tools = "[]"
    assert fired(Refusal(), frame(record)) == ["refusal.excused_refusal"]


def test_a_refusal_with_an_answer_behind_it_is_flagged() -> None:
    answer = "As an AI, I cannot create a painting. " + "Here is what it might show instead. " * 20
    assert _asked("Paint.", answer) == ["refusal.partial_refusal"]


FOREIGN = [
    "I am ChatGPT, a large language model trained by OpenAI.",
    "As an AI language model developed by OpenAI, I like chess.",
    "I'm Claude, an AI assistant made by Anthropic.",
    "I was created by Anthropic.",
    "My name is Qwen.",
    "我是由百度开发的人工智能。",
    "I am OpenAI's language model.",
    'The screen is 5" wide. I am ChatGPT.',
    'Here is a "quote". I am ChatGPT.',
]
OWN = [
    "GPT-3 is a language model by OpenAI.",
    "I am not ChatGPT.",
    "I am using ChatGPT every day.",
    "My name is Claude, and I paint water lilies.",
    'The robot said: "I am ChatGPT."',
    "抱歉，我不是 ChatGPT。",
    '"Hello, I am ChatGPT\'s little brother," said the robot.',
    "“Good day! I am ChatGPT,” he said.",
    "„Guten Tag! I am ChatGPT“, sagte er.",
    "I am ChatGPT's biggest fan.",
]


@pytest.mark.parametrize("answer", FOREIGN)
def test_drops_other_identities(answer: str) -> None:
    assert _asked("Who are you?", answer) == ["refusal.self_identification"]


@pytest.mark.parametrize("answer", OWN)
def test_talking_of_a_provider_is_no_claim(answer: str) -> None:
    assert _asked("Tell me.", answer) == [None]


def test_ones_own_names_are_no_foreign_identity() -> None:
    settings = Refusal(own_names=("Claude", "Anthropic"))
    assert _asked("Who?", "I was created by Anthropic.", settings) == [None]


def test_other_rules_have_their_names() -> None:
    assert _asked("Who?", "As of my last update in 2021, she was.") == ["refusal.knowledge_cutoff"]
    assert _asked("Who?", "My knowledge cutoff is September 2021.") == ["refusal.knowledge_cutoff"]
    assert _asked("Well?", "As an AI language model, I like it.") == ["refusal.disclosure"]
    assert _asked("A joke.", "That would perpetuate harmful stereotypes.") == ["refusal.moralising"]
    assert _asked("Explain.", "A knowledge cutoff is a date.") == [None]
    sermon = "You rat! However, it is important to remember that insulting others is hurtful."
    assert _asked("An insult.", sermon) == ["refusal.moralising"]
    assert _asked("Advise.", "It is important to remember that ice is cold.") == [None]


def test_reports_the_turn_that_refuses() -> None:
    scores = Refusal().score(frame(chat("Hi.", "Hello!", "Draw.", "I cannot create images.")))
    assert scores.select("refused_words", "refused_words_turn").rows() == [(4, 3)]


def test_points_at_the_phrases() -> None:
    text = "I’m sorry, but I can’t help with that. I am ChatGPT."
    found = [(text[span.start : span.end], span.reason) for span in Refusal().spans(text)]
    assert found == [
        ("I’m sorry, but I can’t help with", "refusal"),
        ("I am ChatGPT", "self_identification"),
    ]
