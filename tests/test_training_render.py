"""Render writes what the tokenizer's template writes, and marks each answer to its last token."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.training.conversation import Conversation, Message
from curator.training.reasons import UNWRITTEN, UnfitError
from curator.training.render import Renderer
from tests import chat_templates as templates
from tests.chat_templates import WITH_MARKS, tokenizer_of, unmarked
from tests.rendering import CHAT, ENDS, ENDS_LINE, TOOLS, call, learnt, of, said, user


@pytest.mark.parametrize("marks", [True, False])
@pytest.mark.parametrize("name", WITH_MARKS)
def test_every_answer_is_learnt_to_its_end_and_nothing_else(name: str, marks: bool) -> None:
    template = WITH_MARKS[name] if marks else unmarked(WITH_MARKS[name])
    renderer = Renderer(tokenizer_of(template))
    opening = "<think>\n\n</think>\n\n" if name == "qwen3" else ""
    end = ENDS[name]
    assert learnt(renderer, of(*CHAT)) == [f"Three.{end}", f"{opening}Yes.{end}"]
    assert renderer.ends == (renderer.tokenizer.convert_tokens_to_ids(end),)


def test_a_template_without_marks_of_another_shape() -> None:
    renderer = Renderer(tokenizer_of(templates.MISTRAL))
    assert learnt(renderer, of(*CHAT)) == [" Three.</s>", " Yes.</s>"]


def test_the_tokens_are_those_of_the_tokenizer() -> None:
    tokenizer = tokenizer_of(templates.LLAMA3)
    conversation = of({"role": "system", "content": "Be  brief.\n"}, *CHAT)
    expected = tokenizer.apply_chat_template(
        conversation.messages, tokenize=True, return_dict=True, return_assistant_tokens_mask=True
    )
    example = Renderer(tokenizer).render(conversation)
    assert example.tokens.tolist() == expected["input_ids"]
    assert example.supervised.tolist() == [bool(one) for one in expected["assistant_masks"]]


letters = st.one_of(
    st.sampled_from("ab \n.</>|[]#"),
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")),
)
pieces = st.sampled_from(["<|im_end|>", "<|eot_id|>", "<think>\n", "\n</think>", "Three.", "\n\n"])
texts = st.one_of(
    st.text(letters, max_size=12),
    st.lists(st.one_of(pieces, st.text(letters, max_size=3)), max_size=4).map("".join),
)


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    turns: list[Message] = []
    if draw(st.booleans()):
        turns.append({"role": "system", "content": draw(texts)})
    for _ in range(draw(st.integers(1, 4))):
        turns.append(user(draw(texts)))
        for _ in range(draw(st.integers(0, 2))):
            turns.append(said(draw(texts)) | call("count", of=draw(texts)))
            turns[-1]["content"] = draw(texts)
            turns += [{"role": "tool", "content": draw(texts)}] * draw(st.integers(1, 2))
        answer = said(draw(texts))
        if draw(st.booleans()):
            answer["reasoning_content"] = draw(texts)
        turns.append(answer)
    return Conversation("r1", turns, TOOLS if draw(st.booleans()) else None)


@pytest.mark.parametrize("name", ["chatml", "llama3", "qwen25", "qwen3"])
@given(conversation=conversations())
def test_marks_and_prefixes_find_the_same_answers(name: str, conversation: Conversation) -> None:
    by_marks = Renderer(tokenizer_of(WITH_MARKS[name]))
    derived = Renderer(tokenizer_of(unmarked(WITH_MARKS[name])))
    found = [_examples(one, conversation) for one in (by_marks, derived)]
    assert found[0] == found[1]


def _examples(renderer: Renderer, conversation: Conversation) -> Any:
    try:
        made = renderer.encode(renderer.written(conversation))
    except UnfitError as error:
        return error.reason
    return [(example.tokens.tolist(), example.supervised.tolist()) for example, _ in made]


@given(conversation=conversations())
def test_the_last_learnt_token_of_an_answer_ends_the_turn(conversation: Conversation) -> None:
    for name in ("chatml", "llama3"):
        renderer = Renderer(tokenizer_of(unmarked(WITH_MARKS[name])))
        made = _examples(renderer, conversation)
        for tokens, supervised in [] if isinstance(made, str) else made:
            runs = np.diff(np.array([*supervised, False], np.int8))
            ends = np.flatnonzero(runs == -1).tolist()
            assert ends
            assert {tokens[end] for end in ends} == set(renderer.ends)


def test_thinking_that_a_template_takes_away_later_is_learnt_from_the_turns_up_to_it() -> None:
    thought = of(
        user("How many?"),
        said("Three.", reasoning_content="One, two, three."),
        user("Sure?"),
        said("Yes.", reasoning_content="I counted."),
    )
    renderer = Renderer(tokenizer_of(unmarked(templates.QWEN3)))
    made = renderer.encode(renderer.written(thought))
    decoded = [renderer.tokenizer.decode(one.tokens[one.supervised].tolist()) for one, _ in made]
    assert decoded == [
        "<think>\nI counted.\n</think>\n\nYes.<|im_end|>",
        "<think>\nOne, two, three.\n</think>\n\nThree.<|im_end|>",
    ]
    assert renderer.tokenizer.decode(made[1][0].tokens.tolist()).startswith("<|im_start|>user\nHow")


def test_the_same_words_of_a_later_answer_are_not_taken_for_an_earlier_one() -> None:
    forgets = "{{ m.content if loop.last or m.role == 'user' else 'Earlier.' }}"
    template = templates.QWEN3_THINKING.replace(
        "{{ m.content + '<|im_end|>\n' }}", forgets + ENDS_LINE
    )
    chat = of(user("How many?"), said("Three."), user("Sure?"), said("Three."))
    found = Renderer(tokenizer_of(template)).written(chat)
    assert [[one.text[a:b] for a, b in one.learnt] for one in found] == [
        ["\n</think>\n\nThree.<|im_end|>"],
        ["\n</think>\n\nThree.<|im_end|>"],
    ]
    assert [one.text.count("Earlier.") for one in found] == [1, 0]


def test_an_answer_may_be_marked_in_pieces() -> None:
    pieces = "{{ m.content }}{% endgeneration %}{{ '\n' }}{% generation %}"
    template = templates.CHATML.replace("{{ m.content }}" + templates.CALLS, pieces)
    assert template != templates.CHATML
    renderer = Renderer(tokenizer_of(template))
    chat = of(user("How much?"), said("Three €"), user("Sure?"), said("€", learn=False))
    (whole,) = renderer.written(chat)
    assert [whole.text[a:b] for a, b in whole.learnt] == ["Three €", "<|im_end|>"]
    assert learnt(renderer, chat) == ["Three €", "<|im_end|>"]


def test_a_system_turn_that_moves_gives_each_answer_the_text_it_is_asked_with() -> None:
    renderer = Renderer(tokenizer_of(templates.MISTRAL))
    found = renderer.written(of({"role": "system", "content": "Be brief."}, *CHAT))
    first = "<s>[INST] Be brief.\n\nHow many?[/INST] Three.</s>"
    assert [one.text for one in found] == [
        "<s>[INST] How many?[/INST] Three.</s>[INST] Be brief.\n\nSure?[/INST] Yes.</s>",
        first,
    ]
    assert [[one.text[a:b] for a, b in one.learnt] for one in found] == [
        [" Yes.</s>"],
        [" Three.</s>"],
    ]


def test_thinking_goes_into_tags_where_the_template_reads_no_field() -> None:
    renderer = Renderer(tokenizer_of(templates.CHATML))
    thought = of(user("How many?"), said("Three.", reasoning_content="One, two, three."))
    assert learnt(renderer, thought) == ["<think>\nOne, two, three.\n</think>\n\nThree.<|im_end|>"]


def test_an_answer_begins_behind_a_tag_that_the_question_opens() -> None:
    renderer = Renderer(tokenizer_of(templates.QWEN3_THINKING))
    thought = of(user("How many?"), said("Three.", reasoning_content="One, two."))
    assert learnt(renderer, thought) == ["One, two.\n</think>\n\nThree.<|im_end|>"]
    assert renderer.tokenizer.decode(renderer.prompt(thought)).endswith("<think>\n")


def test_thinking_is_never_dropped_in_silence() -> None:
    renderer = Renderer(tokenizer_of(templates.FORGETFUL))
    assert learnt(renderer, of(*CHAT)) == ["Three.<|im_end|>", "Yes.<|im_end|>"]
    assert learnt(renderer, of(user("How many?"), said("<b>3</b>"))) == ["<b>3</b><|im_end|>"]
    thought = of(user("How many?"), said("Three.", reasoning_content="One, two."))
    with pytest.raises(UnfitError, match=r"record r1: .* leaves out thinking") as caught:
        renderer.render(thought)
    assert caught.value.reason == UNWRITTEN


def test_calls_are_never_dropped_in_silence() -> None:
    conversation = of(user("How many?"), call("count", of="trees"), said("Three."))
    with pytest.raises(UnfitError, match="alternate"):
        Renderer(tokenizer_of(templates.MISTRAL)).render(conversation)
    (whole,) = Renderer(tokenizer_of(templates.GEMMA)).written(conversation)
    assert whole.lost == (UNWRITTEN,)
    assert [whole.text[a:b] for a, b in whole.learnt] == ["Three.<end_of_turn>"]


def test_calls_and_results_of_tools() -> None:
    renderer = Renderer(tokenizer_of(templates.QWEN25))
    results = [{"role": "tool", "content": text} for text in ("1", "2")]
    conversation = of(user("Sum?"), call("sum", a=1), *results, said("3."), tools=TOOLS)
    arguments = '{"name": "sum", "arguments": {"a": 1}}'
    assert learnt(renderer, conversation) == [
        f"<tool_call>\n{arguments}\n</tool_call><|im_end|>",
        "3.<|im_end|>",
    ]


def test_the_switches_of_a_turn_overrule_what_is_usual() -> None:
    tokenizer = tokenizer_of(templates.CHATML)
    last = Renderer(tokenizer, learn_from="last")
    assert learnt(last, of(*CHAT)) == ["Yes.<|im_end|>"]
    asked, first, again, second = CHAT
    chosen = of(asked, first | {"learn": True}, again, second | {"learn": False})
    for renderer in (last, Renderer(tokenizer)):
        assert learnt(renderer, chosen) == ["Three.<|im_end|>"]
    nothing = of(asked, first | {"learn": False})
    with pytest.raises(UnfitError, match="record r1: no answer that is to be learnt"):
        last.render(nothing)


def test_an_empty_answer_is_its_end() -> None:
    for template in (templates.CHATML, unmarked(templates.LLAMA3)):
        renderer = Renderer(tokenizer_of(template))
        end = renderer.tokenizer.convert_ids_to_tokens(renderer.ends)
        assert learnt(renderer, of(user("Say nothing."), said(""))) == end


def test_the_end_is_learnt_though_it_is_the_padding_too() -> None:
    tokenizer = tokenizer_of(templates.CHATML, pad_token="<|im_end|>")
    assert tokenizer.pad_token_id == tokenizer.eos_token_id
    example = Renderer(tokenizer).render(of(*CHAT))
    assert (example.tokens[example.supervised] == tokenizer.eos_token_id).sum() == 2


def test_a_text_begins_once() -> None:
    from tokenizers import processors

    tokenizer = tokenizer_of(templates.LLAMA3, bos_token="<|begin|>")
    begin = tokenizer.convert_tokens_to_ids("<|begin|>")
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="<|begin|> $A", special_tokens=[("<|begin|>", begin)]
    )
    assert tokenizer("a")["input_ids"][0] == begin
    renderer = Renderer(tokenizer)
    for tokens in (renderer.render(of(*CHAT)).tokens.tolist(), renderer.prompt(of(*CHAT))):
        assert tokens.count(begin) == 1


def test_places_are_right_where_the_tokenizer_trims_them() -> None:
    from tokenizers import processors

    tokenizer = tokenizer_of(templates.CHATML)
    spaced = of(user("How many?"), said("  three."))
    expected = Renderer(tokenizer).render(spaced)
    tokenizer.backend_tokenizer.post_processor = processors.ByteLevel(trim_offsets=True)
    found = Renderer(tokenizer).render(spaced)
    assert found.supervised.tolist() == expected.supervised.tolist()
    assert learnt(Renderer(tokenizer), spaced) == ["  three.<|im_end|>"]


def test_an_answer_that_begins_inside_a_token_is_told() -> None:
    template = unmarked(templates.CHATML).replace("assistant\n' }}", "assistant: ' }}")
    template = template.replace("m.role + '\n' }}", "m.role + ': ' }}")
    renderer = Renderer(tokenizer_of(template))
    plain = renderer.encode(renderer.written(of(user("How many?"), said("Q."))))
    merged = renderer.encode(renderer.written(of(user("How many?"), said("three."))))
    assert [one for _, one in plain] == [False]
    assert [one for _, one in merged] == [True]
    ((example, _),) = merged
    assert renderer.tokenizer.decode(example.tokens[example.supervised].tolist()).startswith(
        " three"
    )
