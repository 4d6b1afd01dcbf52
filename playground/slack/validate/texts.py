"""Text objects, options and confirmation dialogs."""

from playground.slack.validate.rules import (
    Rule,
    array,
    boolean,
    by_type,
    one_of,
    record,
    string,
    typed,
)

TEXT_LIMIT = 3000
OPTIONS_LIMIT = 100
GROUPS_LIMIT = 100

URL = string(at_least=1, at_most=3000)
STYLE = one_of("primary", "danger")


def plain(at_most: int = TEXT_LIMIT) -> Rule:
    """Accept a `plain_text` object."""
    rule = typed(
        {"text": string(at_least=1, at_most=at_most), "emoji": boolean}, required=("text",)
    )
    return by_type({"plain_text": rule})


def mrkdwn(at_most: int = TEXT_LIMIT) -> Rule:
    """Accept a `mrkdwn` object."""
    rule = typed(
        {"text": string(at_least=1, at_most=at_most), "verbatim": boolean}, required=("text",)
    )
    return by_type({"mrkdwn": rule})


def text(at_most: int = TEXT_LIMIT) -> Rule:
    """Accept either kind of text object."""
    body = string(at_least=1, at_most=at_most)
    return by_type(
        {
            "plain_text": typed({"text": body, "emoji": boolean}, required=("text",)),
            "mrkdwn": typed({"text": body, "verbatim": boolean}, required=("text",)),
        }
    )


CONFIRM = record(
    {
        "title": plain(100),
        "text": text(300),
        "confirm": plain(30),
        "deny": plain(30),
        "style": STYLE,
    },
    required=("text",),
)


def option(*, formatted: bool = False, linked: bool = False) -> Rule:
    """Accept an option; only checkboxes and radio buttons format, only overflow links."""
    words = text(75) if formatted else plain(75)
    fields = {"text": words, "value": string(at_most=150), "description": plain(75)}
    if formatted:
        fields["description"] = text(75)
    if linked:
        fields["url"] = URL
    return record(fields, required=("text", "value"))


OPTIONS = array(option(), at_least=1, at_most=OPTIONS_LIMIT)
OPTION_GROUP = record({"label": plain(75), "options": OPTIONS}, required=("label", "options"))
OPTION_GROUPS = array(OPTION_GROUP, at_least=1, at_most=GROUPS_LIMIT)
