"""Interactive elements: buttons, menus, pickers and inputs."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from playground.slack.validate.rich_text import RICH_TEXT
from playground.slack.validate.rules import (
    Fields,
    Report,
    Rule,
    array,
    boolean,
    either,
    every,
    matching,
    number,
    one_of,
    record,
    string,
    typed,
)
from playground.slack.validate.texts import (
    CONFIRM,
    OPTION_GROUPS,
    OPTIONS,
    STYLE,
    URL,
    option,
    plain,
)

ACTION_ID = string(at_least=1, at_most=255)
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_LAST_SECOND = 9_999_999_999  # Slack wants ten digits


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


DATE = matching(_is_date, "a date in the format YYYY-MM-DD")
CLOCK = matching(lambda value: _CLOCK.fullmatch(value) is not None, "a time in the format HH:mm")
NUMERAL = matching(lambda value: _as_number(value) is not None, "a number in a string")

_COMMON: Fields = {"action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": boolean}
_MENU: Fields = {**_COMMON, "placeholder": plain(150)}
_MANY: Fields = {**_MENU, "max_selected_items": number(at_least=1)}
FILTER = record(
    {
        "include": array(one_of("im", "mpim", "private", "public"), at_least=1),
        "exclude_bot_users": boolean,
        "exclude_external_shared_channels": boolean,
    }
)
DISPATCH = record(
    {
        "trigger_actions_on": array(
            one_of("on_enter_pressed", "on_character_entered"), at_least=1, at_most=2
        )
    }
)
_TYPED: Fields = {
    "action_id": ACTION_ID,
    "focus_on_load": boolean,
    "placeholder": plain(150),
    "dispatch_action_config": DISPATCH,
}
_BUTTON: Fields = {
    "action_id": ACTION_ID,
    "text": plain(75),
    "accessibility_label": string(at_most=75),
    "confirm": CONFIRM,
}


def _as_number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None


def _offered(element: Mapping[str, Any]) -> list[object]:
    groups = element.get("option_groups") or []
    grouped = [o for group in groups if isinstance(group, dict) for o in group.get("options", [])]
    return [*(element.get("options") or []), *grouped]


def _key(choice: object) -> object:
    return choice.get("value") if isinstance(choice, dict) else choice


def initial_among_options(report: Report, pointer: str, element: Mapping[str, Any]) -> None:
    """Refuse something picked beforehand that is not on offer."""
    offered = [_key(choice) for choice in _offered(element)]
    if "initial_option" in element and _key(element["initial_option"]) not in offered:
        report.say(f"{pointer}/initial_option", "must match one of the options")
    for index, choice in enumerate(element.get("initial_options") or []):
        if _key(choice) not in offered:
            report.say(f"{pointer}/initial_options/{index}", "must match one of the options")


def _range(low: str, high: str) -> Rule:
    def check(report: Report, pointer: str, element: Mapping[str, Any]) -> None:
        least, most = _as_number(element.get(low)), _as_number(element.get(high))
        if least is not None and most is not None and least > most:
            report.say(f"{pointer}/{low}", f"must not be greater than {high}")

    return check


_CHOICE = every(either("options", "option_groups"), initial_among_options)
_OPTION = option()
_RICH_OPTION = option(formatted=True)
_TEN = array(_RICH_OPTION, at_least=1, at_most=10)

BUTTON = typed(
    {**_BUTTON, "url": URL, "value": string(at_most=2000), "style": STYLE}, required=("text",)
)

PARAMETER = record({"name": string(), "value": string()}, required=("name", "value"))
TRIGGER = record({"url": URL, "customizable_input_parameters": array(PARAMETER)}, required=("url",))
WORKFLOW = record({"trigger": TRIGGER}, required=("trigger",))
WORKFLOW_BUTTON = typed(
    {**_BUTTON, "style": STYLE, "workflow": WORKFLOW}, required=("text", "workflow")
)

SELECTS: dict[str, Rule] = {
    "static_select": typed(
        {
            **_MENU,
            "options": OPTIONS,
            "option_groups": OPTION_GROUPS,
            "initial_option": _OPTION,
        },
        also=_CHOICE,
    ),
    "external_select": typed(
        {**_MENU, "initial_option": _OPTION, "min_query_length": number(at_least=0)}
    ),
    "users_select": typed({**_MENU, "initial_user": string(at_least=1)}),
    "conversations_select": typed(
        {
            **_MENU,
            "initial_conversation": string(at_least=1),
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": FILTER,
        }
    ),
    "channels_select": typed(
        {**_MENU, "initial_channel": string(at_least=1), "response_url_enabled": boolean}
    ),
    "multi_static_select": typed(
        {
            **_MANY,
            "options": OPTIONS,
            "option_groups": OPTION_GROUPS,
            "initial_options": array(_OPTION, at_least=1),
        },
        also=_CHOICE,
    ),
    "multi_external_select": typed(
        {
            **_MANY,
            "initial_options": array(_OPTION, at_least=1),
            "min_query_length": number(at_least=0),
        }
    ),
    "multi_users_select": typed({**_MANY, "initial_users": array(string(at_least=1))}),
    "multi_conversations_select": typed(
        {
            **_MANY,
            "initial_conversations": array(string(at_least=1)),
            "default_to_current_conversation": boolean,
            "filter": FILTER,
        }
    ),
    "multi_channels_select": typed({**_MANY, "initial_channels": array(string(at_least=1))}),
}

PICKERS: dict[str, Rule] = {
    "datepicker": typed({**_MENU, "initial_date": DATE}),
    "timepicker": typed({**_MENU, "initial_time": CLOCK, "timezone": string(at_least=1)}),
    "datetimepicker": typed(
        {**_COMMON, "initial_date_time": number(at_least=0, at_most=_LAST_SECOND)}
    ),
    "checkboxes": typed(
        {**_COMMON, "options": _TEN, "initial_options": array(_RICH_OPTION, at_least=1)},
        required=("options",),
        also=initial_among_options,
    ),
    "radio_buttons": typed(
        {**_COMMON, "options": _TEN, "initial_option": _RICH_OPTION},
        required=("options",),
        also=initial_among_options,
    ),
}

OVERFLOW = typed(
    {
        "action_id": ACTION_ID,
        "confirm": CONFIRM,
        "options": array(option(linked=True), at_least=1, at_most=5),
    },
    required=("options",),
)

INPUTS: dict[str, Rule] = {
    "plain_text_input": typed(
        {
            **_TYPED,
            "initial_value": string(at_most=3000),
            "multiline": boolean,
            "min_length": number(at_least=0, at_most=3000),
            "max_length": number(at_least=1, at_most=3000),
        },
        also=_range("min_length", "max_length"),
    ),
    "email_text_input": typed({**_TYPED, "initial_value": string()}),
    "url_text_input": typed({**_TYPED, "initial_value": string()}),
    "number_input": typed(
        {
            **_TYPED,
            "is_decimal_allowed": boolean,
            "initial_value": NUMERAL,
            "min_value": NUMERAL,
            "max_value": NUMERAL,
        },
        required=("is_decimal_allowed",),
        also=_range("min_value", "max_value"),
    ),
    "rich_text_input": typed(
        {
            **_TYPED,
            "initial_value": RICH_TEXT,
            "min_lines": number(at_least=1, at_most=100),
            "max_lines": number(at_least=1, at_most=100),
        },
        also=_range("min_lines", "max_lines"),
    ),
    "file_input": typed(
        {
            "action_id": ACTION_ID,
            "filetypes": array(string(at_least=1), at_least=1),
            "max_files": number(at_least=1, at_most=10),
        }
    ),
}

IN_ACTIONS: dict[str, Rule] = {
    "button": BUTTON,
    "workflow_button": WORKFLOW_BUTTON,
    "overflow": OVERFLOW,
    "rich_text_input": INPUTS["rich_text_input"],
    **SELECTS,
    **PICKERS,
}
IN_INPUT: dict[str, Rule] = {**SELECTS, **PICKERS, **INPUTS}
