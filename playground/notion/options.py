"""Options of select, multi-select and status columns."""

from playground.notion.checks import a_list, a_string, an_object, one_of
from playground.notion.errors import validation_error
from playground.notion.ids import Ids
from playground.notion.json_types import JsonObject
from playground.notion.state import Column

MOST_OPTIONS = 100
_MOST_NAME = 100
COLORS = (
    "default",
    "gray",
    "brown",
    "orange",
    "yellow",
    "green",
    "blue",
    "purple",
    "pink",
    "red",
)
_GROUP_COLORS = {"To-do": "gray", "In progress": "blue", "Complete": "green"}
_DEFAULT_STATUSES = (
    ("Not started", "default", "To-do"),
    ("In progress", "blue", "In progress"),
    ("Done", "green", "Complete"),
)


def options_of(column: Column) -> list[JsonObject]:
    """Return the options of a column, in order."""
    options: list[JsonObject] = column.config["options"]
    return options


def option_by_id(column: Column, option_id: str) -> JsonObject | None:
    """Return an option by its id."""
    return next((o for o in options_of(column) if o["id"] == option_id), None)


def option_by_name(column: Column, name: str) -> JsonObject | None:
    """Return an option by its name, letter case counting."""
    return next((o for o in options_of(column) if o["name"] == name), None)


def new_option(ids: Ids, name: str, *, taken: int, color: str | None = None) -> JsonObject:
    """Make an option; Notion chooses a colour where none is asked for."""
    if "," in name:
        raise validation_error(f"Invalid select option, commas not allowed: {name}")
    return {
        "id": ids.uuid(),
        "name": name,
        "color": color or COLORS[(taken + 1) % len(COLORS)],
        "description": None,
    }


def read_options(
    ids: Ids, value: object, path: str, *, existing: list[JsonObject]
) -> list[JsonObject]:
    """Read a full list of options; known ones are found by id or name, those left out go."""
    chosen: list[JsonObject] = []
    for index, item in enumerate(a_list(value, path, most=MOST_OPTIONS)):
        option = _read_option(ids, item, f"{path}[{index}]", existing, len(chosen))
        if any(other["name"] == option["name"] for other in chosen):
            raise validation_error(f"{path} should not contain duplicates: {option['name']}.")
        chosen.append(option)
    return chosen


def _read_option(
    ids: Ids, value: object, path: str, existing: list[JsonObject], taken: int
) -> JsonObject:
    given = an_object(value, path)
    color = given.get("color")
    if color is not None:
        one_of(color, f"{path}.color", COLORS)
    known = next((o for o in existing if o["id"] == given.get("id")), None)
    if known is None:
        name = a_string(given.get("name"), f"{path}.name", most=_MOST_NAME)
        known = next((o for o in existing if o["name"] == name), None)
        if known is None:
            return new_option(ids, name, taken=taken, color=color)
    if color is not None and color != known["color"]:
        raise validation_error(f"Cannot update color of select with name: {known['name']}.")
    return {**known, "name": a_string(given.get("name", known["name"]), f"{path}.name")}


def default_status(ids: Ids) -> JsonObject:
    """Return the configuration of a new status column."""
    options = []
    for name, color, _ in _DEFAULT_STATUSES:
        options.append(new_option(ids, name, taken=0, color=color))
    placed = {
        option["name"]: group
        for option, (_, _, group) in zip(options, _DEFAULT_STATUSES, strict=True)
    }
    return {"options": options, "groups": _groups(ids, options, placed, [])}


def read_status(ids: Ids, value: JsonObject, path: str, *, config: JsonObject) -> JsonObject:
    """Read the options of a status column, each in its `group` (by default where it was)."""
    if "options" not in value:
        return config
    options = read_options(ids, value["options"], f"{path}.options", existing=config["options"])
    homes = {
        option_id: group["name"] for group in config["groups"] for option_id in group["option_ids"]
    }
    placed: dict[str, str] = {}
    for option, raw in zip(options, a_list(value["options"], path), strict=True):
        asked = an_object(raw, path).get("group")
        if asked is not None:
            one_of(asked, f"{path}.options.group", tuple(_GROUP_COLORS))
        placed[option["name"]] = asked or homes.get(option["id"], "To-do")
    return {"options": options, "groups": _groups(ids, options, placed, config["groups"])}


def _groups(
    ids: Ids, options: list[JsonObject], placed: dict[str, str], existing: list[JsonObject]
) -> list[JsonObject]:
    known = {group["name"]: group["id"] for group in existing}
    return [
        {
            "id": known.get(name) or ids.uuid(),
            "name": name,
            "color": color,
            "option_ids": [o["id"] for o in options if placed[o["name"]] == name],
        }
        for name, color in _GROUP_COLORS.items()
    ]


def group_members(column: Column, name: str) -> list[str]:
    """Return the ids of the options in a status group, none if there is no such group."""
    for group in column.config.get("groups", []):
        if group["name"] == name:
            members: list[str] = group["option_ids"]
            return members
    return []
