"""Render: a conversation becomes tokens by the tokenizer's own template, its answers marked."""

from typing import Any

import numpy as np

from curator.training.conversation import Conversation, Example
from curator.training.settings import LearnFrom


class Renderer:
    """Writes conversations as the tokenizer's chat template does."""

    def __init__(self, tokenizer: Any, *, learn_from: LearnFrom = "all") -> None:
        self.tokenizer = tokenizer
        self._learn_from = learn_from

    def render(self, conversation: Conversation) -> Example:
        """Return the tokens of a conversation, and which of them are learnt."""
        messages = conversation.messages
        tokens = self._tokens(conversation, len(messages))
        supervised = np.zeros(len(tokens), np.bool_)
        answers = [i for i, turn in enumerate(messages) if turn["role"] == "assistant"]
        for place in answers[-1:] if self._learn_from == "last" else answers:
            if messages[place].get("learn", True):
                start = len(self._tokens(conversation, place, asks=True))
                supervised[start : len(self._tokens(conversation, place + 1))] = True
        supervised[:1] = False
        return Example(conversation.id, np.array(tokens, np.int32), supervised, conversation.group)

    def prompt(self, conversation: Conversation) -> list[int]:
        """Return the tokens of a conversation that asks for an answer."""
        return self._tokens(conversation, len(conversation.messages), asks=True)

    def _tokens(self, conversation: Conversation, turns: int, *, asks: bool = False) -> list[int]:
        found: list[int] = self.tokenizer.apply_chat_template(
            conversation.messages[:turns],
            tools=conversation.tools,
            add_generation_prompt=asks,
            tokenize=True,
            return_dict=True,
        )["input_ids"]
        return found
