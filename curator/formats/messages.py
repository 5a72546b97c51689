"""Messages: `messages` with `role` and `content`, as OpenAI and most chat templates have it."""

from curator.formats.chat import Chat
from curator.formats.style import OPENAI

MESSAGES = Chat(name="messages", column="messages", style=OPENAI, tools="wrapped.list")
