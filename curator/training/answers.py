"""Answers: where in the text of a conversation each answer stands, from its first character to its
end-of-turn token.

A template may mark its answers with `{% generation %}`. Where it does not, an answer begins where
the text that asks for it ends, and ends where the text of the turns up to it does. Templates that
write earlier turns otherwise once later ones follow (as Qwen3's, which takes their thinking away)
break the second rule, and rarely the first; then what follows the thinking is looked for in the
whole text.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from curator.errors import CarryError
from curator.training.conversation import Message
from curator.training.reasons import ENDLESS, MOVED, UNWRITTEN
from curator.training.template import Span, Template, Tools


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer in a text."""

    turn: int
    """Its place among the messages."""
    spans: tuple[Span, ...]
    """What of the text it is; several where the template marks it in pieces."""
    trouble: str = ""
    """Why it cannot be learnt from this text, one of `reasons`; empty where it can."""

    @property
    def end(self) -> int:
        """Where it ends; 0 where it was not found."""
        return self.spans[-1].end if self.spans else 0


def find_answers(
    template: Template, messages: Sequence[Message], tools: Tools
) -> tuple[str, list[Answer]]:
    """Return the text of a conversation and its answers.

    Raises CarryError where the template refuses the conversation.
    """
    turns = [i for i, message in enumerate(messages) if message["role"] == "assistant"]
    if template.has_marks(tools):
        text, marked = template.write_marked(messages, tools)
        owned = _share_out(template, messages, tools, (turns, marked))
    else:
        text = template.write(messages, tools)
        owned = [_derived(template, (messages, tools, text), turn) for turn in turns]
    found: list[Answer] = []
    seen = 0
    for turn, spans in zip(turns, owned, strict=True):
        found.append(_judged(template, text, Answer(turn, spans), messages[turn], seen))
        seen = max(seen, found[-1].end)
    return text, found


def _share_out(
    template: Template,
    messages: Sequence[Message],
    tools: Tools,
    found: tuple[list[int], list[Span]],
) -> list[tuple[Span, ...]]:
    """Give each answer its marks: one each, or as many as the turns up to it have more."""
    turns, marked = found
    if len(marked) == len(turns):
        return [(span,) for span in marked]
    counts = [len(template.write_marked(messages[: turn + 1], tools)[1]) for turn in turns]
    return [tuple(marked[before:after]) for before, after in pairwise([0, *counts])]


def _derived(
    template: Template, whole: tuple[Sequence[Message], Tools, str], turn: int
) -> tuple[Span, ...]:
    """Find an answer in the text of the whole conversation, by the texts of its first turns."""
    messages, tools, text = whole
    try:
        start = _start(template, messages[:turn], tools, text) if turn else None
        if start is None:
            return ()
        is_last = turn == len(messages) - 1
        upto = text if is_last else template.write(messages[: turn + 1], tools)
    except CarryError:
        return ()
    if text.startswith(upto) and len(upto) > start:
        return (Span(start, len(upto)),)
    own = _last_words(template, upto, start, messages[turn])
    at = text.find(upto[own:], start) if own else -1
    # What is found beyond another special token would be the same words of another turn.
    passed = [len(template.special_tokens(*s)) for s in ((text, start, at), (upto, start, own))]
    return (Span(start, at + len(upto) - own),) if at >= 0 and passed[0] <= passed[1] else ()


def _last_words(template: Template, upto: str, start: int, message: Message) -> int:
    """Return where, in the text that ends with an answer, its content begins; 0 if nowhere.

    That is the last place before its calls, or else before its end; thinking may say the same.
    """
    tokens = template.special_tokens(upto, start, len(upto))
    limit = tokens[-1].start if tokens else len(upto)
    for call in message.get("tool_calls") or ():
        limit = min(limit, max(start, upto.find(call["function"]["name"], start)))
    return max(0, upto.rfind(message["content"].strip(), start, limit))


def _start(template: Template, before: Sequence[Message], tools: Tools, text: str) -> int | None:
    """Return where the text stops asking and the answer begins."""
    asked = template.write(before, tools, asks=True)
    if text.startswith(asked):
        return len(asked)
    plain = template.write(before, tools)
    if not (text.startswith(plain) and asked.startswith(plain)):
        return None
    # The template asks with more than it then writes, such as an opened `<think>`. The two part
    # behind a line or a special token: an answer that begins with `<`, too, begins there.
    pairs = enumerate(zip(asked, text, strict=False))
    parts = next((i for i, (one, other) in pairs if one != other), len(text))
    tokens = [span.end for span in template.special_tokens(asked, len(plain), parts)]
    behind = max(asked.rfind("\n", len(plain), parts) + 1, *tokens, 0)
    return behind if behind > len(plain) else parts


def _judged(template: Template, text: str, answer: Answer, message: Message, seen: int) -> Answer:
    """End an answer with its end-of-turn token, or say what is wrong with it.

    `seen` is where the answer before it ended.
    """
    if not answer.spans:
        return replace(answer, trouble=MOVED)
    said = message["content"].strip()
    at = text.find(said, max(seen, answer.spans[0].start), answer.end)
    if at < 0 or not _holds(text[seen : answer.end], message):
        return replace(answer, trouble=UNWRITTEN)
    *first, last = answer.spans
    tokens = template.special_tokens(text, max(at + len(said), last.start), last.end)
    if not tokens:
        return replace(answer, trouble=ENDLESS)
    return replace(answer, spans=(*first, Span(last.start, tokens[-1].end)))


def _holds(text: str, message: Message) -> bool:
    """Say whether a text has the thinking of a message, and the names of its calls."""
    names = [call["function"]["name"] for call in message.get("tool_calls") or ()]
    thoughts = [(message.get("reasoning_content") or "").strip()]
    return all(part in text for part in names + thoughts)
