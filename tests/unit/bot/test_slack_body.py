import json
from urllib.parse import urlencode

import pytest

from bot.slack_body import BadBody, Json, kind_of, read_body, team_of

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def form(**fields: str) -> bytes:
    return urlencode(fields).encode()


def test_a_command_is_its_fields_even_with_the_word_payload_in_it() -> None:
    raw = form(command="/task", text="add fix the payload parser", payload="[]", channel_name="")
    assert read_body(raw, FORM) == {
        "command": "/task",
        "text": "add fix the payload parser",
        "payload": "[]",
        "channel_name": "",
    }


def test_an_interaction_is_the_object_in_its_payload() -> None:
    assert read_body(form(payload='{"type": "block_actions"}'), FORM) == {"type": "block_actions"}


def test_an_event_is_the_json_itself() -> None:
    assert read_body(b'{"type": "event_callback"}', JSON) == {"type": "event_callback"}


@pytest.mark.parametrize(
    "content_type",
    [
        JSON,
        "application/json; charset=utf-8",
        "APPLICATION/JSON;charset=utf-7",
        "application/json ;x",
    ],
)
def test_the_charset_is_ignored(content_type: str) -> None:
    assert read_body('{"a": "ä"}'.encode(), content_type) == {"a": "ä"}


def test_text_arrives_as_typed() -> None:
    typed = "add “naïve” & <b> +1 100% 🎉 مرحبا \x00 payload=[]"
    assert read_body(form(command="/task", text=typed), FORM)["text"] == typed


@pytest.mark.parametrize(
    ("raw", "content_type"),
    [
        (b"", JSON),
        (b"{", JSON),
        (b"[]", JSON),
        (b"{}", JSON),
        (b'"text"', JSON),
        (b"null", JSON),
        (b'{"a": NaN}', JSON),
        (b'{"a": ' + b"9" * 5000 + b"}", JSON),
        (b'{"a":' * 100_000, JSON),
        (b'{"a": "\xff"}', JSON),
        (b'\xef\xbb\xbf{"a": 1}', JSON),
        ("{}".encode("utf-16"), JSON),
        (b"", FORM),
        (b"payload", FORM),
        (b"payload=", FORM),
        (b"payload=[]", FORM),
        (b"payload={", FORM),
        (b"payload=%7B%7D", FORM),
        (b"text=\xff", FORM),
        (b"&".join(b"a%d=1" % i for i in range(101)), FORM),
        (b'{"a": 1}', "text/plain"),
        (b'{"a": 1}', ""),
        (b"a=1", "multipart/form-data; boundary=x"),
    ],
)
def test_anything_else_is_a_bad_body(raw: bytes, content_type: str) -> None:
    with pytest.raises(BadBody):
        read_body(raw, content_type)


@pytest.mark.parametrize("escape", [r"\ud83d", r"\uD83D", r"\ude00", r"\ud83dx\ude00"])
def test_lone_surrogates_are_replaced_and_pairs_kept(escape: str) -> None:
    payload = f'{{"a": ["{escape}", {{"{escape}": "\\ud83d\\ude00"}}], "n": 1}}'
    for body in (read_body(payload.encode(), JSON), read_body(form(payload=payload), FORM)):
        text = json.dumps(body, ensure_ascii=False)
        assert text.encode()  # it can be
        assert "�" in text
        assert "😀" in text
        assert body["n"] == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"command": "/task"}, "command"),
        ({"type": "block_actions"}, "action"),
        ({"type": "view_submission"}, "view"),
        ({"type": "view_closed"}, "view"),
        ({"type": "shortcut"}, "shortcut"),
        ({"type": "message_action"}, "shortcut"),
        ({"type": "block_suggestion"}, "options"),
        ({"type": "event_callback"}, "event"),
        ({"type": "C024BE91L"}, "other"),
        ({"type": ["x"]}, "other"),
        ({"x": 1}, "other"),
    ],
)
def test_every_request_has_a_kind(body: Json, kind: str) -> None:
    assert kind_of(body) == kind


@pytest.mark.parametrize(
    ("body", "team"),
    [
        ({"team_id": "T1"}, "T1"),
        ({"team": {"id": "T2"}}, "T2"),
        ({"team": None}, None),
        ({"team_id": 7, "team": "T3"}, None),
    ],
)
def test_the_team_is_found_where_slack_puts_it(body: Json, team: str | None) -> None:
    assert team_of(body) == team
