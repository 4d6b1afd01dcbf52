"""A form opened from a message starts with what a reader of the message saw."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.slack.prefill import NOTES_MAX, TITLE_MAX, Prefill, people_of, prefill

NAMES = {"U2": "sam"}
LONG = "word " * 60

TABLE: dict[str, tuple[dict[str, Any], str, str]] = {
    "one line": ({"text": "Book the venue"}, "Book the venue", ""),
    "two lines": ({"text": "Book it\nby Friday\n\nplease"}, "Book it", "by Friday\n\nplease"),
    "empty lines first": ({"text": "\n\n Book it"}, "Book it", ""),
    "entities": ({"text": "a &lt;b&gt; &amp;amp; c"}, "a <b> &amp; c", ""),
    "a mention": ({"text": "<@U2> shall do it"}, "@sam shall do it", ""),
    "a mention with a name": ({"text": "<@U3|eva> shall"}, "@eva shall", ""),
    "a stranger": ({"text": "<@U9> shall"}, "@U9 shall", ""),
    "a channel": ({"text": "see <#C1|general>"}, "see #general", ""),
    "a broadcast": ({"text": "<!here> now"}, "@here now", ""),
    "a group": ({"text": "<!subteam^S1|@ops> now"}, "@ops now", ""),
    "a bare link": ({"text": "<https://x.y/z>"}, "https://x.y/z", ""),
    "a named link": ({"text": "<https://x.y|the plan>"}, "the plan (https://x.y)", ""),
    "mail": ({"text": "<mailto:a@b.c|a@b.c>"}, "a@b.c", ""),
    "NUL and lone surrogates": ({"text": "a\x00b\ud83d"}, "ab", ""),
    "files alone": ({"text": "", "files": [{"title": "plan.pdf"}, {"name": "b"}]}, "plan.pdf", "b"),
    "nothing at all": ({}, "", ""),
    "an app's blocks": (
        {
            "text": "",
            "bot_id": "B1",
            "user": "UB",
            "blocks": [
                {"type": "header", "text": {"type": "plain_text", "text": "Build 12 failed"}},
                {"type": "section", "text": {"type": "mrkdwn", "text": "on <https://ci|main>"}},
                {"type": "divider"},
            ],
        },
        "Build 12 failed",
        "on main (https://ci)",
    ),
    "rich text": (
        {
            "blocks": [
                {
                    "type": "rich_text",
                    "elements": [
                        {
                            "type": "rich_text_section",
                            "elements": [
                                {"type": "user", "user_id": "U2"},
                                {"type": "text", "text": " <b> & "},
                                {"type": "link", "url": "https://x"},
                            ],
                        },
                        {
                            "type": "rich_text_quote",
                            "elements": [{"type": "text", "text": "quoted"}],
                        },
                    ],
                }
            ]
        },
        "@sam <b> & https://x",
        "quoted",
    ),
    "an attachment": (
        {"attachments": [{"title": "Ticket 7", "text": "It is slow"}]},
        "Ticket 7",
        "It is slow",
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_a_message_becomes_title_and_notes(name: str) -> None:
    message, title, notes = TABLE[name]
    found = prefill(message, NAMES)
    assert (found.title, found.notes) == (title, notes)


def test_a_long_first_line_is_cut_at_a_word_and_stands_whole_in_the_notes() -> None:
    found = prefill({"text": f"{LONG}\nmore"}, {})
    assert len(found.title) <= TITLE_MAX
    assert found.title.endswith("word…")
    assert found.notes.startswith(LONG.strip())
    assert found.notes.endswith("more")


def test_what_a_form_cannot_hold_is_cut_and_said_so() -> None:
    found = prefill({"text": "x\n" + "y" * 4000}, {})
    assert len(found.notes) == NOTES_MAX
    assert found.is_cut
    assert not prefill({"text": "x\ny"}, {}).is_cut


def test_the_author_is_kept_where_it_is_a_person() -> None:
    assert prefill({"text": "x", "user": "U2"}, {}).author == "U2"
    assert prefill({"text": "x", "user": "UB", "bot_id": "B1"}, {}).author is None
    assert prefill({"text": "x"}, {}).author is None


def test_names_are_needed_only_where_the_message_has_none() -> None:
    assert people_of({"text": "<@U2> <@U2> <@U3|eva> <@U4>"}) == ("U2", "U4")


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("type", "text", "elements", "fields", "title", "url", "name"))
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(("text", "blocks", "attachments", "files", "user", "bot_id"), json),
    )
)
def test_whatever_a_message_looks_like_it_can_be_read(message: dict[str, Any]) -> None:
    found = prefill(message, {})
    assert isinstance(found, Prefill)
    assert len(found.title) <= TITLE_MAX
    assert len(found.notes) <= NOTES_MAX
