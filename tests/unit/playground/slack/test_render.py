import pytest

from playground.slack import render
from playground.slack.pings import pings
from playground.slack.wire import Json

NAMES = {"U1": "maria", "C1": "general"}


def name_of(identifier: str) -> str:
    return NAMES.get(identifier, identifier)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("<@U1> in <#C1>", "@maria in #general"),
        ("<@U9|sam>", "@sam"),
        ("<https://e.com|here> <https://f.com>", "here https://f.com"),
        ("&lt;!channel&gt; &amp;amp;", "<!channel> &amp;"),
        ("<!channel>", "@channel"),
        ("<!date^1^{date}|Friday>", "Friday"),
    ],
)
def test_mrkdwn_is_shown_without_markup(sent: str, shown: str) -> None:
    assert render.flat(sent, [], name_of) == shown


def test_text_that_is_no_mrkdwn_keeps_its_brackets() -> None:
    assert render.flat("&lt;@U1&gt; &amp; *x*", [], name_of, mrkdwn=False) == "<@U1> & *x*"


def test_blocks_take_the_place_of_the_text() -> None:
    blocks: list[Json] = [
        {"type": "header", "text": {"type": "plain_text", "text": "<b> & co"}},
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "*hi* <@U1>"},
            "fields": [{"type": "plain_text", "text": "field"}],
        },
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "a "},
                        {"type": "user", "user_id": "U1"},
                        {"type": "link", "url": "https://e.com"},
                        {"type": "broadcast", "range": "here"},
                        {"type": "emoji", "name": "wave"},
                    ],
                }
            ],
        },
        {
            "type": "actions",
            "elements": [
                {"type": "button", "text": {"type": "plain_text", "text": "Done"}},
                {
                    "type": "static_select",
                    "placeholder": {"type": "plain_text", "text": "hidden"},
                    "options": [{"text": {"type": "plain_text", "text": "hidden"}, "value": "1"}],
                },
            ],
        },
    ]

    assert render.flat("fallback", blocks, name_of).splitlines() == [
        "<b> & co",
        "*hi* @maria",
        "field",
        "a @mariahttps://e.com@here:wave:",
        "[Done]",
    ]


def test_everyone_a_message_would_notify_is_found() -> None:
    rich = {"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U7"}]}
    blocks: list[Json] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "<@U2|x> <!subteam^S1|g>"}},
        {"type": "section", "text": {"type": "plain_text", "text": "<@U3>"}},
        {"type": "rich_text", "elements": [rich]},
    ]

    assert pings("<!channel> <@U1> <!date^1^{date}|x> &lt;!here&gt;", blocks) == {
        "channel",
        "U1",
        "U2",
        "subteam^S1",
        "U7",
    }
