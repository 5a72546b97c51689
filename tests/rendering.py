"""Conversations, and what of them is learnt, for tests of rendering."""

from typing import Any

import numpy as np

from curator.training.conversation import Conversation, Message
from curator.training.render import Renderer
from tests import chat_templates as templates


def user(text: str) -> Message:
    return {"role": "user", "content": text}


def said(text: str, **more: Any) -> Message:
    return {"role": "assistant", "content": text, **more}


def of(*messages: Message, tools: list[dict[str, Any]] | None = None) -> Conversation:
    return Conversation("r1", list(messages), tools)


def learnt(renderer: Renderer, conversation: Conversation) -> list[str]:
    """Return the text of every run of supervised tokens."""
    example = renderer.render(conversation)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], example.supervised, [0]])))
    pairs = edges.reshape(-1, 2).tolist()
    return [renderer.tokenizer.decode(example.tokens[a:b].tolist()) for a, b in pairs]


def call(name: str, **arguments: Any) -> Message:
    function = {"name": name, "arguments": arguments}
    return said("", tool_calls=[{"type": "function", "function": function}])


LAST_ENDS = templates.ENDLESS.replace(
    "{% endfor %}{% if",
    "{% if loop.last and m.role == 'assistant' %}<|im_end|>{% endif %}{% endfor %}{% if",
)
ENDS_LINE = "{{ '<|im_end|>\n' }}"
CHAT = (
    user("How many?"),
    said("Three."),
    user("Sure?"),
    said("Yes."),
)
ENDS = {
    "chatml": "<|im_end|>",
    "llama3": "<|eot_id|>",
    "qwen25": "<|im_end|>",
    "qwen3": "<|im_end|>",
    "gemma": "<end_of_turn>",
}
TOOLS = [{"type": "function", "function": {"name": "count", "parameters": {"type": "object"}}}]
