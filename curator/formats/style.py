"""Key styles: how data sets name the keys and the roles of a turn."""

from typing import Any, NamedTuple

from curator.errors import RowError
from curator.formats.base import Row, wrong
from curator.formats.calls import CALL_FORMS
from curator.records.model import Role

SAID = "said"
"""The form of calls that are the content of a function_call turn."""


class Style(NamedTuple):
    """The names of one key style, and the usual form of its calls."""

    role: str
    content: str
    names: dict[Role, str]
    calls: str


OPENAI = Style(
    "role",
    "content",
    {"system": "system", "user": "user", "assistant": "assistant", "tool": "tool"},
    CALL_FORMS[0],
)
SHAREGPT = Style(
    "from",
    "value",
    {"system": "system", "user": "human", "assistant": "gpt", "tool": "observation"},
    SAID,
)
STYLES = {style.role: style for style in (OPENAI, SHAREGPT)}

CALLING = ("function_call", "tool_call")
_NAMES: dict[Role, tuple[str, ...]] = {
    "system": ("system", "developer"),
    "user": ("user", "human", "prompter"),
    "assistant": ("assistant", "gpt", "chatgpt", "bing", "bard", "model", "ai", "bot", *CALLING),
    "tool": ("tool", "observation", "function", "function_response", "tool_response", "ipython"),
}
ROLE_OF: dict[str, Role] = {name: role for role, names in _NAMES.items() for name in names}


def style_of(turns: Any) -> Style:
    """Return the key style of a list of turns, as its first turn has it."""
    first = turns[0] if type(turns) is list and turns else None
    return SHAREGPT if type(first) is dict and "from" in first else OPENAI


def role_of(entry: Row, style: Style, path: str) -> Role:
    """Return the role a turn names, under whatever name."""
    name = entry.get(style.role)
    if style.role not in entry:
        raise RowError(path, 'names no role: a turn needs "role" or "from"')
    if type(name) is not str:
        raise wrong(f"{path}.{style.role}", "text", name)
    role = ROLE_OF.get(name) or ROLE_OF.get(name.lower())
    if role is None:
        raise RowError(f"{path}.{style.role}", f'is an unknown role, found "{name}"')
    return role
