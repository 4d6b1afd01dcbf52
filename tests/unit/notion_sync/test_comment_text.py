"""What comments say, and how one of ours is told."""

import pytest

from notion_sync.comment_text import SOMEBODY, author_of, copied, source_of, text_of, withdrawn
from notion_sync.wire import JsonObject

LINKS = (
    "https://acme.slack.com/archives/C1/p1700000000000100?thread_ts=1700000000.000001&cid=C1",
    "https://slack.com/archives/C1/p1700000000000100?thread_ts=1700000000.000001&cid=C1",
    "https://acme.enterprise.slack.com/archives/C1/p1700000000000100",
)


@pytest.mark.parametrize("link", LINKS)
def test_a_copy_is_told_by_the_reply_that_it_links_to(link: str) -> None:
    for shown in (copied("Maria", "Hello", link), withdrawn(link)):
        assert source_of({"rich_text": shown}) == ("C1", "1700000000.000100")
        as_read = [
            {"plain_text": "x", "href": piece["text"].get("link", {}).get("url")} for piece in shown
        ]
        assert source_of({"rich_text": as_read}) == ("C1", "1700000000.000100")


@pytest.mark.parametrize(
    "comment",
    [
        {},
        {"rich_text": []},
        {"rich_text": [{"plain_text": LINKS[0]}]},
        {"rich_text": [{"href": "https://acme.slack.com/archives/C1"}]},
        {"rich_text": [{"href": None, "text": {"content": "x", "link": None}}]},
    ],
)
def test_what_links_to_no_reply_is_no_copy(comment: JsonObject) -> None:
    assert source_of(comment) is None


def test_a_copy_says_who_and_what_within_notions_limits() -> None:
    shown = copied("M" * 500, "x" * 40_000, LINKS[0])
    assert len(shown) <= 100
    assert all(len(piece["text"]["content"]) <= 2000 for piece in shown)
    assert "".join(piece["text"]["content"] for piece in shown).endswith("x" * 40_000)


@pytest.mark.parametrize(
    ("comment", "text"),
    [
        ({"rich_text": [{"plain_text": "a "}, {"plain_text": "@Sam"}]}, "a @Sam"),
        ({"rich_text": [], "attachments": [{}]}, "(1 file: see Notion)"),
        ({"rich_text": [{"plain_text": "a"}], "attachments": [{}, {}]}, "a\n(2 files: see Notion)"),
        ({}, ""),
    ],
)
def test_what_a_comment_says_and_what_else_there_is(comment: JsonObject, text: str) -> None:
    assert text_of(comment) == text


@pytest.mark.parametrize(
    ("comment", "name"),
    [
        ({"display_name": {"type": "user", "resolved_name": "Maria"}}, "Maria"),
        ({"display_name": {"resolved_name": None}, "created_by": {"id": "u"}}, "Ursula"),
        ({"created_by": {"id": "stranger"}}, SOMEBODY),
        ({}, SOMEBODY),
    ],
)
def test_who_made_a_comment(comment: JsonObject, name: str) -> None:
    assert author_of(comment, {"u": "Ursula"}) == name
