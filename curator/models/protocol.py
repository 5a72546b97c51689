"""Protocol: what a service that speaks OpenAI's protocol says, read out of its responses."""

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from curator.models.connection import Response

Messages = list[dict[str, str]]
_SHOWN = 200
_PER_TOKEN = 4
"""Bytes of a token: OpenAI's rule of thumb for English, and near enough for languages whose letters
take three bytes."""
_FRAME = 8
"""Tokens that a message has beside its text, such as its role."""


class Said(NamedTuple):
    """An answer, and the tokens it took: as the server counts them, else guessed."""

    text: str | None
    tokens_in: int
    tokens_out: int


def answer_in(response: Response, messages: Messages) -> Said | None:
    """Return what was answered; none where the response is not of the protocol."""
    try:
        told = json.loads(response.body)
        text = told["choices"][0]["message"].get("content")
        usage = told.get("usage") or {}
        counts = usage.get("prompt_tokens"), usage.get("completion_tokens")
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    text = text if isinstance(text, str) else None
    guesses = (tokens_of(messages), _tokens(text or ""))
    return Said(text, *(_number(*pair) for pair in zip(counts, guesses, strict=True)))


def tokens_of(messages: Messages) -> int:
    """Guess how many tokens some messages have."""
    return sum(_tokens(turn["content"]) + _FRAME for turn in messages)


def error_in(response: Response) -> str:
    """Say in a line what went wrong: the message of the protocol, else how the body begins."""
    try:
        told = json.loads(response.body)
        message = told["error"]["message"] if "error" in told else told["message"]
    except (ValueError, LookupError, TypeError):
        message = response.body[:_SHOWN].decode("utf-8", "replace")
    return f"{response.status} {' '.join(str(message).split())[:_SHOWN]}".strip()


def seconds_in(response: Response) -> float | None:
    """Read how long the server wants us to wait, in seconds or until a date."""
    told = response.retry_after
    if told is None:
        return None
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _tokens(text: str) -> int:
    return len(text.encode("utf-8", "replace")) // _PER_TOKEN


def _number(told: Any, guess: int) -> int:
    return told if isinstance(told, int) and not isinstance(told, bool) else guess
