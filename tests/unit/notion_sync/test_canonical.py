import pytest

from notion_sync.canonical import Canonical, moment, value_of
from notion_sync.wire import JsonObject


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("2026-07-21", "2026-07-21"),
        ("2026-07-21T18:58:04.659+02:00", "2026-07-21T16:58Z"),
        ("2026-07-21T18:58:00.000+02:00", "2026-07-21T16:58Z"),
        ("2026-07-25T16:57:28.513237Z", "2026-07-25T16:57Z"),
        ("2026-07-25T16:57:00", "2026-07-25T16:57Z"),
    ],
)
def test_what_is_sent_and_what_is_read_have_one_form(written: str, stored: str) -> None:
    assert moment(written) == stored


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ({"type": "title", "title": [{"plain_text": "a"}, {"plain_text": "b"}]}, "ab"),
        ({"type": "rich_text", "rich_text": []}, ""),
        ({"type": "select", "select": None}, None),
        ({"type": "status", "status": {"id": "x", "name": "Done"}}, "x"),
        ({"type": "multi_select", "multi_select": [{"id": "b"}, {"id": "a"}]}, ["a", "b"]),
        ({"type": "people", "people": [{"id": "b"}, {"id": "a"}]}, ["a", "b"]),
        ({"type": "date", "date": None}, None),
        ({"type": "url", "url": None}, None),
        ({"type": "formula", "formula": {"type": "number", "number": 3}}, None),
    ],
    ids=range(9),
)
def test_each_type_has_a_canonical_value(given: JsonObject, value: Canonical) -> None:
    assert value_of(given) == value
