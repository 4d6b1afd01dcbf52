"""Rich text, as blocks, cells and initial values hold it."""

from playground.slack.validate.rules import (
    Fields,
    Rule,
    array,
    boolean,
    by_type,
    number,
    one_of,
    record,
    string,
    typed,
)

_FONT: Fields = dict.fromkeys(("bold", "italic", "strike", "underline", "code"), boolean)
_SHADE: Fields = dict.fromkeys(("highlight", "client_highlight", "unlink"), boolean)
_STYLE = record(_FONT)
_MENTION_STYLE = record({**_FONT, **_SHADE})
_BORDER = number(at_least=0, at_most=1)
_NAME = string(at_least=1)


def _inline(fields: Fields, *required: str) -> Rule:
    return typed({**fields, "style": _STYLE}, required=required)


def _mention(name: str) -> Rule:
    return typed({name: _NAME, "style": _MENTION_STYLE}, required=(name,))


_TEXT = _inline({"text": string(at_least=1)}, "text")
_LINK = _inline({"url": _NAME, "text": string(), "unsafe": boolean}, "url")
_INLINE: dict[str, Rule] = {
    "text": _TEXT,
    "link": _LINK,
    "user": _mention("user_id"),
    "usergroup": _mention("usergroup_id"),
    "channel": _mention("channel_id"),
    "team": _mention("team_id"),
    "broadcast": _inline({"range": one_of("here", "channel", "everyone")}, "range"),
    "color": _inline({"value": _NAME}, "value"),
    "emoji": _inline({"name": _NAME, "unicode": _NAME, "url": _NAME}, "name"),
    "date": _inline(
        {"timestamp": number(), "format": _NAME, "url": _NAME, "fallback": _NAME},
        "timestamp",
        "format",
    ),
}

SECTION = typed({"elements": array(by_type(_INLINE))}, required=("elements",))
RICH_TEXT_PARTS: dict[str, Rule] = {
    "rich_text_section": SECTION,
    "rich_text_quote": typed(
        {"elements": array(by_type(_INLINE)), "border": _BORDER}, required=("elements",)
    ),
    "rich_text_preformatted": typed(
        {
            "elements": array(by_type({"text": _TEXT, "link": _LINK})),
            "border": _BORDER,
            "language": _NAME,
        },
        required=("elements",),
    ),
    "rich_text_list": typed(
        {
            "elements": array(by_type({"rich_text_section": SECTION}), at_least=1),
            "style": one_of("bullet", "ordered"),
            "indent": number(at_least=0, at_most=8),
            "offset": number(at_least=0),
            "border": _BORDER,
        },
        required=("elements", "style"),
    ),
}

RICH_TEXT = by_type(
    {
        "rich_text": typed(
            {"block_id": string(at_most=255), "elements": array(by_type(RICH_TEXT_PARTS))},
            required=("elements",),
        )
    }
)
RICH_TEXT_INLINE = by_type(_INLINE)
