"""An endpoint that misbehaves is asked again, waited for, or given up with the cause."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from curator.errors import ModelError
from curator.models import Asking, Endpoint, Failed, Graded, Messages, read_address, worked
from curator.models.grades import grade_in
from tests.servers import Answer, Asked, json_answer, serving

MESSAGES: Messages = [{"role": "system", "content": "Grade."}, {"role": "user", "content": "[]"}]
GRADE = '{"why": "It is right.", "score": 4}'


def said(content: object, tokens: tuple[int, int] | None = (100, 20)) -> Answer:
    """Answer as the protocol has it."""
    told: dict[str, object] = {"choices": [{"message": {"role": "assistant", "content": content}}]}
    if tokens:
        told["usage"] = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1]}
    return json_answer(told)


def wrong(status: int, message: str, **headers: str) -> Answer:
    """Refuse as the protocol has it."""
    return json_answer({"error": {"message": message}}, status, **headers)


def one_by_one(*answers: Answer) -> Callable[[Asked], Answer]:
    """Give the answers in turn, the last again and again."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


class Outcome:
    """What came of a request to a server, how long was waited, and what the server was asked."""

    def __init__(self, answering: Callable[[Asked], Answer], **asking: object) -> None:
        self.waits: list[float] = []
        with serving(answering) as server:
            endpoint = Endpoint(
                f"{server.url}/v1", "m", Asking.model_validate(asking), self.waits.append
            )
            try:
                self.found: Graded | Failed | str = endpoint.grade(MESSAGES)
            except ModelError as error:
                self.found = str(error)
        self.asked = server.asked

    @property
    def bodies(self) -> list[dict[str, object]]:
        return [json.loads(one.body) for one in self.asked]


def test_a_grade_is_asked_for_in_the_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUDGE_KEY", "k123")
    outcome = Outcome(one_by_one(said(GRADE)), key_env="JUDGE_KEY", max_answer_tokens=99)
    assert outcome.found == Graded(4.0, 100, 20)
    assert [one.path for one in outcome.asked] == ["/v1/chat/completions"]
    assert outcome.asked[0].headers["Authorization"] == "Bearer k123"
    body = outcome.bodies[0]
    assert (body["model"], body["messages"], body["temperature"]) == ("m", MESSAGES, 0)
    assert body["max_tokens"] == 99
    assert body["response_format"]["type"] == "json_schema"  # type: ignore[index]


def test_no_key_is_sent_that_is_not_named() -> None:
    assert "Authorization" not in Outcome(one_by_one(said(GRADE))).asked[0].headers
    with pytest.raises(ModelError, match="NO_SUCH_KEY, which `key_env:` names, is not set"):
        Endpoint("https://host/v1", "m", Asking(key_env="NO_SUCH_KEY"))


@pytest.mark.parametrize(
    "bad",
    [
        wrong(500, "overloaded"),
        wrong(503, "starting"),
        wrong(429, "slow down"),
        Answer(200, b"not json"),
        Answer(200, b'{"choices": []}'),
        Answer(200, b'{"choices": [{"message": {"content": "{}"}}]}', cut=20),
        Answer(502, b"<html>bad gateway</html>"),
    ],
    ids=["500", "503", "429", "no JSON", "another schema", "cut", "502"],
)
def test_what_may_pass_is_asked_again(bad: Answer) -> None:
    outcome = Outcome(one_by_one(bad, bad, said(GRADE)))
    assert outcome.found == Graded(4.0, 100, 20)
    waits = [wait for wait in outcome.waits if wait > 0]
    assert len(waits) == 2
    assert 0.25 <= waits[0] <= 0.5 <= waits[1] <= 1.0


def test_waits_are_the_same_each_time() -> None:
    bad = [wrong(500, "no")] * 4
    first, second = (Outcome(one_by_one(*bad, said(GRADE))).waits for _ in range(2))
    assert first == pytest.approx(second, abs=1e-6)
    assert len([wait for wait in first if wait > 0]) == 4


def test_the_server_says_how_long_to_wait() -> None:
    outcome = Outcome(one_by_one(wrong(429, "slow down", **{"Retry-After": "7"}), said(GRADE)))
    assert outcome.found == Graded(4.0, 100, 20)
    assert max(outcome.waits) == pytest.approx(7, abs=0.5)
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    outcome = Outcome(one_by_one(wrong(503, "later", **{"Retry-After": date}), said(GRADE)))
    assert max(outcome.waits) == pytest.approx(20, abs=2)
    outcome = Outcome(one_by_one(wrong(429, "no", **{"Retry-After": "soon"}), said(GRADE)))
    assert max(outcome.waits) <= 0.5
    outcome = Outcome(one_by_one(wrong(429, "tomorrow", **{"Retry-After": "86400"})))
    assert "asks to wait 86,400 seconds" in str(outcome.found)


def test_a_server_that_is_too_busy_stops_the_run() -> None:
    outcome = Outcome(one_by_one(wrong(429, "slow down")), retries=2)
    assert "does not answer, tried 3 times: 429 slow down" in str(outcome.found)
    assert len(outcome.asked) == 3


def test_a_server_that_is_not_there_stops_the_run() -> None:
    with serving(one_by_one(said(GRADE))) as server:
        url = server.url
    endpoint = Endpoint(url, "m", Asking(retries=1), lambda _: None)
    with pytest.raises(ModelError, match=r"does not answer, tried 2 times: Connection refused"):
        endpoint.grade(MESSAGES)


def test_a_server_that_fails_on_one_record_fails_that_record() -> None:
    outcome = Outcome(one_by_one(wrong(500, "out of memory")), retries=2)
    assert outcome.found == Failed("500 out of memory")


def test_a_time_out_is_tried_again() -> None:
    left = [0.6]

    def slow(_: Asked) -> Answer:
        time.sleep(left.pop() if left else 0)
        return said(GRADE)

    assert Outcome(slow, timeout=0.2).found == Graded(4.0, 100, 20)
    assert Outcome(lambda _: (time.sleep(0.4), said(GRADE))[1], timeout=0.1, retries=1).found == (
        Failed("timed out")
    )


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (wrong(401, "bad key"), "refuses to answer: 401 bad key"),
        (wrong(403, "not yours"), "refuses to answer"),
        (wrong(404, "no such model"), "for the model 'm': 404 no such model"),
        (json_answer({}, 302, Location="/elsewhere"), "cannot be asked at /v1/chat/completions"),
        (
            json_answer({"error": {"message": "pay", "code": "insufficient_quota"}}, 429),
            "nothing is left to pay with",
        ),
    ],
)
def test_what_will_not_pass_stops_the_run_at_once(answer: Answer, told: str) -> None:
    outcome = Outcome(one_by_one(answer))
    assert told in str(outcome.found)
    assert len(outcome.asked) == 1


def test_an_answer_without_a_grade_is_followed_by_a_reminder() -> None:
    outcome = Outcome(one_by_one(said("I would rather not."), said(None), said(GRADE)))
    assert outcome.found == Graded(4.0, 300, 60)
    roles = [[turn["role"] for turn in body["messages"]] for body in outcome.bodies]  # type: ignore[attr-defined]
    assert roles == [["system", "user"]] + [["system", "user", "assistant", "user"]] * 2
    never = Outcome(one_by_one(said("No.")))
    assert never.found == Failed("no grade can be read out of 'No.'")
    assert len(never.asked) == 3


def test_a_server_that_knows_no_forms_is_asked_without() -> None:
    def plain(asked: Asked) -> Answer:
        body = json.loads(asked.body)
        if "response_format" in body:
            return wrong(400, "response_format is not supported")
        return said(GRADE)

    outcome = Outcome(plain)
    assert outcome.found == Graded(4.0, 100, 20)
    assert [("response_format" in body) for body in outcome.bodies] == [True, False]


def test_parameters_that_a_model_refuses_are_left_out_for_good() -> None:
    def strict(asked: Asked) -> Answer:
        body = json.loads(asked.body)
        for name in ("max_tokens", "temperature"):
            if name in body:
                return wrong(400, f"Unsupported parameter: '{name}' is not supported")
        return said(GRADE)

    with serving(strict) as server:
        endpoint = Endpoint(server.url, "m", Asking(max_answer_tokens=50), lambda _: None)
        assert endpoint.grade(MESSAGES) == endpoint.grade(MESSAGES) == Graded(4.0, 100, 20)
    bodies = [json.loads(one.body) for one in server.asked]
    assert len(bodies) == 4
    assert bodies[-1]["max_completion_tokens"] == 50
    assert "response_format" in bodies[-1]


def test_a_refusal_of_one_text_fails_that_record_alone() -> None:
    def picky(asked: Asked) -> Answer:
        return wrong(400, "the context is too long") if b"LONG" in asked.body else said(GRADE)

    with serving(picky) as server:
        endpoint = Endpoint(server.url, "m", Asking(), lambda _: None)
        long = [{"role": "user", "content": "LONG"}]
        assert endpoint.grade(long) == Failed("400 the context is too long")
        assert endpoint.grade(MESSAGES) == Graded(4.0, 100, 20)
    assert "response_format" in json.loads(server.asked[-1].body)


def test_tokens_that_a_server_does_not_count_are_guessed() -> None:
    found = Outcome(one_by_one(said(GRADE, None))).found
    assert isinstance(found, Graded)
    assert 0 < found.tokens_out < 20


def test_requests_are_spaced_out() -> None:
    began: list[float] = []

    def answering(_: Asked) -> Answer:
        began.append(time.monotonic())
        return said(GRADE)

    with serving(answering) as server:
        endpoint = Endpoint(server.url, "m", Asking(max_per_minute=600))
        list(worked(lambda _: endpoint.grade(MESSAGES), range(5), 4))
    assert len(began) == 5
    assert began[-1] - began[0] >= 0.3


def test_pieces_are_worked_on_at_once_and_no_more_are_begun_after_a_failure() -> None:
    begun: list[int] = []
    together = threading.Barrier(4, timeout=10)

    def work(piece: int) -> int:
        begun.append(piece)
        if piece < 4:
            together.wait()
        if piece == 4:
            raise ModelError("no more")
        return piece * 2

    def pieces() -> Iterator[int]:
        yield from range(1000)

    with pytest.raises(ModelError, match="no more"):
        list(worked(work, pieces(), 4))
    assert len(begun) < 20
    assert dict(worked(lambda n: n + 1, range(3), 8)) == {0: 1, 1: 2, 2: 3}
    assert list(worked(lambda n: n, [], 2)) == []


@pytest.mark.parametrize(
    ("answer", "grade"),
    [
        (GRADE, 4),
        (f"```json\n{GRADE}\n```", 4),
        (f"Let me see.\n{GRADE}\nThat is all.", 4),
        ('<think>{"score": 1} no, wait</think>{"why": "", "score": 5}', 5),
        ('{"score": 2}\n{"score": 3}', 3),
        ('{"why": "x", "score": "4"}', 4),
        ('{"why": "x", "score": 4.5}', 4.5),
        ("4.5\nbecause", 4.5),
        ("Score: 4/5", 4),
        ("Score: 4 out of 5.", 4),
        ("**5**", 5),
        ("**Rating:** 3", 3),
        ("3", 3),
        ("I give it a score of 2, for it is wrong.", 2),
        ('{"why": "x", "score": 9}', None),
        ('{"why": "x", "score": true}', None),
        ('{"why": "x", "score": null}', None),
        ('{"why": "x"}', None),
        ('{"why": "x", "score": NaN}', None),
        ("Score: 7/10", None),
        ("Score: 85%", None),
        ("-1", None),
        ("10", None),
        ("I am sorry, but I can not grade this.", None),
        ("There are 3 faults in it.", None),
        ("", None),
        (None, None),
        ('{"why": "broken off, "sco', None),
    ],
)
def test_a_grade_is_read_out_of_what_judges_say(answer: str | None, grade: float | None) -> None:
    assert grade_in(answer) == grade


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("host/v1", "is no address"),
        ("ftp://host", "is no address"),
        ("https://", "is no address"),
        ("https://me:secret@host/v1", "holds no user, password or key"),
        ("https://host/v1?key=secret", "holds no user, password or key"),
        ("https://host:port/v1", "can be read"),
    ],
)
def test_an_address_says_where_a_service_is_and_nothing_more(url: str, told: str) -> None:
    with pytest.raises(ModelError, match=told) as error:
        read_address(url)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://10.0.0.1/v1", "an address that is not public"),
        ("https://[fd00::1]/v1", "an address that is not public"),
        ("https://169.254.169.254/latest", "an address that is not public"),
        ("http://93.184.216.34/v1", "over http"),
    ],
)
def test_a_host_that_may_not_be_asked_is_not(url: str, told: str) -> None:
    with pytest.raises(ModelError, match=told):
        Endpoint(url, "m", Asking(retries=0)).grade(MESSAGES)
