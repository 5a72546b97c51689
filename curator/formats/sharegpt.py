"""ShareGPT: `conversations` with `from` and `value`; tools, system and tool calls are text."""

from curator.formats.chat import Chat
from curator.formats.style import SHAREGPT as SHAREGPT_STYLE

SHAREGPT = Chat(
    name="sharegpt",
    column="conversations",
    style=SHAREGPT_STYLE,
    tools="bare.text",
    others=("conversation",),
)
