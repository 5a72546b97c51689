"""Prepare: conversations become examples that fit; whatever does not is named and counted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import NamedTuple

import numpy as np

from curator.errors import CarryError
from curator.training.conversation import Conversation, Example
from curator.training.reasons import OVER_LONG, UnfitError
from curator.training.render import Renderer, Written
from curator.training.settings import OverLong

_TOGETHER = 1024
"""Conversations whose texts are encoded at once."""
_NAMED = 3


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record, or an answer with an example of its own, that is not trained on."""

    id: str
    reason: str
    """One of `reasons`, or what the outer side calls it."""
    tokens: int = 0
    """How long it is; 0 where that was not found out."""
    said: str = ""
    """What exactly is wrong, where the reason leaves that open."""
    wanted: bool = False
    """Whether it is left out because somebody said so, and nothing is wrong with it."""


@dataclass(frozen=True)
class Prepared:
    """Examples in the order of their conversations, and what happened on the way."""

    examples: list[Example] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    truncated: list[str] = field(default_factory=list)
    """Records cut after an answer, since all of it does not fit."""
    apart: list[str] = field(default_factory=list)
    """Records with an answer that has an example of its own."""
    lost: list[LeftOut] = field(default_factory=list)
    """Records trained on without an answer that cannot be learnt, and why."""
    merged: list[str] = field(default_factory=list)
    """Records with an answer that begins inside a token."""

    @property
    def tokens(self) -> int:
        """Tokens of all examples."""
        return sum(len(example) for example in self.examples)

    @property
    def supervised(self) -> int:
        """Tokens that are learnt."""
        return sum(int(example.supervised.sum()) for example in self.examples)

    @property
    def lengths(self) -> list[int]:
        """Tokens of each example."""
        return [len(example) for example in self.examples]


class _Long(NamedTuple):
    """What happens to a record that is too long."""

    most: int
    policy: OverLong
    ends: tuple[int, ...]
    """The tokens that end an answer."""


def prepare(
    conversations: Iterable[Conversation],
    renderer: Renderer,
    *,
    max_tokens: int,
    over_long: OverLong,
) -> Prepared:
    """Render conversations, and see that no example is longer than `max_tokens`.

    Raises CarryError for the first over-long ones where `over_long` is `error`.
    """
    found, long = Prepared(), _Long(max_tokens, over_long, renderer.ends)
    left = iter(conversations)
    while together := list(islice(left, _TOGETHER)):
        texts = list(_written(together, renderer, found))
        for example, merged in renderer.encode(texts):
            found.merged.extend([example.id] if merged else [])
            _add(example, found, long)
        _refuse(found, max_tokens, over_long)
    return found


def _written(
    conversations: Sequence[Conversation], renderer: Renderer, found: Prepared
) -> Iterator[Written]:
    for conversation in conversations:
        try:
            texts = renderer.written(conversation)
        except UnfitError as error:
            found.left_out.append(LeftOut(conversation.id, error.reason, said=error.said))
            continue
        found.apart.extend([conversation.id] if len(texts) > 1 else [])
        found.lost.extend(LeftOut(conversation.id, reason) for reason in texts[0].lost)
        yield from texts


def _add(example: Example, found: Prepared, long: "_Long") -> None:
    if len(example) <= long.most:
        found.examples.append(example)
        return
    shorter = _cut(example, long) if long.policy == "truncate" else None
    if shorter is None:
        found.left_out.append(LeftOut(example.id, OVER_LONG, len(example)))
        return
    found.examples.append(shorter)
    found.truncated.append(example.id)


def _cut(example: Example, long: "_Long") -> Example | None:
    """Cut an example after the last learnt answer that ends within its limit.

    A template may mark an answer in pieces: only its end-of-turn token ends it.
    """
    learnt, most = example.supervised, long.most
    places = np.flatnonzero(learnt[:most] & ~learnt[1 : most + 1])
    places = places[np.isin(example.tokens[places], long.ends)]
    if not len(places):
        return None
    size = int(places[-1]) + 1
    return replace(example, tokens=example.tokens[:size], supervised=learnt[:size])


def _refuse(found: Prepared, most: int, over_long: OverLong) -> None:
    long = [one for one in found.left_out if one.reason == OVER_LONG]
    if over_long != "error" or not long:
        return
    named = ", ".join(f"{one.id} ({one.tokens:,} tokens)" for one in long[:_NAMED])
    raise CarryError(
        f"records are longer than `max_tokens: {most}`, and `over_long` is `error`; the first: "
        f"{named}. Raise `max_tokens`, or leave such records out with `over_long: skip`, or cut "
        "them at a turn with `over_long: truncate`"
    )
