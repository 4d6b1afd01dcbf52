"""What a file needs before it begins: everything it shows that it did not make."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.contract.notion_emulator.replay.before import before
from tests.contract.notion_emulator.replay.recordings import (
    Interaction,
    ids_in,
    objects_in,
)

Thing = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Seeds:
    """Objects in the order in which they are to be seeded: the oldest first."""

    things: list[Thing] = field(default_factory=list)
    rank: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    users: list[Thing] = field(default_factory=list)
    sights: dict[str, Thing] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)


def library(files: dict[str, list[Interaction]]) -> dict[str, Thing]:
    """Return the first full sight of every object of a repository, reads before writes."""
    found: dict[str, Thing] = {}
    everything = [one for interactions in files.values() for one in interactions]
    told = [one for one in everything if one.status == 200 and not one.is_of_an_older_shape]
    # Sorting is stable: what shows all comes before what shows a part, reads before writes.
    for interaction in sorted(told, key=lambda one: (one.shows_rows_in_part, one.writes)):
        for thing in objects_in(interaction.answer):
            seen = found.setdefault(thing["id"], thing)
            if seen["object"] == "block" != thing["object"]:
                found[thing["id"]] = thing
    for interaction in told:
        _note_templates(interaction, found)
    return found


def templates_key(data_source_id: str) -> str:
    """Return where the library holds the templates of a data source."""
    return f"templates of {data_source_id}"


def _note_templates(interaction: Interaction, found: dict[str, Thing]) -> None:
    """Remember the longest list of templates seen of each data source."""
    if interaction.path.endswith("/templates"):
        key = templates_key(next(ids_in(interaction.path)))
        longest = found.get(key, {"object": "templates", "templates": []})
        if len(interaction.answer["templates"]) > len(longest["templates"]):
            found[key] = {"object": "templates", "templates": interaction.answer["templates"]}


def made_in(interactions: list[Interaction]) -> set[str]:
    """Return the ids of what the file itself creates, tables of new databases included."""
    made: set[str] = set()
    for interaction in interactions:
        if not interaction.creates:
            continue
        answer = interaction.answer
        made.add(answer.get("id", ""))
        made |= {table["id"] for table in answer.get("data_sources", [])}
        if answer["object"] == "list":
            made |= _appended(interaction)
    return made


def _appended(interaction: Interaction) -> set[str]:
    """Return the new blocks of an append; recorded answers also show those behind them."""
    results = interaction.answer["results"]
    count = len(interaction.body["children"])
    return {block["id"] for block in results[:count]}


def _hangs_on(thing: Thing, made: set[str]) -> bool:
    """Tell whether a block or table came with something that the file made."""
    parent = thing.get("parent", {})
    return (
        thing["object"] in ("block", "data_source")
        and thing["id"] not in made
        and parent.get(parent.get("type")) in made
    )


def seeds_of(interactions: list[Interaction], known: dict[str, Thing]) -> Seeds:
    """Return what is to be seeded for a file."""
    made = made_in(interactions)
    users = _users(interactions)
    sights = _sights(interactions, known, made)
    seeds = Seeds(users=list(users.values()), sights=sights)
    shown = set(sights) | made | set(users)
    for interaction in interactions:
        asked = [interaction.path, interaction.query, interaction.body]
        for used in ids_in(asked):
            if used not in shown and used in known:
                sights.setdefault(used, known[used])
            elif used not in shown:
                seeds.unknown.add(used)
        shown |= set(ids_in(interaction.answer))
    for row in _rows_beyond(interactions, known, made):
        sights.setdefault(row["id"], row)
    kinds = ("database", "data_source", "page", "block", "comment")
    seeds.things = sorted(sights.values(), key=lambda thing: kinds.index(thing["object"]))
    seeds.rank = _rank(interactions)
    seeds.places = _places(interactions)
    return seeds


def _rows_beyond(
    interactions: list[Interaction], known: dict[str, Thing], made: set[str]
) -> Iterator[Thing]:
    """Yield the rows known from elsewhere that a query had more of."""
    for interaction in interactions:
        asked = interaction.body or {}
        has_more = interaction.path.endswith("/query") and interaction.answer.get("has_more")
        table = next(ids_in(interaction.path), "")
        if not has_more or set(asked) - {"page_size"} or table in made:
            continue
        for thing in known.values():
            if thing.get("parent", {}).get("data_source_id") == table and "properties" in thing:
                yield thing


def _shown(interactions: list[Interaction]) -> Iterator[tuple[Interaction, Thing]]:
    for interaction in interactions:
        if interaction.status == 200 and not interaction.is_of_an_older_shape:
            for thing in objects_in(interaction.answer):
                yield interaction, thing


def _users(interactions: list[Interaction]) -> dict[str, Thing]:
    """Return the people and bots shown; what a bot says of itself comes first."""
    users = {
        interaction.answer["id"]: interaction.answer
        for interaction in interactions
        if interaction.path == "/v1/users/me" and interaction.status == 200
    }
    for _, thing in _shown(interactions):
        if thing["object"] == "user":
            users.setdefault(thing["id"], thing)
    return users


def _sights(
    interactions: list[Interaction], known: dict[str, Thing], made: set[str]
) -> dict[str, Thing]:
    """Return the first sight of what the file did not make, adding to `made` what came with it."""
    sights: dict[str, Thing] = {}
    for interaction, thing in _shown(interactions):
        if thing["object"] == "user" or thing["id"] in made:
            continue
        if _hangs_on(thing, made):
            made.add(thing["id"])
            continue
        better = thing
        if interaction.writes:
            better = before(interaction, thing, known.get(thing["id"], thing))
        elif interaction.shows_rows_in_part:
            better = known.get(thing["id"], thing)
        seen = sights.setdefault(thing["id"], better)
        if seen["object"] == "block" != better["object"]:
            sights[thing["id"]] = better
    return sights


def _rank(interactions: list[Interaction]) -> dict[str, int]:
    """Number rows and tables from the newest, as unsorted queries and searches list them."""
    unsorted = [
        interaction
        for interaction in interactions
        if interaction.status == 200 and not (interaction.body or {}).get("sorts")
    ]
    queries = [one.answer["results"] for one in unsorted if one.path.endswith("/query")]
    searches = [one.answer["results"] for one in unsorted if one.path.endswith("/search")]
    rank: dict[str, int] = {}
    for results in (*sorted(queries, key=len, reverse=True), *searches):
        for result in results:
            rank.setdefault(result["id"], len(rank))
    return rank


def _places(interactions: list[Interaction]) -> dict[str, int]:
    """Number blocks as lists of children show them."""
    places: dict[str, int] = {}
    for interaction in interactions:
        if interaction.path.endswith("/children") and interaction.status == 200:
            position = (interaction.body or {}).get("position") or {}
            for anchor in ids_in(position):
                places.setdefault(anchor, len(places))
            for block in interaction.answer.get("results", []):
                places.setdefault(block["id"], len(places))
    return places
