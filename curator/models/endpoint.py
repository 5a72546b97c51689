"""Endpoint: a service that speaks OpenAI's protocol, asked patiently for grades."""

import json
import os
import random
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple

from curator.errors import ModelError
from curator.models.answered import Graded
from curator.models.asking import Asking
from curator.models.connection import BrokenOffError, Line, Response, post, read_address
from curator.models.grades import grade_in
from curator.models.protocol import Messages, Said, answer_in, error_in, seconds_in
from curator.models.wishes import Wishes

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 60.0
_LONGEST_TOLD = 3600.0
"""Seconds that a server may make us wait; one that wants more is not there today."""
_REMINDERS = 2
_SHOWN = 200
_RETRIED = frozenset((408, 409, 425, 429))
_REFUSED_KEY = frozenset((401, 403))
_REFUSED = frozenset((400, 413, 415, 422))
REMINDER = (
    'That holds no grade that can be read. Answer with JSON only: {"why": "<one short sentence>", '
    '"score": <1 to 5>}'
)


class Failed(NamedTuple):
    """Why a request got no grade, though the service is there."""

    why: str


class _Later(NamedTuple):
    """Why another try may help, and in how many seconds if the server says so.

    `away` is a service that is not there, or has no time for anybody.
    """

    why: str
    seconds: float | None = None
    away: bool = False


class Endpoint:
    """Asks one model of one service, from several threads at once; `sleep` is how it waits."""

    def __init__(
        self,
        base_url: str,
        model: str,
        asking: Asking,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._address = read_address(base_url)
        self._model = model
        self._asking = asking
        self._sleep = sleep
        self._key = _key_of(asking)
        self._wishes = Wishes(asking.max_answer_tokens)
        self._pace = _Pace(asking.max_per_minute)

    def grade(self, messages: Messages) -> Graded | Failed:
        """Ask for a grade, as often as it takes and `retries` allows.

        An answer that holds no grade is followed by a reminder, twice at most.

        Raises:
            ModelError: the service cannot be asked at all, whatever for.
        """
        asked, tokens_in, tokens_out = messages, 0, 0
        answer = ""
        for _ in range(1 + _REMINDERS):
            said = self._said(asked)
            if isinstance(said, Failed):
                return said
            tokens_in, tokens_out = tokens_in + said.tokens_in, tokens_out + said.tokens_out
            if (score := grade_in(said.text)) is not None:
                return Graded(score, tokens_in, tokens_out)
            answer = said.text or "(nothing)"
            reply = {"role": "assistant", "content": answer}
            asked = [*messages, reply, {"role": "user", "content": REMINDER}]
        return Failed(f"no grade can be read out of {answer[:_SHOWN]!r}")

    def _said(self, messages: Messages) -> Said | Failed:
        """Ask, and again while the service is not able to answer."""
        chance = random.Random(json.dumps(messages))
        last = _Later("")
        for tried in range(self._asking.retries + 1):
            if tried:
                self._wait(tried, last.seconds, chance)
            told = self._asked(messages)
            if not isinstance(told, _Later):
                return told
            last = told
        if last.away:
            raise ModelError(
                f"{self._address.host} does not answer, tried {1 + self._asking.retries} times: "
                f"{last.why}. What was answered before is kept: run again when it is there"
            )
        return Failed(last.why)

    def _asked(self, messages: Messages) -> Said | Failed | _Later:
        """Ask once, with as many wishes as the server understands."""
        wishes = self._wishes
        while True:
            try:
                response = self._posted(wishes, messages)
            except BrokenOffError as error:
                return _Later(str(error), away=error.never_began)
            why = error_in(response)
            if response.status in _REFUSED:
                less = wishes.without(why)
                if less is None:
                    return Failed(why)
                wishes = less
                continue
            if response.status != HTTPStatus.OK:
                return self._postponed(response, why)
            if wishes is not self._wishes:
                self._wishes = wishes
            return answer_in(response, messages) or _Later(f"no answer of the protocol: {why}")

    def _posted(self, wishes: Wishes, messages: Messages) -> Response:
        self._sleep(self._pace.turn())
        line = Line(self._address, self._asking.timeout, allow_private=self._asking.allow_private)
        body = wishes.body(self._model, messages)
        return post(line, f"{self._address.path}/chat/completions", body, self._key)

    def _postponed(self, response: Response, why: str) -> _Later:
        """Say when to try again, or stop where no other try can get an answer for any record."""
        host, status = self._address.host, response.status
        if status in _REFUSED_KEY:
            named = self._asking.key_env
            sent = f"the key in {named}" if named else "no key: name one by `asking: {key_env: …}`"
            raise ModelError(f"{host} refuses to answer: {why}. It was sent {sent}")
        if status == HTTPStatus.TOO_MANY_REQUESTS and b"insufficient_quota" in response.body:
            raise ModelError(f"{host} says that nothing is left to pay with: {why}")
        if status not in _RETRIED and status < HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ModelError(
                f"{host} cannot be asked at {self._address.path}/chat/completions for the model "
                f"{self._model!r}: {why}. Are `base_url:` and `model:` what the service says?"
            )
        away = status == HTTPStatus.TOO_MANY_REQUESTS
        return _Later(why, seconds_in(response), away)

    def _wait(self, tried: int, told: float | None, chance: random.Random) -> None:
        """Wait as long as the server says, or twice as long as before and less by chance."""
        if told is None:
            self._sleep(min(_FIRST_WAIT * 2 ** (tried - 1), _LONGEST_WAIT) * chance.uniform(0.5, 1))
        elif told <= _LONGEST_TOLD:
            self._pace.hold(told)
        else:
            raise ModelError(
                f"{self._address.host} asks to wait {told:,.0f} seconds: run again then; what was "
                f"answered before is kept"
            )


class _Pace:
    """Spaces out the requests of all threads."""

    def __init__(self, most: int | None) -> None:
        self._gap = 60 / most if most else 0.0
        self._next = time.monotonic()
        self._lock = threading.Lock()

    def turn(self) -> float:
        """Take the next turn; return how many seconds it is off."""
        with self._lock:
            now = time.monotonic()
            start = max(self._next, now)
            self._next = start + self._gap
            return start - now

    def hold(self, seconds: float) -> None:
        """Let no turn begin for a while."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)


def _key_of(asking: Asking) -> str | None:
    if asking.key_env is None:
        return None
    key = os.environ.get(asking.key_env, "").strip()
    if not key:
        raise ModelError(
            f"the environment variable {asking.key_env}, which `key_env:` names, is not set: put "
            f"the key of the judge into it"
        )
    return key
