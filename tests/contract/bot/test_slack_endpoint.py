import json
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from prometheus_client import CollectorRegistry
from slack_bolt.response import BoltResponse

from bot.server import build_server, listening
from bot.slack_body import Json
from bot.slack_endpoint import SlackEndpoint
from bot.slack_signature import sign
from observability.metrics import Metrics
from tests.contract.bot.raw_http import Answer, Headers, request

NOW = 1_700_000_000.0
STAMP = "1700000000"
SECRET, SECOND = b"first-secret", b"second-secret"
FORM = "application/x-www-form-urlencoded"
COMMAND = urlencode({"command": "/task", "text": "add canary"}).encode()


@dataclass
class Endpoint:
    """A served endpoint, what reached its dispatch, and its metrics."""

    port: int
    metrics: Metrics
    reached: list[tuple[Json, Mapping[str, str]]] = field(default_factory=list)

    async def dispatch(self, body: Json, headers: Mapping[str, str]) -> BoltResponse:
        self.reached.append((body, headers))
        return BoltResponse(status=200, body={"text": "saved"})

    async def post(self, body: bytes, headers: Headers) -> Answer:
        return await request(self.port, "POST", "/slack/events", headers=headers, body=body)

    def rejected(self, reason: str) -> float | None:
        name = "taskbridge_slack_rejected_total"
        return self.metrics.registry.get_sample_value(name, {"reason": reason})


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    metrics = Metrics(CollectorRegistry())
    served = Endpoint(port=0, metrics=metrics)
    slack = SlackEndpoint(
        served.dispatch, secrets=[SECRET, SECOND], metrics=metrics, now=lambda: NOW
    )
    async with listening(build_server(slack.routes(), metrics=metrics), "127.0.0.1", 0) as port:
        served.port = port
        yield served


def signed(
    body: bytes, *, content_type: str = FORM, stamp: str = STAMP, secret: bytes = SECRET
) -> list[tuple[str | bytes, str | bytes]]:
    return [
        ("Content-Type", content_type),
        ("X-Slack-Request-Timestamp", stamp),
        ("X-Slack-Signature", sign(body, stamp.encode(), secret)),
    ]


async def test_a_signed_command_reaches_the_dispatch_and_its_answer_is_the_response(
    endpoint: Endpoint,
) -> None:
    answer = await endpoint.post(COMMAND, signed(COMMAND))
    assert (answer.status, answer.json) == (200, {"text": "saved"})
    assert answer.headers["content-type"].startswith("application/json")
    assert endpoint.reached == [({"command": "/task", "text": "add canary"}, {})]


async def test_the_second_secret_is_good_as_well(endpoint: Endpoint) -> None:
    assert (await endpoint.post(COMMAND, signed(COMMAND, secret=SECOND))).status == 200


async def test_the_word_payload_in_a_command_is_only_a_word(endpoint: Endpoint) -> None:
    body = urlencode({"command": "/task", "text": "add fix the payload", "user_id": "U1"}).encode()
    assert (await endpoint.post(body, signed(body))).status == 200
    assert endpoint.reached[0][0]["text"] == "add fix the payload"


async def test_only_known_well_formed_headers_get_through(endpoint: Endpoint) -> None:
    headers = [
        *signed(COMMAND),
        ("X-Slack-Retry-Num", "1"),
        ("X-Slack-Retry-Reason", "http_timeout"),
        ("X-Slack-Bolt-Lazy-Only", "1"),
        ("X-Slack-Bolt-Lazy-Function-Name", "delete_everything"),
    ]
    await endpoint.post(COMMAND, headers)
    await endpoint.post(COMMAND, [*signed(COMMAND), ("X-Slack-Retry-Num", "one")])
    assert [kept for _, kept in endpoint.reached] == [
        {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"},
        {},
    ]


async def test_the_clock_skew_is_shown(endpoint: Endpoint) -> None:
    await endpoint.post(COMMAND, signed(COMMAND, stamp="1699999990"))
    skew = endpoint.metrics.registry.get_sample_value(
        "taskbridge_clock_skew_seconds", {"source": "slack"}
    )
    assert skew == 10


GOOD = sign(COMMAND, STAMP.encode(), SECRET)
STAMPED = ("X-Slack-Request-Timestamp", STAMP)
UNAUTHENTIC: list[tuple[str, str, Headers]] = [
    ("no headers", "headers", []),
    ("no signature", "headers", [STAMPED]),
    ("no timestamp", "headers", [("X-Slack-Signature", GOOD)]),
    ("a wrong signature", "signature", [STAMPED, ("X-Slack-Signature", "v0=" + "0" * 64)]),
    ("a wrong secret", "signature", signed(COMMAND, secret=b"canary")[1:]),
    ("no secret", "signature", signed(COMMAND, secret=b"")[1:]),
    ("a signature twice", "headers", [STAMPED, *[("X-Slack-Signature", GOOD)] * 2]),
    ("a timestamp twice", "headers", [STAMPED, STAMPED, ("X-Slack-Signature", GOOD)]),
    ("a signature in Latin-1", "headers", [STAMPED, ("X-Slack-Signature", b"v0=\xe4\xff")]),
    ("a timestamp abc", "headers", signed(COMMAND, stamp="abc")[1:]),
    ("full-width digits", "headers", signed(COMMAND, stamp="\uff11" * 10)[1:]),
    ("an old request", "stale", signed(COMMAND, stamp="1699999640")[1:]),
    ("a future request", "stale", signed(COMMAND, stamp="1700000301")[1:]),
    ("an endless timestamp", "headers", signed(COMMAND, stamp="1" * 5000)[1:]),
    ("lazy headers", "headers", [("X-Slack-Bolt-Lazy-Only", "1")]),
]


@pytest.mark.parametrize(
    ("reason", "headers"), [row[1:] for row in UNAUTHENTIC], ids=[row[0] for row in UNAUTHENTIC]
)
@pytest.mark.parametrize("body", [COMMAND, b"{", b"payload=[]"], ids=["command", "broken", "list"])
async def test_what_is_not_slacks_gets_401_and_nothing_of_it_is_logged(
    endpoint: Endpoint,
    caplog: pytest.LogCaptureFixture,
    reason: str,
    headers: Headers,
    body: bytes,
) -> None:
    if body != COMMAND and reason != "headers":
        reason, headers = "signature", [STAMPED, ("X-Slack-Signature", GOOD)]
    with caplog.at_level(logging.DEBUG):
        answer = await endpoint.post(body, [("Content-Type", FORM), *headers])
    assert (answer.status, answer.body) == (401, '{"error": "invalid request"}')
    assert endpoint.reached == []
    assert endpoint.rejected(reason) == 1
    assert "canary" not in caplog.text


DEEP = b'{"a":' * 100_000
MALFORMED = [
    (b"{", "application/json"),
    (b"[]", "application/json"),
    (b"payload=[]", FORM),
    (b"payload={", FORM),
    (b"\xff\xfe", "application/json"),
    (b"{}", "application/json; charset=utf-7"),
    (b"text=\xff", FORM + "; charset=rot13"),
    (DEEP, "application/json"),
    (COMMAND, "text/plain"),
    (COMMAND, "application/octet-stream; charset=\x01"),
    (b"", FORM),
]


@pytest.mark.parametrize(("body", "content_type"), MALFORMED)
async def test_a_signed_body_that_cannot_be_read_gets_400(
    endpoint: Endpoint, caplog: pytest.LogCaptureFixture, body: bytes, content_type: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = await endpoint.post(body, signed(body, content_type=content_type))
    assert answer.status == 400
    assert endpoint.reached == []
    assert "canary" not in caplog.text


async def test_a_signed_body_in_a_hostile_charset_is_still_read_as_utf_8(
    endpoint: Endpoint,
) -> None:
    content_type = f"{FORM}; charset=utf-16-canary"
    assert (await endpoint.post(COMMAND, signed(COMMAND, content_type=content_type))).status == 200


@pytest.mark.parametrize("content_encoding", ["gzip", "deflate", "br"])
async def test_nothing_is_decompressed(endpoint: Endpoint, content_encoding: str) -> None:
    headers = [*signed(COMMAND), ("Content-Encoding", content_encoding)]
    assert (await endpoint.post(COMMAND, headers)).status == 200


async def test_two_megabytes_get_413(endpoint: Endpoint) -> None:
    body = b"x" * 2_000_000
    answer = await endpoint.post(body, signed(body))
    assert (answer.status, answer.body) == (413, '{"error": "request too large"}')
    assert endpoint.rejected("too_large") == 1


async def test_the_ssl_check_may_come_unsigned_and_reaches_nothing(endpoint: Endpoint) -> None:
    for body in (b"ssl_check=1&token=abc", b"token=abc&ssl_check=1", b"ssl_check=1"):
        answer = await endpoint.post(body, [("Content-Type", FORM)])
        assert (answer.status, answer.body) == (200, "")
    smuggled = b"ssl_check=1&command=%2Ftask"
    assert (await endpoint.post(smuggled, [("Content-Type", FORM)])).status == 401
    assert endpoint.reached == []


async def test_half_a_character_is_replaced_before_anyone_sees_it(endpoint: Endpoint) -> None:
    body = b'{"type": "event_callback", "text": "\\ud83d"}'
    await endpoint.post(body, signed(body, content_type="application/json"))
    assert endpoint.reached[0][0]["text"] == "�"
    assert json.dumps(endpoint.reached[0][0], ensure_ascii=False).encode()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_other_methods_are_refused(endpoint: Endpoint, method: str) -> None:
    answer = await request(endpoint.port, method, "/slack/events")
    assert (answer.status, answer.json) == (405, {"error": "method not allowed"})
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize("secrets", [[], [b""], [b"x", b""]])
def test_without_a_secret_there_is_no_endpoint(secrets: list[bytes]) -> None:
    metrics = Metrics(CollectorRegistry())

    async def dispatch(_body: Json, _headers: Mapping[str, str]) -> BoltResponse:
        raise AssertionError

    with pytest.raises(ValueError, match="signing secret"):
        SlackEndpoint(dispatch, secrets=secrets, metrics=metrics)
