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
    template: Template, messages: Sequence[Message], tools: Tools, end: str
) -> tuple[str, list[Answer]]:
    """Return the text of a conversation and its answers; `end` usually ends them, if it is known.

    Raises CarryError where the template refuses the conversation.
    """
    turns = [i for i, message in enumerate(messages) if message["role"] == "assistant"]
    if template.has_marks(tools):
        text, marked = template.write_marked(messages, tools)
        owned = _share_out(template, messages, tools, (turns, marked))
    else:
        text = template.write(messages, tools)
        owned = [_derived(template, (messages, tools, text), turn, end) for turn in turns]
    found: list[Answer] = []
    seen = 0
    for turn, spans in zip(turns, owned, strict=True):
        answer = Answer(turn, spans)
        found.append(_judged(template, (text, end), answer, messages[turn], seen))
        seen = max(seen, found[-1].end)
    return text, found


def _share_out(
    template: Template,
    messages: Sequence[Message],
    tools: Tools,
    found: tuple[list[int], list[Span]],
) -> list[tuple[Span, ...]]:
    """Give each answer its marks: one each, or as many as the turns up to it have more."""
    turns, marked = found[0], _joined(found[1])
    if len(marked) == len(turns):
        return [(span,) for span in marked]
    upto = (template.write_marked(messages[: turn + 1], tools)[1] for turn in turns)
    counts = [0, *(len(_joined(spans)) for spans in upto)]
    return [tuple(marked[before:after]) for before, after in pairwise(counts)]


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Join marks with nothing between them."""
    found: list[Span] = []
    for span in spans:
        if found and found[-1].end == span.start:
            found[-1] = Span(found[-1].start, span.end)
        else:
            found.append(span)
    return found


def _derived(
    template: Template, whole: tuple[Sequence[Message], Tools, str], turn: int, end: str
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
    said = _last_words(template, upto, start, messages[turn])
    ends = _end(template, upto, Span(said.end, len(upto)), end)
    if not ends:
        return ()
    at = text.find(upto[said.start : ends], start)
    # What is found beyond another special token would be the same words of another turn.
    pair = ((text, start, at), (upto, start, said.start))
    here, own = (len(template.special_tokens(*one)) for one in pair)
    return (Span(start, at + ends - said.start),) if at >= 0 and here <= own else ()


def _last_words(template: Template, upto: str, start: int, message: Message) -> Span:
    """Return where an answer's content is in the text that ends with it.

    That is the last place before its calls, or else before its end; thinking may say the same.
    """
    tokens = template.special_tokens(upto, start, len(upto))
    limit = tokens[-1].start if tokens else len(upto)
    for call in message.get("tool_calls") or ():
        limit = min(limit, max(start, upto.find(call["function"]["name"], start)))
    said = message["content"].strip()
    at = max(start, upto.rfind(said, start, limit))
    return Span(at, at + len(said))


def _end(template: Template, text: str, behind: Span, end: str) -> int:
    """Return where an answer ends, of which `behind` is what follows its words; 0 if nowhere.

    That is behind the first token that usually ends answers, or else behind the last special one.
    Nothing but white space and other special tokens may follow there: calls may hold such tokens.
    """
    tokens = template.special_tokens(text, *behind)
    usual = [token.end for token in tokens if text[token.start : token.end] == end]
    ends = usual or [token.end for token in tokens[-1:]]
    return next((at for at in ends if not template.bare(text[at : behind.end])), 0)


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
    parts = alike(asked, text)
    tokens = [span.end for span in template.special_tokens(asked, len(plain), parts)]
    behind = max(asked.rfind("\n", len(plain), parts) + 1, *tokens, 0)
    return behind if behind > len(plain) else parts


def _judged(
    template: Template, whole: tuple[str, str], answer: Answer, message: Message, seen: int
) -> Answer:
    """End an answer with its end-of-turn token, or say what is wrong with it.

    `whole` is the text and what usually ends answers; `seen` is where the one before ended.
    """
    if not answer.spans:
        return replace(answer, trouble=MOVED)
    text, end = whole
    said = message["content"].strip()
    at = text.find(said, max(seen, answer.spans[0].start), answer.end)
    if at < 0 or not _holds(text[seen : answer.end], message):
        return replace(answer, trouble=UNWRITTEN)
    *first, last = answer.spans
    ends = _end(template, text, Span(max(at + len(said), last.start), last.end), end)
    if not ends:
        return replace(answer, trouble=ENDLESS)
    return replace(answer, spans=(*first, Span(last.start, ends)))


def alike(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


def _holds(text: str, message: Message) -> bool:
    """Say whether a text has the thinking of a message, and the names of its calls."""
    names = [call["function"]["name"] for call in message.get("tool_calls") or ()]
    thoughts = [(message.get("reasoning_content") or "").strip()]
    return all(part in text for part in names + thoughts)
