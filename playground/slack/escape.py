"""How typed text goes over the wire: mentions, links and entities."""

import re
from collections.abc import Iterator

from playground.slack.state import Team
from playground.slack.wire import Json

_SPECIAL = re.compile(
    r"(?P<url>https?://[^\s<>|]+)"
    r"|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<!\w)(?P<sigil>[@#])(?P<name>[\w.-]*\w)"
)
_BROADCASTS = {"here", "channel", "everyone"}


def entities(text: str) -> str:
    """Return text with `& < >` as Slack writes them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def for_command(typed: str, team: Team) -> str:
    """Return what `should_escape: true` makes of the text: `<@U1|maria>`, `<#C1|general>`."""
    return "".join(_markup(part, team, named=True) for part in parts(typed, team))


def for_message(typed: str, team: Team) -> str:
    """Return the `text` of a person's message: `<@U1>`, `<#C1|general>`."""
    return "".join(_markup(part, team, named=False) for part in parts(typed, team))


def parts(typed: str, team: Team) -> list[Json]:
    """Return the text as rich text elements: what clients send beside it."""
    found: list[Json] = []
    for part in _split(typed, team):
        if part["type"] == "text" and found and found[-1]["type"] == "text":
            found[-1]["text"] += part["text"]
        elif part != {"type": "text", "text": ""}:
            found.append(part)
    return found


def _split(typed: str, team: Team) -> Iterator[Json]:
    end = 0
    for match in _SPECIAL.finditer(typed):
        yield {"type": "text", "text": typed[end : match.start()]}
        yield _part(match, team)
        end = match.end()
    yield {"type": "text", "text": typed[end:]}


def _part(match: re.Match[str], team: Team) -> Json:
    if match["url"]:
        return {"type": "link", "url": match["url"]}
    if match["mail"]:
        return {"type": "link", "url": f"mailto:{match['mail']}", "text": match["mail"]}
    name = match["name"]
    if match["sigil"] == "@" and name in _BROADCASTS:
        return {"type": "broadcast", "range": name}
    users = [u.id for u in team.users.values() if u.name == name and not u.deleted]
    if match["sigil"] == "@" and users:
        return {"type": "user", "user_id": users[0]}
    channel = team.channel_named(name) if match["sigil"] == "#" else None
    if channel is not None:
        return {"type": "channel", "channel_id": channel.id}
    return {"type": "text", "text": match[0]}


def _markup(part: Json, team: Team, *, named: bool) -> str:
    kind = part["type"]
    if kind == "text":
        return entities(part["text"])
    if kind == "broadcast":
        return f"<!{part['range']}>"
    if kind == "user":
        user_id = part["user_id"]
        return f"<@{user_id}|{team.users[user_id].name}>" if named else f"<@{user_id}>"
    if kind == "channel":
        channel = team.channels[part["channel_id"]]
        return f"<#{channel.id}|{channel.name if channel.kind == 'public' else ''}>"
    label = f"|{entities(part['text'])}" if "text" in part else ""
    return f"<{entities(part['url'])}{label}>"
