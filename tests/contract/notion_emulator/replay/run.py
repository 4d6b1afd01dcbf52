"""Replaying one recorded file against a fresh emulator."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientSession
from yarl import URL

from playground.notion import NotionEmulator, serving
from playground.notion.state import User
from tests.contract.notion_emulator.replay.compare import Comparison, wrong_property_order
from tests.contract.notion_emulator.replay.idmap import IdMap
from tests.contract.notion_emulator.replay.recordings import (
    Interaction,
    ids_in,
    objects_in,
)
from tests.contract.notion_emulator.replay.seeding import Seeder
from tests.contract.notion_emulator.replay.seeds import Seeds, Thing, made_in, seeds_of


_SPACE = re.compile(r"block_property:[^:}]+:[^:}]+:([0-9a-f-]{36})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one interaction went: equal, different (where), or skipped (why)."""

    interaction: Interaction
    difference: str | None = None
    skipped: str | None = None


@dataclass(slots=True)
class _Clock:
    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def follow(self, interaction: Interaction) -> None:
        """Be at the time at which a recorded write happened."""
        if interaction.writes and interaction.status == 200:
            times = [
                thing["last_edited_time"]
                for thing in objects_in(interaction.answer)
                if "last_edited_time" in thing and thing["object"] != "user"
            ]
            if times:
                self.moment = max(self.moment, max(map(datetime.fromisoformat, times)))
        self.moment += timedelta(milliseconds=10)


@dataclass(slots=True, kw_only=True)
class Replay:
    """One file against one emulator."""

    interactions: list[Interaction]
    known: dict[str, Thing]
    outcomes: list[Outcome] = field(default_factory=list)

    async def run(self) -> list[Outcome]:
        """Seed, then send every interaction and compare."""
        clock = _Clock(_beginning(self.interactions))
        emulator = NotionEmulator(now=clock.now, calls_per_window=None)
        workbench = emulator.add_workspace()
        workspace = workbench.workspace
        seeds = seeds_of(self.interactions, self.known)
        connection = workbench.connect(_bot_name(self.interactions))
        bot = _own_bot(self.interactions)
        workspace.users.clear()
        seeder = Seeder(workspace, self.known | seeds.sights)
        seeder.stubs |= set(workspace.pages)
        for user in seeds.users:
            seeder.user(user)
        if bot is not None:
            connection.bot_id = bot
        workspace.users.setdefault(
            connection.bot_id, User(id=connection.bot_id, name=connection.name, kind="bot")
        )
        if connection.name != "Bot":
            workspace.users[connection.bot_id].name = connection.name
        _learn_workspace(self.interactions, workspace)
        for thing in seeds.things:
            seeder.seed(thing)
        for database_id, title in _mentioned_databases(self.interactions):
            if database_id in seeds.unknown:
                seeder.mentioned_database(database_id, title)
        seeder.finish()
        seeder.put_in_order(seeds.rank, seeds.places)
        ids = IdMap()
        for seeded in _seeded_ids(seeds, seeder):
            ids.pair(seeded, seeded)
        comparison = Comparison(
            ids=ids,
            chosen_colors=set(_colors_asked(self.interactions)),
            ignored_results=seeder.stubs,
            made=made_in(self.interactions),
            late=_late(self.interactions),
        )
        async with serving(emulator) as url, ClientSession() as session:
            sender = _Sender(session=session, url=url, token=connection.token, ids=ids)
            for interaction in self.interactions:
                clock.follow(interaction)
                self.outcomes.append(await _outcome(interaction, sender, comparison, seeds))
        return self.outcomes


@dataclass(slots=True, kw_only=True)
class _Sender:
    session: ClientSession
    url: str
    token: str
    ids: IdMap
    cursors: dict[str, str] = field(default_factory=dict)

    async def send(self, interaction: Interaction) -> tuple[int, Any]:
        path = "/".join(self.ids.rewritten_text(part) for part in interaction.path.split("/"))
        query = "&".join(
            "=".join(self._parameter(*pair.partition("=")[::2]))
            for pair in (interaction.query or "").split("&")
            if pair
        )
        body = self.ids.rewritten(interaction.body)
        if isinstance(body, dict) and "start_cursor" in body:
            body["start_cursor"] = self.cursors.get(path, body["start_cursor"])
        token = self.token if interaction.status != 401 else "wrong"
        async with self.session.request(
            interaction.method,
            URL(f"{self.url}{path}?{query}", encoded=True),
            data=None if body is None else json.dumps(body),
            headers={
                "Authorization": f"Bearer {token}",
                "Notion-Version": interaction.version,
                "Content-Type": "application/json",
            },
        ) as response:
            answer = await response.json()
            if answer.get("next_cursor"):
                self.cursors[path] = answer["next_cursor"]
            return response.status, answer

    def _parameter(self, name: str, value: str) -> tuple[str, str]:
        if name == "start_cursor":
            return name, next(reversed(self.cursors.values()), value)
        return name, self.ids.rewritten_text(value)


async def _outcome(
    interaction: Interaction, sender: _Sender, comparison: Comparison, seeds: Seeds
) -> Outcome:
    if not interaction.is_emulated:
        return Outcome(interaction=interaction, skipped="not emulated")
    lost = [one for one in ids_in(interaction.path) if one in seeds.unknown]
    if lost and interaction.status == 200:
        return Outcome(interaction=interaction, skipped=f"nothing is known of {lost[0]}")
    if _holds_an_id_twice(interaction):
        return Outcome(interaction=interaction, skipped="the recording gives two users one id")
    status, answer = await sender.send(interaction)
    if status != interaction.status:
        return Outcome(
            interaction=interaction,
            difference=f"status {interaction.status} != {status}: {answer.get('message')}",
        )
    if status != 200:
        same = answer.get("code") == interaction.answer.get("code")
        return Outcome(
            interaction=interaction, difference=None if same else f"code {answer.get('code')}"
        )
    if interaction.path == "/v1/search":
        comparison.leave_out_of_search(interaction.answer, answer, json.dumps(interaction.body))
    difference = comparison.difference(interaction.answer, answer) or wrong_property_order(answer)
    return Outcome(interaction=interaction, difference=difference)


def _mentioned_databases(interactions: list[Interaction]) -> Iterator[tuple[str, str]]:
    def walk(value: Any) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            mention = value.get("mention")
            if isinstance(mention, dict) and mention.get("type") == "database":
                yield mention["database"]["id"], value["plain_text"]
            for inner in value.values():
                yield from walk(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from walk(inner)

    for interaction in interactions:
        yield from walk(interaction.answer)


def _holds_an_id_twice(interaction: Interaction) -> bool:
    if interaction.path != "/v1/users" or interaction.status != 200:
        return False
    listed = [user["id"] for user in interaction.answer["results"]]
    return len(listed) != len(set(listed))


def _beginning(interactions: list[Interaction]) -> datetime:
    created = [
        thing["created_time"]
        for interaction in interactions
        if interaction.creates
        for thing in objects_in(interaction.answer)
        if "created_time" in thing
    ]
    edited = [
        thing["last_edited_time"]
        for interaction in interactions
        for thing in objects_in(interaction.answer)
        if "last_edited_time" in thing
    ]
    if created:
        return datetime.fromisoformat(created[0])
    if edited:
        return max(map(datetime.fromisoformat, edited))
    return datetime(2026, 1, 1, tzinfo=UTC)


def _bots_seen(interactions: list[Interaction]) -> Iterator[str]:
    for interaction in interactions:
        if interaction.path == "/v1/users/me" and interaction.status == 200:
            yield interaction.answer["id"]
    for interaction in interactions:
        if interaction.creates and "created_by" in interaction.answer:
            yield interaction.answer["created_by"]["id"]
    made = made_in(interactions)
    for interaction in interactions:
        for thing in objects_in(interaction.answer):
            if thing["id"] in made and "created_by" in thing:
                yield thing["created_by"]["id"]
    for interaction in interactions:
        if interaction.writes and "last_edited_by" in interaction.answer:
            yield interaction.answer["last_edited_by"]["id"]
    for interaction in interactions:
        for thing in objects_in(interaction.answer):
            if thing["object"] == "user" and "owner" in thing.get("bot", {}):
                yield thing["id"]


def _own_bot(interactions: list[Interaction]) -> str | None:
    return next(_bots_seen(interactions), None)


def _bot_name(interactions: list[Interaction]) -> str:
    for interaction in interactions:
        for thing in objects_in(interaction.answer):
            display = thing.get("display_name")
            if display and display["type"] == "integration":
                return str(display["resolved_name"])
    return "Bot"


def _learn_workspace(interactions: list[Interaction], workspace: Any) -> None:
    workspace.id = _space_id(interactions) or workspace.id
    for interaction in interactions:
        for thing in objects_in(interaction.answer):
            bot = thing.get("bot", {}) if thing["object"] == "user" else {}
            if "workspace_id" in bot:
                workspace.id = bot["workspace_id"]
                workspace.name = bot["workspace_name"]


def _late(interactions: list[Interaction]) -> dict[str, set[str]]:
    """Return by search what any of its repetitions found: the index learns late."""
    late: dict[str, set[str]] = {}
    for interaction in interactions:
        if interaction.path == "/v1/search" and interaction.status == 200:
            found = {result["id"] for result in interaction.answer["results"]}
            late.setdefault(json.dumps(interaction.body), set()).update(found)
    return late


def _space_id(interactions: list[Interaction]) -> str | None:
    spaces = Counter(
        space
        for interaction in interactions
        for space in _SPACE.findall(json.dumps(interaction.answer))
    )
    return spaces.most_common(1)[0][0] if spaces else None


def _colors_asked(interactions: list[Interaction]) -> Iterator[tuple[str, str]]:
    def walk(value: Any) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            if isinstance(value.get("name"), str) and isinstance(value.get("color"), str):
                yield value["name"], value["color"]
            for inner in value.values():
                yield from walk(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from walk(inner)

    for interaction in interactions:
        yield from walk(interaction.body)


def _seeded_ids(seeds: Seeds, seeder: Seeder) -> Iterator[str]:
    workspace = seeder._workspace
    for kind in (
        workspace.pages,
        workspace.databases,
        workspace.data_sources,
        workspace.blocks,
        workspace.comments,
        workspace.users,
    ):
        yield from kind
    for comment in workspace.comments.values():
        yield comment.discussion_id
    for table in workspace.data_sources.values():
        for column in table.columns.values():
            yield column.id
            for option in column.config.get("options", []):
                yield option["id"]
            for group in column.config.get("groups", []):
                yield group["id"]
