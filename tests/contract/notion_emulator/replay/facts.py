"""What a recorded file tells of the world it was recorded in."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from tests.contract.notion_emulator.replay.recordings import (
    Interaction,
    dicts_in,
    ids_in,
    objects_in,
)
from tests.contract.notion_emulator.replay.seeds import made_in

_SPACE = re.compile(r"block_property:[^:}]+:[^:}]+:([0-9a-f-]{36})")


def beginning(interactions: list[Interaction]) -> datetime:
    """Return when the file begins: with its first creation, else after the last edit it shows."""
    created = [
        thing["created_time"]
        for interaction in interactions
        if interaction.creates
        for thing in objects_in(interaction.answer)
        if "created_time" in thing
    ]
    if created:
        return datetime.fromisoformat(created[0])
    edited = [
        datetime.fromisoformat(thing["last_edited_time"])
        for interaction in interactions
        for thing in objects_in(interaction.answer)
        if "last_edited_time" in thing
    ]
    return max([*edited, *_now_of_formulas(interactions)], default=datetime(2026, 1, 1, tzinfo=UTC))


def _now_of_formulas(interactions: list[Interaction]) -> Iterator[datetime]:
    """Yield what formulas come to in a lone answer: of one that tells the time, the only sign."""
    if len(interactions) != 1:
        return
    for inner in dicts_in(interactions[0].answer):
        formula = inner.get("formula")
        if isinstance(formula, dict) and formula.get("date"):
            yield datetime.fromisoformat(formula["date"]["start"])


def own_bot(interactions: list[Interaction]) -> str | None:
    """Return the id of the bot whose token was used."""
    return next(_bots_seen(interactions), None)


def _bots_seen(interactions: list[Interaction]) -> Iterator[str]:
    """Yield who may be the bot, the surest sign first."""
    made = made_in(interactions)
    for interaction in interactions:
        if interaction.path == "/v1/users/me" and interaction.status == 200:
            yield interaction.answer["id"]
    shown = [(one, thing) for one in interactions for thing in objects_in(one.answer)]
    yield from (
        thing["created_by"]["id"]
        for _, thing in shown
        if thing["id"] in made and "created_by" in thing
    )
    # Nobody but its author can change a comment by the API.
    yield from (
        one.answer["created_by"]["id"]
        for one in interactions
        if one.writes and one.answer.get("object") == "comment"
    )
    yield from (
        one.answer["last_edited_by"]["id"]
        for one in interactions
        if one.writes and "last_edited_by" in one.answer
    )
    yield from (thing["id"] for _, thing in shown if "owner" in thing.get("bot", {}))


def bot_name(interactions: list[Interaction]) -> str | None:
    """Return what the bot is called where it comments."""
    for interaction in interactions:
        for thing in objects_in(interaction.answer):
            display = thing.get("display_name")
            if display and display["type"] == "integration":
                return str(display["resolved_name"])
    return None


def workspace_facts(interactions: list[Interaction]) -> tuple[str | None, str | None]:
    """Return the workspace's id, which formulas hold too, and its name."""
    spaces = Counter(
        space
        for interaction in interactions
        for space in _SPACE.findall(json.dumps(interaction.answer))
    )
    found = spaces.most_common(1)[0][0] if spaces else None
    name = None
    for interaction in interactions:
        for inner in dicts_in(interaction.answer):
            found = inner.get("workspace_id", found)
            name = inner.get("workspace_name", name)
    return found, name


def colors_asked(interactions: list[Interaction]) -> set[tuple[str, str]]:
    """Return the names of options whose colour a request gave, with it."""
    return {
        (inner["name"], inner["color"])
        for interaction in interactions
        for inner in dicts_in(interaction.body)
        if isinstance(inner.get("name"), str) and isinstance(inner.get("color"), str)
    }


def found_sometime(interactions: list[Interaction]) -> dict[str, set[str]]:
    """Return by search what any of its repetitions found: the index learns late."""
    found: dict[str, set[str]] = {}
    for interaction in interactions:
        if interaction.path == "/v1/search" and interaction.status == 200:
            results = {result["id"] for result in interaction.answer["results"]}
            found.setdefault(json.dumps(interaction.body), set()).update(results)
    return found


def mentioned_databases(interactions: list[Interaction]) -> Iterator[tuple[str, str]]:
    """Yield id and title of the databases that texts mention."""
    for interaction in interactions:
        for inner in dicts_in(interaction.answer):
            mention = inner.get("mention")
            if isinstance(mention, dict) and mention.get("type") == "database":
                yield mention["database"]["id"], inner["plain_text"]


def lone_property_items(interactions: list[Interaction]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the property items of rows that the file shows in no other way."""
    shown = {
        thing["id"] for interaction in interactions for thing in objects_in(interaction.answer)
    } | made_in(interactions)
    for interaction in interactions:
        if "/properties/" in interaction.path and interaction.status == 200:
            page_id = next(ids_in(interaction.path))
            if page_id not in shown and not interaction.answer.get("next_cursor"):
                yield page_id, interaction.answer


def parents_of_made(interactions: list[Interaction]) -> Iterator[dict[str, Any]]:
    """Yield what blocks were appended to, and the pages that pages were made in."""
    for interaction in interactions:
        if interaction.is_made_at("/v1/pages") and "page_id" in interaction.answer["parent"]:
            yield interaction.answer["parent"]
        if interaction.method == "PATCH" and interaction.path.endswith("/children"):
            for block in interaction.answer.get("results", [])[:1]:
                yield block["parent"]


def rows_made(interactions: list[Interaction]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield what was asked and answered where rows were made."""
    for interaction in interactions:
        if interaction.is_made_at("/v1/pages") and "data_source_id" in interaction.answer["parent"]:
            yield interaction.body, interaction.answer


def replies(interactions: list[Interaction]) -> Iterator[dict[str, Any]]:
    """Yield the comments that went on with a discussion."""
    for interaction in interactions:
        if interaction.is_made_at("/v1/comments") and "discussion_id" in interaction.body:
            yield interaction.answer
