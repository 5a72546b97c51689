"""Template: what a tokenizer's own chat template writes of a conversation."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from jinja2 import TemplateError
from transformers.utils.chat_template_utils import render_jinja_template

from curator.errors import CarryError, ModelError
from curator.training.conversation import Message

Tools = list[dict[str, Any]] | None
_MARKS = re.compile(r"\{%-?\s*generation\s*-?%\}")
_FAILURES = (TemplateError, TypeError, ValueError, LookupError, AttributeError)
"""What a template raises by itself, or stumbles over."""


class Span(NamedTuple):
    """A stretch of a text, in characters."""

    start: int
    end: int


class Template:
    """Writes messages as the tokenizer's template does; compiled once by transformers."""

    def __init__(self, tokenizer: Any) -> None:
        self.name = tokenizer.name_or_path or "the model"
        if not tokenizer.chat_template:
            raise ModelError(
                f"the tokenizer of {self.name} has no chat template, so that nobody knows how it "
                "is asked: take the version of the model that is tuned to chat, or put the "
                "template it is to learn beside its tokenizer as `chat_template.jinja`"
            )
        self._tokenizer = tokenizer
        named = {
            token.content for token in tokenizer.added_tokens_decoder.values() if token.special
        }
        named |= set(tokenizer.all_special_tokens)
        ordered = sorted(named, key=lambda token: (-len(token), token))
        self._special = re.compile("|".join(map(re.escape, ordered)) or "(?!)")

    def has_marks(self, tools: Tools) -> bool:
        """Say whether the template marks answers with `{% generation %}`."""
        return bool(_MARKS.search(self._tokenizer.get_chat_template(tools=tools)))

    def write(self, messages: Sequence[Message], tools: Tools, *, asks: bool = False) -> str:
        """Return the text of some messages; `asks` adds the opening of an answer.

        Raises CarryError with what the template says where it refuses them.
        """
        return self._render(messages, tools, asks=asks, marks=False)[0]

    def write_marked(self, messages: Sequence[Message], tools: Tools) -> tuple[str, list[Span]]:
        """Return the text of some messages, and what the template marks as generated."""
        return self._render(messages, tools, asks=False, marks=True)

    def special_tokens(self, text: str, start: int, end: int) -> list[Span]:
        """Find the special tokens that stand in a stretch of a text."""
        return [Span(*found.span()) for found in self._special.finditer(text, start, end)]

    def bare(self, text: str) -> str:
        """Return what a text has besides special tokens and white space at its ends."""
        return self._special.sub("", text).strip()

    def _render(
        self, messages: Sequence[Message], tools: Tools, *, asks: bool, marks: bool
    ) -> tuple[str, list[Span]]:
        try:
            texts, spans = render_jinja_template(
                conversations=[list(messages)],
                tools=tools,
                chat_template=self._tokenizer.get_chat_template(tools=tools),
                return_assistant_tokens_mask=marks,
                add_generation_prompt=asks,
                **self._tokenizer.special_tokens_map,
            )
        except _FAILURES as error:
            raise CarryError(str(error) or type(error).__name__) from error
        return texts[0], [Span(*span) for span in spans[0]] if marks else []
