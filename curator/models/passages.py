"""Passages: an answer as tokens, after all that was asked and by itself."""

from collections.abc import Sequence
from typing import Any, NamedTuple

Turns = Sequence[dict[str, str]]
"""Turns of a conversation, each with its `role` and `content`."""
_TRIED = ({"role": "user", "content": "a"},)


class Passage(NamedTuple):
    """Tokens, and the place from which on they are scored."""

    tokens: list[int]
    start: int

    @property
    def scored(self) -> int:
        """How many of its tokens are scored."""
        return len(self.tokens) - self.start


class Pair(NamedTuple):
    """The same tokens of an answer twice: given what was asked, and alone."""

    given: Passage
    alone: Passage


class Wording(NamedTuple):
    """How a conversation is written for a model without a chat template."""

    asked: str
    heading: str

    def written(self, before: Turns) -> str:
        """Write what stands before an answer, but for the heading of the answer itself."""
        parts = []
        for turn in before:
            said = turn["content"]
            if turn["role"] == "system":
                parts.append(f"{said}\n\n")
            elif turn["role"] == "assistant":
                parts.append(f"{self.heading}{said}\n\n")
            else:
                parts.append(self.asked.replace("{prompt}", said))
        return "".join(parts)


class Writer:
    """Makes pairs of passages for one tokenizer.

    The heading and the answer are tokenised together and once, so that both passages end in the
    very same tokens; what is asked is tokenised apart from them.
    """

    def __init__(self, tokenizer: Any, wording: Wording, *, chat: bool) -> None:
        self._tokenizer = tokenizer
        self._chat = chat and tokenizer.chat_template is not None
        self._wording = wording
        self._heading = _heading_of(tokenizer) if self._chat else wording.heading
        self._begun = _begun_by(tokenizer)

    def pair(self, before: Turns, answer: str) -> Pair | None:
        """Write an answer after the turns before it, and alone; none where it cannot be written.

        The first token of a text has nothing before it and is no guess: where a tokenizer begins
        texts with no token of its own and there is no heading, it is left out of both.
        """
        context = self._context(before)
        if context is None:
            return None
        tail, spoken = self._tail(answer)
        opening = self._opening(context)
        silent = len(tail) - spoken
        start = max(1, len(opening) + silent)
        skipped = start - len(opening) - silent
        if spoken <= skipped:
            return None
        given = Passage([*context, *tail], len(context) + silent + skipped)
        return Pair(given, Passage([*opening, *tail], start))

    def _context(self, before: Turns) -> list[int] | None:
        """Tokenise what stands before the heading; a template may refuse a conversation."""
        if not self._chat:
            said = self._wording.written(before)
            return [*self._begun, *self._tokens(said)]
        from jinja2 import TemplateError

        try:
            said = self._tokenizer.apply_chat_template(
                list(before), tokenize=False, add_generation_prompt=True
            )
        except TemplateError:
            return None
        return self._tokens(said.removesuffix(self._heading))

    def _tail(self, answer: str) -> tuple[list[int], int]:
        """Tokenise the heading with the answer; count the tokens in which the answer has a part."""
        found = self._tokenizer(
            self._heading + answer,
            add_special_tokens=False,
            return_offsets_mapping=True,
            verbose=False,
        )
        told = sum(end > len(self._heading) for _, end in found["offset_mapping"])
        return list(found["input_ids"]), told

    def _opening(self, context: list[int]) -> list[int]:
        """Return the token that the text begins with whatever it says, if there is one."""
        first = self._tokenizer.bos_token_id
        return context[:1] if first is not None and context[:1] == [first] else []

    def _tokens(self, text: str) -> list[int]:
        found = self._tokenizer(text, add_special_tokens=False, verbose=False)
        return list(found["input_ids"])


def _heading_of(tokenizer: Any) -> str:
    """Return what a chat template writes before every answer."""
    ended, begun = (
        tokenizer.apply_chat_template(list(_TRIED), tokenize=False, add_generation_prompt=begins)
        for begins in (False, True)
    )
    return str(begun[len(ended) :]) if begun.startswith(ended) else ""


def _begun_by(tokenizer: Any) -> list[int]:
    """Return the token that the tokenizer puts before every text by itself, if there is one."""
    first = tokenizer.bos_token_id
    found = list(tokenizer("a", verbose=False)["input_ids"])[:1]
    return found if first is not None and found == [first] else []
