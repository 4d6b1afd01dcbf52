"""Our own requests are what Slack's are: judged by the bot's own verification and parsing."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest

from benchmarks.population import member, person, team
from benchmarks.requests import SlackSigner, rest_create, rest_get, rest_list
from bot.slack_body import kind_of, read_body, team_of
from bot.slack_signature import judge
from handlers.slack.filled import Filled
from handlers.slack.ids import Form
from handlers.slack.incoming import submitted
from tasks.model import Field, Priority

NOW = 1_700_000_000.5
SIGNER = SlackSigner(secret=b"secret", slack_url="http://127.0.0.1:1", run="run1")
BY = member(0)


def parts(raw: bytes) -> tuple[str, dict[str, str], bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return first, dict(line.split(": ", 1) for line in lines), body


@pytest.mark.parametrize(
    "raw",
    [
        SIGNER.command("add a & b", by=BY, number=1, now=NOW),
        SIGNER.submission("ä title", by=BY, number=1, now=NOW),
    ],
)
def test_the_bot_takes_our_signature_for_slacks(raw: bytes) -> None:
    first, headers, body = parts(raw)
    verdict = judge(
        body,
        stamps=[headers["X-Slack-Request-Timestamp"]],
        signatures=[headers["X-Slack-Signature"]],
        secrets=[b"secret"],
        now=NOW,
    )
    assert verdict.rejection is None
    assert first == "POST /slack/events HTTP/1.1"
    assert int(headers["Content-Length"]) == len(body)


def test_a_command_carries_what_was_typed() -> None:
    _, headers, body = parts(SIGNER.command("add a & b", by=BY, number=7, now=NOW))
    read = read_body(body, headers["Content-Type"])
    assert (kind_of(read), team_of(read), read["text"]) == ("command", BY.team, "add a & b")
    assert (read["user_id"], read["channel_id"]) == (BY.user, BY.channel)


def test_no_two_actions_share_a_key() -> None:
    bodies = [parts(SIGNER.command("add", by=BY, number=n, now=NOW))[2].decode() for n in (1, 2)]
    first, second = (parse_qs(body)["trigger_id"] for body in bodies)
    assert first != second


def test_a_submitted_form_is_the_bots_own_form_filled_in() -> None:
    _, headers, body = parts(SIGNER.submission("Plan it", by=BY, number=3, now=NOW))
    read = read_body(body, headers["Content-Type"])
    view = read["view"]
    assert (kind_of(read), view["callback_id"]) == ("view", Form.CREATE)
    given = submitted(read, team=BY.team, web=None)  # type: ignore[arg-type]  # nothing is called
    values = Filled(given.values).values(tuple(Field(n) for n in _NEW), None)
    assert values[Field.TITLE] == "Plan it"
    assert values[Field.ASSIGNEES] == (BY.user,)
    assert values[Field.PRIORITY] is Priority.HIGH
    assert values[Field.TAGS] == ("offsite", "launch")
    assert given.sender.response_url == "http://127.0.0.1:1/commands/T0000/3/secret"


_NEW = ("title", "notes", "assignees", "priority", "tags")


def test_a_creation_has_its_key_and_its_length() -> None:
    first, headers, body = parts(rest_create("tb_1", "Send it", key="k1"))
    assert first == "POST /api/v1/tasks HTTP/1.1"
    assert (headers["Idempotency-Key"], headers["Authorization"]) == ("k1", "Bearer tb_1")
    assert int(headers["Content-Length"]) == len(body)
    assert json.loads(body)["title"] == "Send it"


def test_a_question_has_no_body() -> None:
    assert parts(rest_list("t", "limit=5"))[0] == "GET /api/v1/tasks?limit=5 HTTP/1.1"
    first, headers, body = parts(rest_get("t", 12))
    assert (first, body) == ("GET /api/v1/tasks/12 HTTP/1.1", b"")
    assert "Content-Length" not in headers


def test_every_workspace_has_its_turn_before_the_next_person_does() -> None:
    turn = [member(number, of=3) for number in range(4)]
    assert [one.team for one in turn] == [team(0), team(1), team(2), team(0)]
    assert [one.user for one in turn][::3] == [person(team(0), 0), person(team(0), 1)]
