"""Trees of messages, as OpenAssistant has them: the paths and the ranked answers in them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from curator.errors import RowError
from curator.formats.base import Row, wrong
from curator.formats.style import ROLE_OF
from curator.records.model import Role

NAMES: dict[Role, str] = {"user": "prompter", "assistant": "assistant"}
"""What a role is called in a tree."""


@dataclass(eq=False)
class Message:
    """One message of a tree; `at` is its place among the replies to the one before."""

    row: Row
    at: int
    role: Role
    replies: list["Message"] = field(default_factory=list)

    @property
    def counts(self) -> bool:
        """Whether nobody deleted or refused it."""
        return not self.row.get("deleted") and self.row.get("review_result") is not False

    @property
    def rank(self) -> float | None:
        """How people ranked it among its siblings; 0 is the best."""
        rank: Any = self.row.get("rank")
        return float(rank) if type(rank) in (int, float) else None


Path = list["Message"]


def read_message(value: Any, at: int, path: str) -> Message:
    """Read a message and all replies below it; `at` is its place among its siblings."""
    if type(value) is not dict:
        raise wrong(path, "an object", value)
    if type(value.get("text")) is not str:
        raise wrong(f"{path}.text", "text", value.get("text"))
    name = value.get("role")
    role = ROLE_OF.get(name) if type(name) is str else None
    if role not in NAMES:
        raise RowError(f"{path}.role", f"must be prompter or assistant, found {name!r}")
    replies = value.get("replies")
    if replies is not None and type(replies) is not list:
        raise wrong(f"{path}.replies", "a list", replies)
    message = Message(value, at, role)
    for place, reply in enumerate(replies or ()):
        message.replies.append(read_message(reply, place, f"{path}.replies[{place}]"))
    return message


def paths_in(message: Message) -> Iterator[Path]:
    """Yield every path from here to a last answer; a question nobody answered ends none."""
    found = False
    for reply in message.replies:
        if reply.counts:
            for path in paths_in(reply):
                found = True
                yield [message, *path]
    if not found and message.role == "assistant":
        yield [message]


def ranked_in(message: Message, before: Path) -> Iterator[tuple[Path, Message, Message]]:
    """Yield, for every question, its best answer with each that was ranked worse."""
    path = [*before, message]
    replies = [reply for reply in message.replies if reply.counts]
    ranks = {reply: reply.rank for reply in replies if reply.role == "assistant"}
    ordered = sorted(
        ((rank, reply.at, reply) for reply, rank in ranks.items() if rank is not None),
        key=lambda entry: entry[:2],
    )
    for rank, _, worse in ordered[1:]:
        if rank > ordered[0][0]:
            yield path, ordered[0][2], worse
    for reply in replies:
        yield from ranked_in(reply, path)
