"""What `should_escape: true` does to the text typed behind a slash command."""

import re

from playground.slack.state import Team

_SPECIAL = re.compile(
    r"(?P<url>https?://[^\s<>|]+)"
    r"|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<!\w)(?P<sigil>[@#])(?P<name>[\w.-]*\w)"
)
_BROADCASTS = {"here", "channel", "everyone"}


def entities(text: str) -> str:
    """Return text with `& < >` as Slack writes them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escaped(typed: str, team: Team) -> str:
    """Return the text as Slack sends it: mentions and links in angle brackets."""
    return _SPECIAL.sub(lambda found: _markup(found, team), entities(typed))


def _markup(found: re.Match[str], team: Team) -> str:
    if url := found["url"]:
        return f"<{url}>"
    if mail := found["mail"]:
        return f"<mailto:{mail}|{mail}>"
    known = _person(found["name"], team) if found["sigil"] == "@" else _channel(found["name"], team)
    return known or found[0]


def _person(name: str, team: Team) -> str | None:
    if name in _BROADCASTS:
        return f"<!{name}>"
    user = next((u for u in team.users.values() if u.name == name and not u.deleted), None)
    return f"<@{user.id}|{user.name}>" if user else None


def _channel(name: str, team: Team) -> str | None:
    channel = team.channel_named(name)
    if channel is None:
        return None
    return f"<#{channel.id}|{channel.name if channel.kind == 'public' else ''}>"
