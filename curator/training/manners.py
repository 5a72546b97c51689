"""Manners: how a template takes thinking, and how its answers end, found out by trying."""

import json
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from curator.errors import CarryError, ModelError
from curator.training.answers import Answer, alike, find_answers
from curator.training.conversation import Message
from curator.training.reasons import ENDLESS, MEANINGS
from curator.training.template import Template

_ASKED: Message = {"role": "user", "content": "What is the tallest tree?"}
_SAID: Message = {"role": "assistant", "content": "The coast redwood."}
_CALLED: Message = {
    "role": "assistant",
    "content": "",
    "tool_calls": [
        {
            "id": "call00001",
            "type": "function",
            "function": {"name": "look_up", "arguments": {"what": "trees"}},
        }
    ],
}
_THOUGHT = "Redwoods outgrow eucalypts."
_KEYS = ("role", "content", "name", "tool_calls", "tool_call_id")


class Manners(NamedTuple):
    """What is to be known of a template before it writes."""

    end: str
    """The token that ends an answer, wherever it stands."""
    ends: frozenset[str]
    """It, and what ends an answer that calls a tool."""
    thinking: Literal["field", "tags"]
    """Whether thinking is a field of its own (`reasoning_content`), or stands in the content."""
    arguments: Literal["objects", "text"]
    """What the arguments of a call are; most templates write objects, and some take JSON alone."""


def manners_of(template: Template) -> Manners:
    """Try a template with small conversations.

    Raises ModelError where it refuses them, or where no end-of-turn token would be learnt.
    """
    end, usual = _end(template), Manners("", frozenset(), "field", "objects")
    as_text = usual._replace(arguments="text")
    thought = _written(template, [_ASKED, _SAID | {"reasoning_content": _THOUGHT}], usual)
    takes_text = _written(template, [_ASKED, _CALLED], usual) is None and (
        _written(template, [_ASKED, _CALLED], as_text) is not None
    )
    found = as_text if takes_text else usual
    return found._replace(
        end=end,
        ends=frozenset({end, *_ends(template, dressed([_ASKED, _CALLED], found), end)}),
        thinking="field" if thought and _THOUGHT in thought else "tags",
    )


def dressed(messages: Sequence[Message], manners: Manners) -> list[Message]:
    """Return the messages as the template wants them, with nothing in them that is None."""
    return [_dressed(message, manners) for message in messages]


def _dressed(message: Message, manners: Manners) -> Message:
    found = {key: message[key] for key in _KEYS if message.get(key) is not None}
    found.setdefault("content", "")
    if "tool_calls" in found and manners.arguments == "text":
        found["tool_calls"] = [_as_text(call) for call in found["tool_calls"]]
    reasoning = message.get("reasoning_content")
    if reasoning is None:
        return found
    if manners.thinking == "tags":
        text = f"<think>\n{reasoning.strip()}\n</think>\n\n{found['content']}"
        return found | {"content": text}
    # Templates of one family read `thinking`; newer versions of transformers fill it in.
    return found | {"reasoning_content": reasoning, "thinking": reasoning}


def _as_text(call: dict[str, Any]) -> dict[str, Any]:
    said = json.dumps(call["function"]["arguments"], ensure_ascii=False)
    return call | {"function": call["function"] | {"arguments": said}}


def _written(template: Template, messages: Sequence[Message], manners: Manners) -> str | None:
    try:
        return template.write(dressed(messages, manners), None)
    except CarryError:
        return None


def _end(template: Template) -> str:
    """Return the token that ends an answer, be it the last or not: what follows both begins alike.

    Where nothing does, it is what ends the last one.
    """
    try:
        text, (answer,) = find_answers(template, [_ASKED, _SAID], None, "")
    except CarryError as error:
        raise ModelError(
            f"the chat template of {template.name} refuses the simplest conversation, one question "
            f"and its answer ({error}): mend `chat_template.jinja` beside its tokenizer"
        ) from error
    if answer.trouble:
        raise ModelError(_complaint(template, text, answer))
    usual = Manners("", frozenset(), "field", "objects")
    twice = _written(template, [_ASKED, _SAID] * 2, usual) or ""
    tails = twice.split(_SAID["content"])[1:]
    shared = alike(tails[0], tails[1]) if len(tails) == 2 else 0  # noqa: PLR2004 (two answers)
    tokens = template.special_tokens(tails[0], 0, shared) if shared else []
    if tokens:
        return tails[0][slice(*tokens[-1])]
    return text[slice(*template.special_tokens(text, *answer.spans[-1])[-1])]


def _ends(template: Template, messages: list[Message], end: str) -> list[str]:
    """Return what ends the answers of some messages, where the template can write them."""
    try:
        text, found = find_answers(template, messages, None, end)
    except CarryError:
        return []
    spans = [answer.spans[-1] for answer in found if not answer.trouble]
    return [text[slice(*template.special_tokens(text, *span)[-1])] for span in spans]


def _complaint(template: Template, text: str, answer: Answer) -> str:
    if answer.trouble != ENDLESS:
        return (
            f"answers cannot be told from questions with the chat template of {template.name}: "
            f"{MEANINGS[answer.trouble]}; one question and its answer become {text!r}. Mark the "
            "answers in `chat_template.jinja`, each with its end-of-turn token, between "
            "`{% generation %}` and `{% endgeneration %}`"
        )
    mend = (
        "let its `{% endgeneration %}` come behind the end-of-turn token"
        if template.has_marks(None)
        else "let it write the end-of-turn token behind each answer, and see that the tokenizer "
        "names it among its special tokens"
    )
    return (
        f"with the chat template of {template.name} no end-of-turn token would be learnt, so that "
        f"the model would never stop: the answer {_SAID['content']!r} becomes "
        f"{text[answer.spans[0].start :]!r}. Mend `chat_template.jinja` beside the tokenizer: "
        f"{mend}"
    )
