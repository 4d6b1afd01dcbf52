"""What elements hold: `state.values` with its nulls, and what a person can put there."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from playground.slack.errors import Impossible
from playground.slack.wire import Json

_TEXTS = ("plain_text_input", "email_text_input", "url_text_input", "number_input")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+")

_SHAPES = {
    "datepicker": re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"),
    "timepicker": re.compile(r"([01]\d|2[0-3]):[0-5]\d"),
    "datetimepicker": re.compile(r"\d{10}"),
}

# element type: (key in the state, key of the initial value, value when empty)
KEYS: dict[str, tuple[str, str, object]] = {
    **dict.fromkeys(_TEXTS, ("value", "initial_value", None)),
    "static_select": ("selected_option", "initial_option", None),
    "external_select": ("selected_option", "initial_option", None),
    "radio_buttons": ("selected_option", "initial_option", None),
    "users_select": ("selected_user", "initial_user", None),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "channels_select": ("selected_channel", "initial_channel", None),
    "checkboxes": ("selected_options", "initial_options", []),
    "multi_static_select": ("selected_options", "initial_options", []),
    "multi_external_select": ("selected_options", "initial_options", []),
    "multi_users_select": ("selected_users", "initial_users", []),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", []),
    "multi_channels_select": ("selected_channels", "initial_channels", []),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
    "rich_text_input": ("rich_text_value", "initial_value", None),
    "file_input": ("files", "initial_files", []),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One interactive element and the block around it."""

    block: Json
    element: Json

    @property
    def block_id(self) -> str:
        """Return the id of the block."""
        return str(self.block["block_id"])

    @property
    def action_id(self) -> str:
        """Return the id of the element."""
        return str(self.element["action_id"])

    @property
    def kind(self) -> str:
        """Return the element's type."""
        return str(self.element["type"])

    @property
    def label(self) -> str:
        """Return what a person reads at it."""
        text = self.block.get("label") or self.element.get("text") or {}
        return str(text.get("text", ""))


def spots(blocks: Sequence[Json]) -> Iterator[Spot]:
    """Return the interactive elements in reading order."""
    for block in blocks:
        parts = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
        for part in parts:
            if isinstance(part, dict) and "action_id" in part:
                yield Spot(block=block, element=part)
        yield from spots(block.get("child_blocks") or [])


def find(blocks: Sequence[Json], wanted: str, *, block_id: str | None = None) -> Spot:
    """Return the one element with this action_id, else with this block_id or label."""
    known = [s for s in spots(blocks) if block_id in (None, s.block_id)]
    for matches in (
        [s for s in known if s.action_id == wanted],
        [s for s in known if s.block_id == wanted],
        [s for s in known if s.label == wanted],
    ):
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise Impossible(f"{wanted!r} is there {len(matches)} times: name a block_id")
    there = ", ".join(s.label or f"{s.block_id}/{s.action_id}" for s in known) or "nothing"
    raise Impossible(f"there is no {wanted!r} to use; there is: {there}")


def initial(element: Json) -> Json:
    """Return the state of an element nobody has touched."""
    key, source, empty = KEYS[element["type"]]
    value = element.get(source, empty)
    return _state(element, key, value)


def _state(element: Json, key: str, value: object) -> Json:
    if element["type"] == "rich_text_input" and value is None:
        return {"type": "rich_text_input"}
    state = {"type": element["type"], key: value}
    if element["type"] == "timepicker" and "timezone" in element:
        state["timezone"] = element["timezone"]
    return state


def values(blocks: Sequence[Json], kept: Json) -> Json:
    """Return `state.values`: what was kept where block_id and action_id are unchanged."""
    state: Json = {}
    for spot in spots(blocks):
        if spot.kind in KEYS:
            old = kept.get(spot.block_id, {}).get(spot.action_id)
            unchanged = old is not None and old["type"] == spot.kind
            state.setdefault(spot.block_id, {})[spot.action_id] = (
                old if unchanged else initial(spot.element)
            )
    return state


def picked(element: Json, value: object) -> Json:
    """Return the state after a person has put a value there; Impossible if nobody could."""
    kind = element["type"]
    key, _, empty = KEYS[kind]
    return _state(element, key, empty if value is None else _held(element, key, value))


def _held(element: Json, key: str, value: object) -> object:
    kind = element["type"]
    if kind in _TEXTS:
        return str(value) or None
    if kind == "rich_text_input":
        return _rich(value)
    if key == "selected_option":
        return option(element, value)
    if key == "selected_options":
        return [option(element, each) for each in _several(value)]
    if kind in _SHAPES and _SHAPES[kind].fullmatch(str(value)) is None:
        raise Impossible(f"no {kind} lets anybody pick {value!r}")
    return _several(value) if isinstance(KEYS[kind][2], list) else value


def _several(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]


def _rich(value: object) -> object:
    if not isinstance(value, str):
        return value
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": value}]}
    return {"type": "rich_text", "elements": [section]}


def option(element: Json, value: object) -> Json:
    """Return the option with this value or text, as the element offers it."""
    if isinstance(value, dict):
        return value  # one that the bot offered for an external select
    grouped = [o for group in element.get("option_groups") or [] for o in group["options"]]
    offered = [*(element.get("options") or []), *grouped]
    for choice in offered:
        if value in (choice["value"], choice["text"]["text"]):
            return {key: choice[key] for key in ("text", "value", "description") if key in choice}
    raise Impossible(f"{value!r} is not among {[choice['value'] for choice in offered]}")


def complaint(spot: Spot, state: Json) -> str | None:
    """Return what the client says before it sends anything, or None."""
    key, _, _ = KEYS[spot.kind]
    value = state.get(key)
    if value in (None, "", []):
        return None if spot.block.get("optional") else "Please complete this required field."
    if spot.kind in _TEXTS:
        return _text_complaint(spot.element, str(value))
    most = spot.element.get("max_selected_items")
    if most is not None and isinstance(value, list) and len(value) > most:
        return f"You can select up to {most} items."
    return None


def _text_complaint(element: Json, value: str) -> str | None:
    if len(value) > element.get("max_length", 3000):
        return f"Please use {element.get('max_length', 3000)} characters or fewer."
    if len(value) < element.get("min_length", 0):
        return f"Please use at least {element['min_length']} characters."
    shapes = {"email_text_input": _MAIL, "url_text_input": _URL}
    shape = shapes.get(element["type"])
    if shape is not None and shape.fullmatch(value) is None:
        return "Please enter a valid value."
    return _number_complaint(element, value) if element["type"] == "number_input" else None


def _number_complaint(element: Json, value: str) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return "Please enter a number."
    if not element["is_decimal_allowed"] and not number.is_integer():
        return "Please enter a whole number."
    low, high = element.get("min_value"), element.get("max_value")
    if (low is not None and number < float(low)) or (high is not None and number > float(high)):
        return "Please enter a number in range."
    return None
