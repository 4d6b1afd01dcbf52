"""What a recorded write found: the known object, set right by what the write tells of it."""

from typing import Any

from tests.contract.notion_emulator.replay.recordings import Interaction

Thing = dict[str, Any]


def before(interaction: Interaction, after: Thing, known: Thing) -> Thing:
    """Return an object as it was before the write that answered with `after`."""
    found = known | {"in_trash": False}
    if interaction.method == "DELETE" and after["object"] == known["object"]:
        return after | {"in_trash": False}
    if interaction.method != "PATCH" or not isinstance(interaction.body, dict):
        return found
    if after["object"] == "block":
        return _block(interaction.body, after, found)
    if after["object"] == "data_source":
        return _table(interaction.body.get("properties") or {}, after, found)
    return found


def _block(asked: Thing, after: Thing, found: Thing) -> Thing:
    """What a request does not name it leaves as it was."""
    kind = after["type"]
    named = asked.get(kind) or {}
    if found.get("type") != kind:
        return found
    kept = {key: value for key, value in after[kind].items() if key not in named}
    return found | {kind: found[kind] | kept}


def _table(asked: Thing, after: Thing, found: Thing) -> Thing:
    """What a request renames or deletes was there under its old name."""
    columns = dict(found["properties"])
    for name, config in asked.items():
        if name in columns or any(each["id"] == name for each in columns.values()):
            continue
        if config is None:
            gone = {"id": f":::{chr(ord(':') + len(columns) % 60)}", "type": "rich_text"}
            columns[name] = {**gone, "name": name, "rich_text": {}}
        elif set(config) == {"name"} and config["name"] in after["properties"]:
            columns.pop(config["name"], None)
            columns[name] = after["properties"][config["name"]] | {"name": name}
    return found | {"properties": columns}
