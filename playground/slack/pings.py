"""Whom a message would notify: what a title full of `<!channel>` must never do."""

import re
from collections.abc import Iterator, Sequence

from playground.slack.wire import Json

_MARKUP = re.compile(r"<(?:@(?P<user>\w+)|!(?P<special>[\w^]+))(?:\|[^>]*)?>")
_RICH = {"user": "user_id", "usergroup": "usergroup_id", "broadcast": "range"}


def pings(text: str, blocks: Sequence[Json]) -> frozenset[str]:
    """Return user ids, and `channel`, `here`, `everyone` or `subteam^S1`."""
    return frozenset([*_in_markup(text), *_in_node(blocks)])


def _in_markup(text: str) -> Iterator[str]:
    for found in _MARKUP.finditer(text):
        special = found["special"] or ""
        if not special.startswith("date^"):
            yield found["user"] or special


def _in_node(node: object) -> Iterator[str]:
    if isinstance(node, (list, tuple)):
        for item in node:
            yield from _in_node(item)
    elif isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            yield from _in_markup(str(node.get("text")))
        elif (key := _RICH.get(str(node.get("type")))) and key in node:
            yield str(node[key])
        else:
            yield from _in_node(list(node.values()))
