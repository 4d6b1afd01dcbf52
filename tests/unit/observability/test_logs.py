import asyncio
import io
import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import structlog

from observability.logs import (
    configure_logs,
    current_request_id,
    new_request_id,
    request_context,
)

log = logging.getLogger("tests.logs")
Lines = list[dict[str, Any]]


class Output:
    """What was written, as text and as the objects on its lines."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> Lines:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def output() -> Output:
    output = Output()
    configure_logs(known_secrets=["canary-signing-secret"], stream=output.stream)
    return output


def test_both_ways_of_logging_give_one_object_per_line_with_the_same_keys(output: Output) -> None:
    log.info("pushed", extra={"task": "T-1", "attempt": 2})
    structlog.get_logger("other").info("pushed", task="T-1", attempt=2)
    first, second = output.lines
    assert first.keys() == second.keys()
    assert list(first)[:3] == ["time", "level", "event"]
    assert (first["event"], first["attempt"]) == ("pushed", 2)
    assert first["time"].endswith("Z")


async def test_lines_of_a_request_carry_its_fields_in_tasks_too(output: Output) -> None:
    async def background() -> None:
        log.info("in_task")

    with request_context(request_id="abc", team_id="T1", task=None):
        task = asyncio.create_task(background())
        assert current_request_id() == "abc"
    await task
    log.info("outside")
    inside, outside = output.lines
    assert (inside["request_id"], inside["team_id"]) == ("abc", "T1")
    assert "task" not in inside
    assert "request_id" not in outside
    assert current_request_id() is None


def test_a_context_within_another_adds_to_it_and_ends_with_an_error_too(output: Output) -> None:
    with request_context(request_id="abc", team_id="T1"):
        with suppress(KeyError), request_context(team_id="T2", task="t", caller=None):
            log.info("within")
            raise KeyError
        log.info("after")
    within, after = output.lines
    assert (within["request_id"], within["team_id"], within["task"]) == ("abc", "T2", "t")
    assert "caller" not in within
    assert (after["request_id"], after["team_id"]) == ("abc", "T1")
    assert "task" not in after


def test_line_breaks_and_control_characters_cannot_forge_a_line(output: Output) -> None:
    log.info('x\n{"level": "error"}\r\u2028\x1b[31m', extra={"name2": "a\nb"})
    (line,) = output.lines
    assert line["level"] == "info"
    assert output.text.count("\n") == 1
    assert "\x1b" not in output.text


def test_a_lone_surrogate_does_not_lose_the_line(output: Output) -> None:
    log.info("odd", extra={"value": "\ud83d"})
    assert output.lines[0]["value"] == "\ud83d"


def test_a_line_that_cannot_be_formatted_is_reported_without_its_content() -> None:
    output = Output()
    configure_logs(stream=output.stream)  # here: pytest's own handler would raise
    log.info("%d", "xoxb-canary")
    (line,) = output.lines
    assert line["event"] == "log_line_lost"
    assert "canary" not in output.text


def test_debug_is_off_and_libraries_stay_quiet_when_it_is_on() -> None:
    output = Output()
    configure_logs(stream=output.stream)
    log.debug("hidden")
    configure_logs(level="debug", stream=output.stream)
    log.debug("shown")
    logging.getLogger("pymongo.command").debug("a document")
    bolt = logging.getLogger("slack_bolt.AsyncApp")
    bolt.setLevel(logging.DEBUG)  # as Bolt does, after the root's
    bolt.warning("an unhandled body")
    bolt.setLevel(logging.NOTSET)
    logging.getLogger("httpx").info("a url")
    assert [line["event"] for line in output.lines] == ["shown"]


def test_warnings_are_log_lines(output: Output) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("canary", stacklevel=1)
    assert output.lines[0]["level"] == "warning"


def test_console_lines_are_for_people_and_still_redacted() -> None:
    output = Output()
    configure_logs(console=True, stream=output.stream)
    log.info("hello\nworld", extra={"token": "abc"})
    assert output.text.count("\n") == 1
    assert "hello\\nworld" in output.text
    assert "abc" not in output.text


CANARIES = [
    "xoxb-1-canary",
    "xoxp-1-canary",
    "xoxe.xoxb-1-canary",
    "xoxe-1-canary",
    "xapp-1-A1-canary",
    "ntn_canary1",
    "nrt_canary1",
    "secret_canary1",
    "tb_0123456789ab_canary-1",
    "key=tb_0123456789ab_canary_1",
    "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.canary-signature",
    "canary-signing-secret",
    "Authorization: Bearer canary1234",
    "{'Authorization': 'Bearer canary1234', 'x': 1}",
    "authorization=canary1234",
    "Bearer canary1234",
    "[('Cookie', 'session=canary; b=2')]",
    "Cookie: session=canary",
    "X-Slack-Signature: v0=canary",
    "v0=" + "ca" * 32,
    "response_url=http://127.0.0.1:9/canary",
    '{"response_url": "http://127.0.0.1:9/canary"}',
    "https://hooks.slack.com/commands/T1/canary/x",
    "mongodb://bot:canary@db.example/x",
    "mongodb+srv://bot:can@ry/canary@db.example/x",
    "client_secret=canary",
    "refresh_token: canary",
]


def fail(text: str) -> None:
    raise ValueError(text) from RuntimeError(text)


@pytest.mark.parametrize("text", CANARIES)
@pytest.mark.parametrize("console", [False, True], ids=["json", "console"])
def test_no_secret_is_logged_whichever_way_it_comes(text: str, console: bool) -> None:  # noqa: FBT001  # a parameter of pytest
    output = Output()
    configure_logs(console=console, known_secrets=["canary-signing-secret"], stream=output.stream)

    class Holder:
        def __repr__(self) -> str:
            return text

    log.info(text)
    log.info("args %s", text)
    log.info("extra", extra={"deep": [{"x": text}, (text,)], "object": Holder()})
    log.info("bytes", extra={"raw": text.encode()})
    log.info("keys", extra={"mapping": {text: 1}})
    structlog.get_logger().info("structlog", value=text)
    with request_context(note=text):
        log.info("context")
    try:
        fail(text)
    except ValueError:
        log.exception("failed")
    assert len(output.text) > 500
    for secret in ("canary", "cacaca", "can@ry"):
        assert secret not in output.text


@pytest.mark.parametrize(
    "name",
    ["Authorization", "cookie", "X-Slack-Signature", "response_url", "bot_token", "password"],
)
def test_a_value_is_redacted_by_its_name(output: Output, name: str) -> None:
    log.info("x", extra={"headers": {name: "canary"}, name: "canary"})
    assert "canary" not in output.text


@pytest.mark.parametrize(
    "text",
    [
        "mongodb://127.0.0.1:27017/?directConnection=true",
        "T-12 pushed in 3 s",
        "the secretary asked for a token of thanks",
        "https://api.notion.com/v1/pages/0f1e2d",
    ],
)
def test_ordinary_text_is_left_as_it_is(output: Output, text: str) -> None:
    log.info("x", extra={"value": text})
    assert output.lines[0]["value"] == text


def test_request_ids_are_short_readable_and_new() -> None:
    ids = {new_request_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(i) == 10 for i in ids)
    letters = set("abcdefghijklmnopqrstuvwxyz234567")
    assert [set(at_one_place) for at_one_place in zip(*ids, strict=True)] == [letters] * 10
