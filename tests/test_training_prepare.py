"""Preparing leaves out nothing in silence, and cuts only between turns."""

from typing import Any

import numpy as np
import pytest

from curator.errors import CarryError
from curator.training.conversation import Conversation
from curator.training.prepare import LeftOut, prepare
from curator.training.reasons import NOTHING, OVER_LONG, REFUSED, UNWRITTEN
from curator.training.render import Renderer
from tests import chat_templates as templates
from tests.chat_templates import tokenizer_of, unmarked


def chat(id_: str, *texts: str, **last: Any) -> Conversation:
    roles = ("user", "assistant") * len(texts)
    messages = [{"role": r, "content": t} for r, t in zip(roles, texts, strict=False)]
    return Conversation(id_, [*messages[:-1], messages[-1] | last], group="g")


@pytest.fixture
def renderer() -> Renderer:
    return Renderer(tokenizer_of(templates.CHATML))


SHORT = chat("short", "How many?", "Three.")
LONG = chat("long", "How many?", "Three.", "Sure?", "Yes, " * 40)
HUGE = chat("huge", "How many? " * 40, "Three.")


def test_an_answer_in_pieces_is_cut_at_its_end_alone() -> None:
    pieces = "{{ m.content }}{% endgeneration %}{{ '\n' }}{% generation %}"
    template = templates.CHATML.replace("{{ m.content }}" + templates.CALLS, pieces)
    renderer = Renderer(tokenizer_of(template))
    whole = renderer.render(LONG)
    last = int(np.flatnonzero(whole.supervised)[-1])
    found = prepare([LONG], renderer, max_tokens=last, over_long="truncate")
    (example,) = found.examples
    assert example.tokens[-1] in renderer.ends
    assert len(example) < last - 40


def test_what_fits_is_rendered_in_order(renderer: Renderer) -> None:
    found = prepare([SHORT, LONG], renderer, max_tokens=500, over_long="skip")
    assert [(one.id, one.group) for one in found.examples] == [("short", "g"), ("long", "g")]
    assert found.examples[0].tokens.tolist() == renderer.render(SHORT).tokens.tolist()
    assert found.tokens == sum(found.lengths)
    assert found.supervised == sum(int(one.supervised.sum()) for one in found.examples)
    assert (found.left_out, found.truncated, found.apart, found.lost) == ([], [], [], [])


def test_a_longer_record_is_left_out_with_its_length(renderer: Renderer) -> None:
    size = len(renderer.render(LONG))
    found = prepare([LONG, SHORT], renderer, max_tokens=size - 1, over_long="skip")
    assert [one.id for one in found.examples] == ["short"]
    assert found.left_out == [LeftOut("long", OVER_LONG, size)]
    assert prepare([LONG], renderer, max_tokens=size, over_long="skip").left_out == []


def test_a_longer_record_is_cut_after_its_last_answer_that_fits(renderer: Renderer) -> None:
    found = prepare([SHORT, LONG, HUGE], renderer, max_tokens=80, over_long="truncate")
    assert [one.id for one in found.examples] == ["short", "long"]
    assert found.truncated == ["long"]
    assert [one.id for one in found.left_out] == ["huge"]
    cut, whole = found.examples[1], renderer.render(LONG)
    assert cut.tokens.tolist() == whole.tokens[: len(cut)].tolist()
    assert renderer.tokenizer.decode(cut.tokens.tolist()).endswith("Three.<|im_end|>")
    assert cut.supervised[-1]


def test_a_cut_keeps_an_answer_that_fits_to_the_token(renderer: Renderer) -> None:
    ends = np.flatnonzero(np.diff(renderer.render(LONG).supervised.astype(np.int8)) == -1)
    for most, kept in ((ends[0] + 1, 1), (ends[0], 0)):
        found = prepare([LONG], renderer, max_tokens=int(most), over_long="truncate")
        assert len(found.examples) == kept


def test_a_longer_record_can_be_an_error(renderer: Renderer) -> None:
    with pytest.raises(CarryError, match=r"max_tokens: 30.*first: long \(.*Raise `max_tokens`"):
        prepare([SHORT, LONG], renderer, max_tokens=30, over_long="error")


def test_whatever_cannot_be_learnt_is_named(renderer: Renderer) -> None:
    asks = Conversation("asks", [{"role": "user", "content": "How many?"}])
    silent = chat("silent", "How many?", "Three.", learn=False)
    found = prepare([asks, silent, SHORT], renderer, max_tokens=500, over_long="skip")
    assert [(one.id, one.reason) for one in found.left_out] == [
        ("asks", NOTHING),
        ("silent", NOTHING),
    ]
    strict = Renderer(tokenizer_of(templates.GEMMA))
    system = Conversation("s", [{"role": "system", "content": "Be brief."}, *SHORT.messages])
    (refused,) = prepare([system], strict, max_tokens=500, over_long="skip").left_out
    assert refused == LeftOut("s", REFUSED, said="System role not supported")


def test_thinking_makes_examples_of_its_own_and_is_told(renderer: Renderer) -> None:
    messages = chat("two", "How many?", "Three.", "Sure?", "Yes.").messages
    messages[1]["reasoning_content"] = "One, two, three."
    two = Conversation("two", messages)
    apart = Renderer(tokenizer_of(unmarked(templates.QWEN3)))
    found = prepare([two], apart, max_tokens=500, over_long="skip")
    assert [one.id for one in found.examples] == ["two", "two"]
    assert (found.apart, found.lost) == (["two"], [])
    forgetful = Renderer(tokenizer_of(templates.FORGETFUL))
    found = prepare([two], forgetful, max_tokens=500, over_long="skip")
    assert (len(found.examples), found.lost) == (1, [LeftOut("two", UNWRITTEN)])
