import pytest

from playground.slack.escape import for_command, for_message, parts
from playground.slack.state import Channel, Team, User

TEAM = Team(
    id="T1",
    name="One",
    domain="one",
    users={
        "U1": User(id="U1", team_id="T1", name="maria", real_name="Maria"),
        "U2": User(id="U2", team_id="T1", name="sam.w", real_name="Sam"),
        "U3": User(id="U3", team_id="T1", name="gone", real_name="Gone", deleted=True),
    },
    channels={
        "C1": Channel(id="C1", team_id="T1", name="general"),
        "C2": Channel(id="C2", team_id="T1", name="secret", kind="private"),
    },
)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("Book @maria", "Book <@U1|maria>"),
        ("@sam.w, please", "<@U2|sam.w>, please"),
        ("@gone and @nobody", "@gone and @nobody"),
        ("@here", "<!here>"),
        ("in #general, #offsite", "in <#C1|general>, #offsite"),
        ("in #secret", "in <#C2|>"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("<@U1>", "&lt;@U1&gt;"),
        ("see https://e.com/?a=1&b=2 now", "see <https://e.com/?a=1&amp;b=2> now"),
        ("ask a@b.co", "ask <mailto:a@b.co|a@b.co>"),
        ("fix the payload parser", "fix the payload parser"),
        ("שלום 😀", "שלום 😀"),
    ],
)
def test_typed_text_is_sent_as_slack_sends_it(typed: str, sent: str) -> None:
    assert for_command(typed, TEAM) == sent


def test_a_message_names_people_by_id_alone() -> None:
    assert for_message("ask @maria & #general", TEAM) == "ask <@U1> &amp; <#C1|general>"


def test_a_message_has_its_text_as_rich_text_too() -> None:
    assert parts("ask @maria or @nobody at https://e.com", TEAM) == [
        {"type": "text", "text": "ask "},
        {"type": "user", "user_id": "U1"},
        {"type": "text", "text": " or @nobody at "},
        {"type": "link", "url": "https://e.com"},
    ]
