"""Render: a conversation becomes tokens by the tokenizer's own template, its answers marked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from curator.errors import CarryError
from curator.training.answers import Answer, find_answers
from curator.training.conversation import Conversation, Example, Message
from curator.training.encode import Encoder
from curator.training.manners import dressed, manners_of
from curator.training.reasons import MOVED, NOTHING, REFUSED, UNWRITTEN, UnfitError
from curator.training.settings import LearnFrom
from curator.training.template import Span, Template


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a conversation, and the stretches of it that are learnt."""

    id: str
    text: str
    learnt: tuple[Span, ...]
    group: str = ""
    lost: tuple[str, ...] = ()
    """Why answers that should be learnt cannot be, one of `reasons` each."""


class Renderer:
    """Writes conversations as the tokenizer's chat template does.

    Raises ModelError where the tokenizer has no template, or one that ends answers with nothing.
    """

    def __init__(self, tokenizer: Any, *, learn_from: LearnFrom = "all") -> None:
        self.tokenizer = tokenizer
        self._template = Template(tokenizer)
        self._encoder = Encoder(tokenizer)
        self._manners = manners_of(self._template)
        self._learn_from = learn_from

    @property
    def ends(self) -> tuple[int, ...]:
        """The tokens with which the template ends answers: where generating is to stop."""
        return tuple(sorted(map(self.tokenizer.convert_tokens_to_ids, self._manners.ends)))

    def render(self, conversation: Conversation) -> Example:
        """Return the tokens of a conversation, and which of them are learnt.

        Raises UnfitError where none can be. Answers that need an example of their own (see
        `written`) are not learnt here.
        """
        (example, _), *_ = self.encode(self.written(conversation)[:1])
        return example

    def prompt(self, conversation: Conversation) -> list[int]:
        """Return the tokens of a conversation up to its last question, asking for an answer."""
        turns = dressed(conversation.messages, self._manners)
        while len(turns) > 1 and turns[-1]["role"] == "assistant":
            turns.pop()
        try:
            text = self._template.write(turns, conversation.tools, asks=True)
        except CarryError as error:
            raise UnfitError(conversation.id, REFUSED, str(error)) from error
        return self._encoder.ids(text)

    def encode(self, texts: Sequence[Written]) -> list[tuple[Example, bool]]:
        """Encode texts together; beside each, whether an answer begins inside a token."""
        found = self._encoder.encode([one.text for one in texts], [one.learnt for one in texts])
        return [
            (Example(text.id, encoded.tokens, encoded.learnt, text.group), encoded.merged)
            for text, encoded in zip(texts, found, strict=True)
        ]

    def written(self, conversation: Conversation) -> list[Written]:
        """Return the text of a conversation, and of each answer that cannot be learnt from it.

        An answer whose thinking the template takes away once another turn follows, or that is asked
        otherwise then, is learnt from the text that ends with it: what the model will see. Raises
        UnfitError where no answer can be learnt.
        """
        messages = dressed(conversation.messages, self._manners)
        wanted = self._wanted(conversation.messages)
        if not wanted:
            raise UnfitError(conversation.id, NOTHING)
        whole, lost = self._learnt(conversation, messages, wanted)
        again = {a.turn for a in lost if a.trouble in (MOVED, UNWRITTEN)} - {len(messages) - 1}
        parts = [whole] if whole.learnt else []
        rest = [answer.trouble for answer in lost if answer.turn not in again]
        for turn in sorted(again):
            own, missed = self._learnt(conversation, messages[: turn + 1], {turn})
            parts += [own] if own.learnt else []
            rest += [answer.trouble for answer in missed]
        if not parts:
            raise UnfitError(conversation.id, rest[0])
        return [replace(parts[0], lost=tuple(rest)), *parts[1:]]

    def _wanted(self, messages: Sequence[Message]) -> set[int]:
        """Return the turns that are to be learnt."""
        answers = [i for i, message in enumerate(messages) if message["role"] == "assistant"]
        usual = set(answers[-1:] if self._learn_from == "last" else answers)
        return {turn for turn in answers if messages[turn].get("learn", turn in usual)}

    def _learnt(
        self, conversation: Conversation, messages: Sequence[Message], wanted: set[int]
    ) -> tuple[Written, list[Answer]]:
        """Write messages with the wanted answers learnt; return also those that cannot be."""
        try:
            text, found = find_answers(
                self._template, messages, conversation.tools, self._manners.end
            )
        except CarryError as error:
            raise UnfitError(conversation.id, REFUSED, str(error)) from error
        asked = [answer for answer in found if answer.turn in wanted]
        spans = [span for answer in asked if not answer.trouble for span in answer.spans]
        written = Written(conversation.id, text, tuple(spans), conversation.group)
        return written, [answer for answer in asked if answer.trouble]
