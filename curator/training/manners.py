"""Manners: how a template takes thinking, and how its answers end, found out by trying."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from curator.errors import CarryError, ModelError
from curator.training.answers import Answer, find_answers
from curator.training.conversation import Message
from curator.training.reasons import ENDLESS, MEANINGS
from curator.training.template import Template

Thinking = Literal["field", "tags"]
_ASKED: Message = {"role": "user", "content": "What is the tallest tree?"}
_SAID: Message = {"role": "assistant", "content": "The coast redwood."}
_THOUGHT = "Redwoods outgrow eucalypts."
_KEYS = ("role", "content", "name", "tool_calls", "tool_call_id")


class Manners(NamedTuple):
    """What is to be known of a template before it writes."""

    thinking: Thinking
    """Whether thinking is a field of its own (`reasoning_content`), or stands in the content."""
    ends: frozenset[str]
    """The tokens that end an answer."""


def manners_of(template: Template) -> Manners:
    """Try a template with a small conversation.

    Raises ModelError where it refuses that, or where no end-of-turn token would be learnt.
    """
    once = _ends(template, [_ASKED, _SAID])
    try:
        twice = _ends(template, [_ASKED, _SAID, _ASKED, _SAID])
    except ModelError:
        twice = frozenset()
    return Manners(_thinking(template), once | twice)


def dressed(messages: Sequence[Message], thinking: Thinking) -> list[Message]:
    """Return the messages as the template wants them, with nothing in them that is None."""
    return [_dressed(message, thinking) for message in messages]


def _dressed(message: Message, thinking: Thinking) -> Message:
    found = {key: message[key] for key in _KEYS if message.get(key) is not None}
    found.setdefault("content", "")
    reasoning = message.get("reasoning_content")
    if reasoning is None:
        return found
    if thinking == "tags":
        text = f"<think>\n{reasoning.strip()}\n</think>\n\n{found['content']}"
        return found | {"content": text}
    # Templates of one family read `thinking`; transformers fills it in from version 5.18 on.
    return found | {"reasoning_content": reasoning, "thinking": reasoning}


def _thinking(template: Template) -> Thinking:
    """Prefer the field; where it is not written, tags may be."""
    thought = [_ASKED, _SAID | {"reasoning_content": _THOUGHT}]
    try:
        written = template.write(dressed(thought, "field"), None)
    except CarryError:
        return "tags"
    return "field" if _THOUGHT in written else "tags"


def _ends(template: Template, messages: list[Message]) -> frozenset[str]:
    try:
        text, found = find_answers(template, messages, None)
    except CarryError as error:
        raise ModelError(
            f"the chat template of {template.name} refuses the simplest conversation, one question "
            f"and its answer ({error}): mend `chat_template.jinja` beside its tokenizer"
        ) from error
    for answer in found:
        if answer.trouble:
            raise ModelError(_complaint(template, text, answer))
    lasts = [template.special_tokens(text, *answer.spans[-1])[-1] for answer in found]
    return frozenset(text[span.start : span.end] for span in lasts)


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
