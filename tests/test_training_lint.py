"""The lint names what would teach a model badly, and says nothing of what is sound."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from curator.training.conversation import Conversation, Example
from curator.training.lint import Notice, lint
from curator.training.prepare import LeftOut, Prepared, prepare
from curator.training.render import Renderer
from tests import chat_templates as templates
from tests.chat_templates import tokenizer_of, unmarked


def chat(id_: str, *texts: str, **last: Any) -> Conversation:
    roles = ("user", "assistant") * len(texts)
    messages = [{"role": r, "content": t} for r, t in zip(roles, texts, strict=False)]
    return Conversation(id_, [*messages[:-1], messages[-1] | last])


def looked(
    *conversations: Conversation, template: str = templates.CHATML, **settings: Any
) -> dict[str, Notice]:
    renderer = Renderer(tokenizer_of(template))
    asked = {"max_tokens": 500, "over_long": "skip"} | settings
    prepared = prepare(conversations, renderer, **asked)
    return {found.name: found for found in lint(conversations, prepared, renderer)}


SOUND = chat("sound", "How many trees are there?", "There are three trees in the wood.")


def test_nothing_is_said_of_sound_records() -> None:
    assert looked(SOUND, chat("two", "a?", "Three trees.", "b?", "Three trees.")) == {}


@pytest.mark.parametrize(
    "leftover",
    ["<|im_end|>", "<|eot_id|>", "[INST]", "<start_of_turn>", "</s>", "<<SYS>>", "\n### Response:"],
)
def test_marks_of_templates_inside_turns(leftover: str) -> None:
    found = looked(SOUND, chat("left", f"How many? {leftover} So", "There are three trees."))
    assert list(found) == ["template_leftovers"]
    assert found["template_leftovers"].ids == ("left",)
    assert repr(leftover.strip()) in found["template_leftovers"].text


def test_text_that_only_looks_like_a_mark_is_let_pass() -> None:
    code = "if a<b and [x] | y: print('### Results: <end>')"
    assert looked(chat("code", code, "There are three trees in it.")) == {}


def test_what_is_left_out_is_told_by_its_reason() -> None:
    asks = Conversation("asks", [{"role": "user", "content": "How many?"}])
    found = looked(asks, chat("long", "How many? " * 300, "Three."), SOUND)
    assert list(found) == ["nothing_to_learn", "over_long"]
    assert found["over_long"].count == 1
    assert found["over_long"].text == "left out: longer than `max_tokens`"
    assert "raise `max_tokens`" in found["over_long"].advice
    others = [LeftOut("x", "no tools here"), LeftOut("y", "input.cap", wanted=True)]
    told = lint([], Prepared(), _renderer(), others=others)
    assert [(one.text, one.ids, one.level) for one in told] == [
        ("left out: no tools here", ("x",), "warning"),
        ("left out: input.cap", ("y",), "note"),
    ]


def test_what_the_template_refuses_is_told_in_its_words() -> None:
    system = Conversation("s", [{"role": "system", "content": "Be brief."}, *SOUND.messages])
    found = looked(system, template=templates.GEMMA)["template_refuses"]
    assert found.text.endswith("refuses it (System role not supported)")


def test_cut_and_blank_and_short_answers() -> None:
    found = looked(
        chat("cut", "How many?", "There are three trees.", "Sure?", "Yes, " * 90),
        chat("blank", "How many?", " \n"),
        max_tokens=100,
        over_long="truncate",
    )
    assert {name: (one.ids, one.level) for name, one in found.items()} == {
        "truncated": (("cut",), "warning"),
        "blank_answer": (("blank",), "warning"),
    }
    assert looked(chat("short", "How many?", ""))["short_answers"].level == "note"


def test_answers_nobody_learns_may_be_blank() -> None:
    messages = chat("one", "a?", " ", "b?", "There are three trees.").messages
    messages[1]["learn"] = False
    assert looked(Conversation("one", messages)) == {}


def test_long_questions_are_told() -> None:
    found = looked(chat("asks", "How many trees? " * 90, "Three."), max_tokens=2000)
    assert found["mostly_question"].ids == ("asks",)


def test_answers_that_are_lost_or_learnt_apart() -> None:
    messages = chat("two", "How many?", "There are three.", "Sure?", "There are three.").messages
    messages[1]["reasoning_content"] = "One, two, three."
    two = Conversation("two", messages)
    assert list(looked(two, template=unmarked(templates.QWEN3))) == ["learnt_apart"]
    assert list(looked(two, template=templates.FORGETFUL)) == ["lost_answer_not_written"]


def test_answers_that_begin_inside_a_token() -> None:
    template = unmarked(templates.CHATML).replace("assistant\n' }}", "assistant: ' }}")
    template = template.replace("m.role + '\n' }}", "m.role + ': ' }}")
    assert list(looked(chat("in", "How many?", "three trees."), template=template)) == [
        "begins_inside_a_token"
    ]


def test_a_text_that_begins_twice_and_unknown_tokens() -> None:
    tokenizer = tokenizer_of(templates.CHATML, bos_token="<s>", unk_token="</s>")
    begin, unknown = tokenizer.bos_token_id, tokenizer.unk_token_id
    examples = [_example("twice", begin, begin, 7, 8, 9), _example("odd", begin, unknown, 7, 8)]
    found = lint([], Prepared(examples), Renderer(tokenizer))
    assert {one.name: one.ids for one in found} == {
        "begins_twice": ("twice",),
        "unknown_tokens": ("odd",),
    }


def test_ends_that_are_not_the_tokenizers_are_told() -> None:
    renderer = Renderer(tokenizer_of(templates.LLAMA3))
    prepared = prepare([SOUND], renderer, max_tokens=500, over_long="skip")
    (found,) = lint([SOUND], prepared, renderer)
    assert found.name == "ends_otherwise"
    assert (
        "answers end with <|eot_id|>, while the tokenizer's end of text is <|im_end|>" in found.text
    )


def test_a_template_that_writes_the_date_is_told() -> None:
    dated = "{{ strftime_now('%Y') }}" + templates.CHATML
    assert {name: one.level for name, one in looked(SOUND, template=dated).items()} == {
        "dated": "note"
    }


def test_warnings_come_before_notes_and_name_few_records() -> None:
    short = [chat(f"s{i}", "How many?", "") for i in range(9)]
    found = lint(short, prepare(short, _renderer(), max_tokens=9999, over_long="skip"), _renderer())
    assert [(one.name, one.count, len(one.ids)) for one in found] == [
        ("blank_answer", 9, 5),
        ("short_answers", 9, 5),
    ]


def _renderer() -> Renderer:
    return Renderer(tokenizer_of(templates.CHATML))


def _example(id_: str, *tokens: int) -> Example:
    supervised: Sequence[bool] = [False, *[True] * (len(tokens) - 1)]
    return Example(id_, np.array(tokens, np.int32), np.array(supervised))
