"""A comment as a message: literal, within Slack's limits, known again by the copy it names."""

import pytest

from notifications.thread_message import (
    NOTHING,
    REST,
    SHOWN_MAX,
    TEXT_MAX,
    changed,
    copy_named,
    posted,
)
from playground.slack.pings import pings
from playground.slack.validate.messages import is_metadata, problems_of_blocks
from tasks.ports import Named, Said

PAGE = "https://www.notion.so/page"


def said(*words: str | Named, by: str = "Maria", link: str | None = PAGE) -> Said:
    return Said(by=Named(name=by), words=words, link=link)


@pytest.mark.parametrize(
    ("what", "shown"),
    [
        (said("Hello"), "Hello"),
        (said("Hello ", Named(name="Sam"), "!"), "Hello @Sam!"),
        (said("Hello ", Named()), "Hello @Somebody"),
        (said(""), NOTHING),
        (said(" \n"), NOTHING),
        (said("a\0b\ud83d"), "ab"),
        (said("<!channel> *b* <https://x|y> &amp;"), "<!channel> *b* <https://x|y> &amp;"),
        (said("x" * SHOWN_MAX), "x" * SHOWN_MAX),
        (said("x" * 9000), "x" * (SHOWN_MAX - len(REST)) + REST),
    ],
    ids=["plain", "named", "nobody", "empty", "blank", "unsound", "markup", "full", "too-long"],
)
def test_what_was_said_is_shown_as_it_is(what: Said, shown: str) -> None:
    (block,) = changed(what)["blocks"]
    (section,) = block["elements"]
    author, _, where, text = section["elements"]
    assert (author["text"], where["url"], text["text"]) == ("Maria", PAGE, f"\n{shown}")


@pytest.mark.parametrize(
    "what",
    [said("<!channel> <@U1> @here"), said("&<>" * 3000), said("", by="", link=None)],
    ids=["pings", "entities", "empty"],
)
def test_slack_takes_every_message_and_nobody_is_notified(what: Said) -> None:
    body = posted(what, "T1|notion|C1|1.1|c")
    assert problems_of_blocks(body["blocks"]) == []
    assert is_metadata(body["metadata"])
    assert 0 < len(body["text"]) <= TEXT_MAX
    assert pings(body["text"], body["blocks"]) == frozenset()
    assert body["mrkdwn"] is False


def test_a_message_names_the_copy_that_it_is() -> None:
    assert copy_named(posted(said("x"), "some|copy")) == "some|copy"
    assert copy_named(changed(said("x"))) is None
    assert copy_named({"metadata": {"event_type": "other", "event_payload": {"copy": "x"}}}) is None
