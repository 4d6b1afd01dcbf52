"""What a reader sees of text and blocks, flat: one line per text, and one per row of buttons."""

import re
from collections.abc import Callable, Iterator, Sequence

from playground.slack.wire import Json

NameOf = Callable[[str], str]

_MARKUP = re.compile(r"<([^<>]*)>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_SIGILS = {"@": "@", "#": "#"}


def unescaped(text: str) -> str:
    """Return text with Slack's three entities undone, once."""
    for entity, plain in _ENTITIES:
        text = text.replace(entity, plain)
    return text


def mrkdwn(text: str, name_of: NameOf) -> str:
    """Return what Slack shows for mrkdwn; `*bold*` keeps its marks."""
    return unescaped(_MARKUP.sub(lambda found: _shown(found[1], name_of), text))


def _shown(markup: str, name_of: NameOf) -> str:
    target, _, label = markup.partition("|")
    if sigil := _SIGILS.get(target[:1]):
        return sigil + (label or name_of(target[1:]))
    if target.startswith("!"):
        return label or "@" + target[1:]
    return label or target


def flat(text: str, blocks: Sequence[Json], name_of: NameOf, *, mrkdwn: bool = True) -> str:
    """Return the blocks' text, or the message's own where there are none."""
    if blocks:
        return "\n".join(line for block in blocks for line in _lines(block, name_of))
    return _mrkdwn_or_not(text, name_of, formatted=mrkdwn)


def _mrkdwn_or_not(text: str, name_of: NameOf, *, formatted: bool) -> str:
    return mrkdwn(text, name_of) if formatted else unescaped(text)


def _lines(node: object, name_of: NameOf) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _lines(item, name_of)
    elif isinstance(node, dict):
        yield from _object(node, name_of)


def _object(node: Json, name_of: NameOf) -> Iterator[str]:
    kind = str(node.get("type", ""))
    text = node.get("text")
    if kind == "mrkdwn":
        yield mrkdwn(str(text), name_of)
    elif kind in {"plain_text", "markdown", "raw_text", "raw_number"}:
        yield str(text)
    elif kind in {"rich_text_section", "rich_text_preformatted", "rich_text_quote"}:
        yield "".join(_inline(item, name_of) for item in node.get("elements", []))
    elif kind == "button":
        yield f"[{' '.join(_lines(text, name_of))}]"
    elif kind == "actions":
        yield "  ".join(_lines(node.get("elements"), name_of))
    elif kind == "image" and "alt_text" in node:
        yield from _lines(node.get("title"), name_of)
        yield str(node["alt_text"])
    else:
        yield from _children(node, name_of)


def _children(node: Json, name_of: NameOf) -> Iterator[str]:
    for key, value in node.items():
        if key in {"confirm", "options", "option_groups", "placeholder"}:
            continue  # seen only after a click
        if key in {"title", "initial_value", "caption"} and isinstance(value, str):
            yield value
        else:
            yield from _lines(value, name_of)


def _inline(item: Json, name_of: NameOf) -> str:
    kind = item.get("type")
    shown = {
        "text": lambda: str(item.get("text", "")),
        "link": lambda: str(item.get("text") or item.get("url", "")),
        "user": lambda: "@" + name_of(str(item.get("user_id"))),
        "usergroup": lambda: f"@{item.get('usergroup_id')}",
        "channel": lambda: "#" + name_of(str(item.get("channel_id"))),
        "broadcast": lambda: f"@{item.get('range')}",
        "emoji": lambda: f":{item.get('name')}:",
        "date": lambda: str(item.get("fallback") or item.get("timestamp")),
        "color": lambda: str(item.get("value")),
    }
    return shown[str(kind)]() if kind in shown else ""
