"""What of the events of messages is a reply of a person."""

from typing import Any

import pytest

from handlers.slack.said import GONE, reply_of
from tasks.ports import Named

Json = dict[str, Any]
REPLY: Json = {
    "type": "message",
    "channel": "C1",
    "channel_type": "channel",
    "user": "U1",
    "ts": "1700000000.000200",
    "thread_ts": "1700000000.000100",
    "text": "On it",
}
CHANGED: Json = {
    "type": "message",
    "subtype": "message_changed",
    "channel": "C1",
    "ts": "1700000000.000400",
    "message": REPLY | {"text": "Done", "edited": {"user": "U1", "ts": "1700000000.000300"}},
    "previous_message": REPLY,
}
DELETED: Json = {
    "type": "message",
    "subtype": "message_deleted",
    "channel": "C1",
    "ts": "1700000000.000500",
    "previous_message": REPLY,
}


def test_a_reply_is_told_with_who_said_it_and_where() -> None:
    reply = reply_of(REPLY)
    assert reply is not None
    assert (reply.channel, reply.thread, reply.ts) == (
        "C1",
        "1700000000.000100",
        "1700000000.000200",
    )
    assert reply.said is not None
    assert (reply.said.by, reply.said.words) == (Named(person="U1"), ("On it",))


def test_what_becomes_of_a_reply_comes_after_it() -> None:
    first, changed, gone = reply_of(REPLY), reply_of(CHANGED), reply_of(DELETED)
    assert first is not None
    assert changed is not None
    assert gone is not None
    assert first.ts == changed.ts == gone.ts
    assert first.version < changed.version < gone.version == GONE
    assert changed.said is not None
    assert changed.said.words == ("Done",)
    assert gone.said is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a &amp; &lt;b&gt;", ("a & <b>",)),
        ("<@U2> and <@U3|sam>", (Named(person="U2"), " and ", Named(person="U3", name="sam"))),
        ("<#C9|general> <!channel>", ("#general ", "@channel")),
        ("<https://x.example|here>", ("here (https://x.example)",)),
        ("", ()),
    ],
)
def test_slacks_markup_becomes_what_people_see(text: str, words: tuple[object, ...]) -> None:
    reply = reply_of(REPLY | {"text": text})
    assert reply is not None
    assert reply.said is not None
    assert reply.said.words == words


def test_files_are_said_to_be_in_slack() -> None:
    reply = reply_of(REPLY | {"subtype": "file_share", "text": "Here", "files": [{}, {}]})
    assert reply is not None
    assert reply.said is not None
    assert "".join(map(str, reply.said.words)) == "Here (2 files: see Slack)"


@pytest.mark.parametrize(
    "event",
    [
        {key: value for key, value in REPLY.items() if key != "thread_ts"},
        REPLY | {"thread_ts": REPLY["ts"]},
        REPLY | {"bot_id": "B1"},
        REPLY | {"subtype": "bot_message"},
        REPLY | {"subtype": "channel_join"},
        REPLY | {"user": None},
        REPLY | {"channel": None},
        CHANGED | {"message": None},
        CHANGED | {"message": {"subtype": "tombstone", "ts": "1.1", "user": "USLACKBOT"}},
        DELETED | {"previous_message": REPLY | {"bot_id": "B1"}},
        {"type": "message", "subtype": "message_deleted", "channel": "C1"},
        {},
    ],
    ids=str,
)
def test_all_else_in_a_channel_is_no_reply(event: Json) -> None:
    assert reply_of(event) is None
