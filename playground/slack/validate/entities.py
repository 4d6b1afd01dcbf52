"""Work Objects: a task as `chat.unfurl` and `entity.presentDetails` take it.

By docs.slack.dev/messaging/work-objects-implementation; what is not written there is refused.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from playground.slack.validate.elements import ACTION_ID, DATE
from playground.slack.validate.rules import (
    Fields,
    Report,
    Rule,
    array,
    boolean,
    by_type,
    every,
    matching,
    number,
    one_of,
    record,
    string,
)
from playground.slack.validate.texts import STYLE

TASK = "slack#/entities/task"
PRIMARY_MOST = 2
OVERFLOW_MOST = 5
URL_MOST = 3000
ERRORS = (
    *("restricted", "internal_error", "not_found", "custom", "custom_partial_view"),
    *("timeout", "edit_error"),
)
_WORDS = string(at_least=1)
_SECONDS = number(at_least=0)


def _is_address(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and len(value) <= URL_MOST


_URL = matching(_is_address, "a valid URL")
_USER_ID = matching(lambda v: re.fullmatch(r"[UW][A-Z0-9]+", v) is not None, "a user id")
_CHANNEL_ID = matching(lambda v: re.fullmatch(r"[CDG][A-Z0-9]+", v) is not None, "a channel id")
_COLOUR = one_of("red", "yellow", "green", "gray", "blue")
_REFERENCE = record({"id": _WORDS, "type": _WORDS}, required=("id",))


def _one_name(report: Report, pointer: str, value: Mapping[str, Any]) -> None:
    if ("user_id" in value) == ("text" in value):
        report.say(pointer, "exactly one of user_id and text is expected")


_USER = record({"user_id": _USER_ID, "text": _WORDS, "url": _URL, "email": _WORDS}, also=_one_name)


def _formats(report: Report, pointer: str, value: Mapping[str, Any]) -> None:
    if "format" in value and "link" in value:
        report.say(pointer, "format is incompatible with link")


_ABOUT: Fields = {"type": string(), "label": _WORDS}
_STRING: Fields = {
    **_ABOUT,
    "value": _WORDS,
    "tag_color": _COLOUR,
    "format": one_of("markdown"),
    "link": _URL,
    "long": boolean,
}
_OF_TYPE: dict[str, tuple[Fields, str]] = {
    "string": (_STRING, "value"),
    "integer": ({**_ABOUT, "value": number()}, "value"),
    "boolean": ({**_ABOUT, "value": boolean}, "value"),
    "slack#/types/user": ({**_ABOUT, "user": _USER}, "user"),
    "slack#/types/channel_id": ({**_ABOUT, "value": _CHANNEL_ID}, "value"),
    "slack#/types/timestamp": ({**_ABOUT, "value": _SECONDS, "link": _URL}, "value"),
    "slack#/types/date": ({**_ABOUT, "value": DATE, "link": _URL}, "value"),
    "slack#/types/link": ({**_ABOUT, "value": _URL}, "value"),
    "slack#/types/email": ({**_ABOUT, "value": _WORDS}, "value"),
}
_IN_ARRAYS = ("string", "integer", "slack#/types/channel_id", "slack#/types/user")


def _of_type(kind: str, extra: Fields | None = None) -> Rule:
    """Accept a field of one type, with or without its `type`."""
    fields, needed = _OF_TYPE[kind]
    return record({**fields, **(extra or {})}, required=(needed, *(extra or ())), also=_formats)


def _items(report: Report, pointer: str, value: Mapping[str, Any]) -> None:
    kind = value["item_type"]
    rule = record({**_OF_TYPE[kind][0]}, required=(_OF_TYPE[kind][1],))
    array(rule)(report, f"{pointer}/value", value["value"])


_KEYED: Fields = {"key": _WORDS, "label": _WORDS}
_CUSTOM = by_type(
    {
        **{kind: _of_type(kind, _KEYED) for kind in _OF_TYPE},
        "array": record(
            {**_ABOUT, **_KEYED, "item_type": one_of(*_IN_ARRAYS), "value": array(lambda *_: None)},
            required=("key", "label", "item_type", "value"),
            also=_items,
        ),
    }
)
_TYPED_USER = by_type({"slack#/types/user": _of_type("slack#/types/user")})
_FIELDS: Fields = {
    "description": _of_type("string"),
    "created_by": _TYPED_USER,
    "date_created": _of_type("slack#/types/timestamp"),
    "date_updated": _of_type("slack#/types/timestamp"),
    "assignee": _TYPED_USER,
    "status": _of_type("string"),
    "due_date": by_type(
        {kind: _of_type(kind) for kind in ("slack#/types/date", "slack#/types/timestamp")}
    ),
    "priority": _of_type("string"),
}
_BUTTON = record(
    {
        "text": _WORDS,
        "action_id": ACTION_ID,
        "value": string(at_most=2000),
        "style": STYLE,
        "url": _URL,
        "accessibility_label": string(at_most=75),
        "processing_state": record(
            {"enabled": boolean, "interstitial_text": _WORDS}, required=("enabled",)
        ),
    },
    required=("text", "action_id"),
)
_ACTIONS = record(
    {
        "primary_actions": array(_BUTTON, at_most=PRIMARY_MOST),
        "overflow_actions": array(_BUTTON, at_most=OVERFLOW_MOST),
    }
)
_ATTRIBUTES = record(
    {
        "title": record({"text": _WORDS}, required=("text",)),
        "display_type": _WORDS,
        "display_id": _WORDS,
        "product_name": _WORDS,
        "metadata_last_modified": _SECONDS,
    },
    required=("title",),
)


def _consistent(report: Report, pointer: str, value: Mapping[str, Any]) -> None:
    """Judge what is named across the parts of a payload."""
    custom = [one["key"] for one in value.get("custom_fields", [])]
    if len(set(custom)) != len(custom):
        report.say(f"{pointer}/custom_fields", "keys must be unique")
    known = {*value.get("fields", {}), *custom}
    order = value.get("display_order", [])
    if unknown := [name for name in order if name not in known]:
        report.say(f"{pointer}/display_order", f"no such fields: {', '.join(unknown)}")
    if len(set(order)) != len(order):
        report.say(f"{pointer}/display_order", "each field once")


_PAYLOAD = record(
    {
        "attributes": _ATTRIBUTES,
        "fields": record(_FIELDS),
        "custom_fields": array(_CUSTOM),
        "display_order": array(_WORDS),
        "actions": _ACTIONS,
    },
    required=("attributes",),
    also=_consistent,
)
_ENTITY: Fields = {
    "entity_type": one_of(TASK),
    "entity_payload": _PAYLOAD,
    "external_ref": _REFERENCE,
    "url": _URL,
}
_NEEDED = tuple(_ENTITY)
_DETAILS = record(_ENTITY, required=_NEEDED)
_BELOW = record({**_ENTITY, "app_unfurl_url": _URL}, required=(*_NEEDED, "app_unfurl_url"))
_METADATA = record({"entities": array(_BELOW, at_least=1)}, required=("entities",))


def _custom_only(report: Report, pointer: str, value: Mapping[str, Any]) -> None:
    wordy = {"custom", "custom_partial_view", "edit_error"}
    if value["status"] not in wordy and value.keys() & {"custom_title", "custom_message"}:
        report.say(pointer, "custom words are for custom errors")


_ERROR = every(
    record(
        {
            "status": one_of(*ERRORS),
            "custom_title": _WORDS,
            "custom_message": _WORDS,
            "message_format": one_of("markdown"),
            "actions": array(_BUTTON),
        },
        required=("status",),
        also=_custom_only,
    )
)


def problems_of_entities(given: object) -> list[str]:
    """Return what Slack has against the `metadata` of `chat.unfurl`."""
    return _problems(_METADATA, "/metadata", given)


def problems_of_details(given: object) -> list[str]:
    """Return what Slack has against the `metadata` of `entity.presentDetails`."""
    return _problems(_DETAILS, "/metadata", given)


def problems_of_error(given: object) -> list[str]:
    """Return what Slack has against the `error` of `entity.presentDetails`."""
    return _problems(_ERROR, "/error", given)


def _problems(rule: Rule, pointer: str, given: object) -> list[str]:
    report = Report()
    rule(report, pointer, given)
    return report.problems
