"""Signatures, ids, faults, echoes and the journal."""

import asyncio
import hashlib
import hmac

import pytest

from playground.slack.delivery import Parcel, encoded
from playground.slack.faults import Fault, Faults
from playground.slack.ids import Ids
from playground.slack.journal import Journal
from playground.slack.normalise import echoed
from playground.slack.signing import signed_headers
from tests.unit.playground.slack.clock import Clock


def test_a_signature_is_over_version_time_and_raw_body() -> None:
    headers = signed_headers(b"token=x&text=%F0", now=1531420618.9, secret="8f7")  # noqa: S106 - made up

    expected = hmac.new(b"8f7", b"v0:1531420618:token=x&text=%F0", hashlib.sha256).hexdigest()
    assert headers == {
        "X-Slack-Request-Timestamp": "1531420618",
        "X-Slack-Signature": f"v0={expected}",
    }


def test_a_command_is_a_form_and_an_event_is_json() -> None:
    command = Parcel(kind="slash_commands", name="command", body={"text": "a & b", "token": "t"})
    click = Parcel(kind="interactive", name="block_actions", body={"a": 1})
    event = Parcel(kind="events_api", name="event:x", body={"a": 1})

    form = "application/x-www-form-urlencoded"
    assert encoded(command) == (b"text=a+%26+b&token=t", form)
    assert encoded(click) == (b"payload=%7B%22a%22%3A+1%7D", form)
    assert encoded(event) == (b'{"a": 1}', "application/json")


def test_a_timestamp_never_comes_twice() -> None:
    clock = Clock()
    ids = Ids(now=clock.now)
    first, second = ids.ts(), ids.ts()
    clock.at -= 10
    third = ids.ts()

    assert first < second < third
    assert first == "1700000000.000000"


def test_two_simulators_issue_the_same_ids() -> None:
    one, two = Ids(now=Clock().now), Ids(now=Clock().now)

    assert [one.secret(), one.next("V")] == [two.secret(), two.next("V")]
    assert one.secret() != one.secret()


def test_scripted_faults_come_in_order_and_end() -> None:
    faults = Faults()
    faults.script("views.open", Fault(kind="status"), Fault(kind="drop_after"))

    assert faults.next("chat.update") is None
    kinds = [fault.kind for _ in range(2) if (fault := faults.next("views.open"))]
    assert kinds == ["status", "drop_after"]
    assert faults.next("views.open") is None


def test_seeded_faults_repeat() -> None:
    def drawn() -> list[bool]:
        faults = Faults()
        faults.randomly("*", Fault(kind="status"), chance=0.5, seed=7)
        return [faults.next("users.info") is not None for _ in range(20)]

    assert drawn() == drawn()
    assert 0 < sum(drawn()) < 20


def test_payloads_echo_display_text_with_entities_and_values_raw() -> None:
    assert echoed(
        {
            "text": {"type": "plain_text", "text": "<a> & &amp;"},
            "label": {"type": "mrkdwn", "text": "<@U1> & co"},
            "value": "<a> & b",
        }
    ) == {
        "text": {"type": "plain_text", "text": "&lt;a&gt; &amp; &amp;"},
        "label": {"type": "mrkdwn", "text": "<@U1> &amp; co"},
        "value": "<a> & b",
    }


async def test_waiting_ends_when_something_becomes_true() -> None:
    journal, found = Journal(), list[int]()

    async def later() -> None:
        await asyncio.sleep(0)
        found.append(1)
        journal.changed()

    async with asyncio.TaskGroup() as group:
        group.create_task(later())
        assert await journal.until(lambda: found, seconds=5) == [1]


async def test_waiting_in_vain_ends_too() -> None:
    with pytest.raises(TimeoutError):
        await Journal().until(lambda: False, seconds=0)
