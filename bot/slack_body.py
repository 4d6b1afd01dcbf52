"""Reads what Slack sends: a form, a form with a JSON payload, or JSON. Pure.

Bolt's own reading is not used: it takes any command with the word "payload" for an empty one.
"""

import json
from typing import Any, NoReturn, TypeAlias
from urllib.parse import parse_qsl

Json: TypeAlias = dict[str, Any]

_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_MAX_FIELDS = 100  # Slack sends about fifteen

_KINDS = {
    "block_actions": "action",
    "block_suggestion": "options",
    "event_callback": "event",
    "app_rate_limited": "event",
    "url_verification": "event",
    "message_action": "shortcut",
    "shortcut": "shortcut",
    "view_closed": "view",
    "view_submission": "view",
}


class BadBody(Exception):
    """The body is not what Slack sends."""


def read_body(raw: bytes, content_type: str) -> Json:
    """Return the object in a verified body. BadBody. A `charset=` is ignored: Slack sends UTF-8."""
    mime = content_type.split(";", 1)[0].strip().lower()
    try:
        text = raw.decode("utf-8")
        if mime == _JSON:
            return _object(text)
        if mime == _FORM:
            return _form(text)
    except (ValueError, RecursionError) as error:
        raise BadBody from error
    raise BadBody


def kind_of(body: Json) -> str:
    """Name the kind of request, as metrics and answers know it."""
    if "command" in body and "type" not in body:
        return "command"
    kind = body.get("type")
    return _KINDS.get(kind, "other") if isinstance(kind, str) else "other"


def team_of(body: Json) -> str | None:
    """Return the workspace's id, for the log."""
    team = body.get("team")
    found = body.get("team_id") or (team.get("id") if isinstance(team, dict) else None)
    return found if isinstance(found, str) else None


def _form(text: str) -> Json:
    fields: Json = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS))
    if not fields:
        raise ValueError(_FORM)
    if "payload" in fields and "command" not in fields:
        return _object(fields["payload"])
    return fields


def _object(text: str) -> Json:
    found: object = json.loads(text, parse_constant=_refuse)
    if not isinstance(found, dict) or not found:
        raise ValueError(_JSON)
    if "\\ud" in text or "\\uD" in text:
        return {_whole(key): _whole(value) for key, value in found.items()}
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity are no JSON


def _whole(value: Any) -> Any:  # noqa: ANN401  # any JSON, and the same shape back
    """Replace halves of characters, which no answer of ours could be encoded with."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case dict():
            return {_whole(key): _whole(inner) for key, inner in value.items()}
        case list():
            return [_whole(inner) for inner in value]
        case _:
            return value
