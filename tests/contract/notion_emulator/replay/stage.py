"""Setting the stage: an emulator that holds what a recorded file found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from playground.notion import Connection, NotionEmulator
from playground.notion.state import User
from playground.notion.workspace import Workspace
from tests.contract.notion_emulator.replay import facts
from tests.contract.notion_emulator.replay.idmap import IdMap
from tests.contract.notion_emulator.replay.recordings import Interaction, ids_in
from tests.contract.notion_emulator.replay.seeding import Seeder
from tests.contract.notion_emulator.replay.seeds import Seeds, Thing, seeds_of, templates_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A seeded emulator; `stubs` are the objects that had to be made up."""

    emulator: NotionEmulator
    connection: Connection
    ids: IdMap
    unknown: set[str]
    stubs: set[str]


def set_stage(
    interactions: list[Interaction], known: dict[str, Thing], now: Callable[[], datetime]
) -> Stage:
    """Return a fresh emulator for a file, seeded objects under their recorded ids."""
    emulator = NotionEmulator(now=now, calls_per_window=None)
    workbench = emulator.add_workspace()
    workspace = workbench.workspace
    connection = workbench.connect(facts.bot_name(interactions) or "Bot")
    seeds = seeds_of(interactions, known)
    seeder = Seeder(workspace, known | seeds.sights)
    seeder.stubs |= set(workspace.pages)
    _people(interactions, seeds, seeder, connection)
    space_id, name = facts.workspace_facts(interactions)
    workspace.id, workspace.name = space_id or workspace.id, name or workspace.name
    for thing in seeds.things:
        seeder.seed(thing)
    _what_is_barely_known(interactions, seeds, seeder)
    for table in workspace.data_sources.values():
        listed = _templates(interactions, table.id) or known.get(templates_key(table.id), {})
        table.templates += [
            (each["id"], each["name"], each["is_default"]) for each in listed.get("templates", [])
        ]
    seeder.finish()
    seeder.put_in_order(seeds.rank, seeds.places)
    ids = IdMap()
    for seeded in _seeded_ids(workspace):
        ids.pair(seeded, seeded)
    return Stage(
        emulator=emulator,
        connection=connection,
        ids=ids,
        unknown=seeds.unknown,
        stubs=seeder.stubs,
    )


def _templates(interactions: list[Interaction], data_source_id: str) -> Thing | None:
    """Return the whole list of a table's templates, where the file itself shows it."""
    for interaction in interactions:
        if interaction.path.endswith("/templates") and interaction.status == 200:
            is_whole = not interaction.answer["has_more"] and "start_cursor" not in (
                interaction.query or ""
            )
            if is_whole and data_source_id in ids_in(interaction.path):
                return interaction.answer
    return None


def _people(
    interactions: list[Interaction], seeds: Seeds, seeder: Seeder, connection: Connection
) -> None:
    users = connection.workspace.users
    users.clear()
    for user in seeds.users:
        seeder.user(user)
    connection.bot_id = facts.own_bot(interactions) or connection.bot_id
    bot = User(id=connection.bot_id, name=connection.name, kind="bot")
    users.setdefault(bot.id, bot).name = facts.bot_name(interactions) or users.get(bot.id, bot).name


def _what_is_barely_known(interactions: list[Interaction], seeds: Seeds, seeder: Seeder) -> None:
    for database_id, title in facts.mentioned_databases(interactions):
        if database_id in seeds.unknown:
            seeder.mentioned_database(database_id, title)
    for page_id, answer in facts.lone_property_items(interactions):
        seeder.property_item(page_id, answer)
    for parent in facts.parents_of_made(interactions):
        if parent[parent["type"]] in seeds.unknown:
            seeder.stub_parent(parent)
            seeds.unknown.discard(parent[parent["type"]])
    for asked, row in facts.rows_made(interactions):
        if row["parent"]["data_source_id"] in seeds.unknown:
            has_template = (asked.get("template") or {}).get("type") == "default"
            seeder.table_of_row(row, has_template=has_template)
            seeds.unknown.discard(row["parent"]["data_source_id"])
    for reply in facts.replies(interactions):
        if reply["discussion_id"] in seeds.unknown:
            seeder.stub_discussion(reply)
            seeds.unknown.discard(reply["discussion_id"])


def _seeded_ids(workspace: Workspace) -> Iterator[str]:
    yield from workspace.pages
    yield from workspace.databases
    yield from workspace.data_sources
    yield from workspace.blocks
    yield from workspace.comments
    yield from workspace.users
    for comment in workspace.comments.values():
        yield comment.discussion_id
    for table in workspace.data_sources.values():
        yield from (template_id for template_id, _, _ in table.templates)
        for column in table.columns.values():
            yield column.id
            for kind in ("options", "groups"):
                yield from (one["id"] for one in column.config.get(kind, []))
