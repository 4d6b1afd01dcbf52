"""Who may connect a database is judged at every step, not only when the form is opened."""

from __future__ import annotations

from typing import cast

import pytest

from handlers.slack.blocks.connect import Plan
from handlers.slack.connecting import NOT_ADMIN, WHO_ARE_YOU, Connect
from handlers.slack.incoming import Searched, Sender, Submitted
from handlers.slack.replies import Replies
from handlers.slack.web import Web
from tasks.model import PersonId
from tasks.permissions import Standing
from tasks.ports import Connecting, Meaning, Preview, Profile, Sketch, Table, Wanted
from tests.fakes.directories import MemoryConnections, MemoryPeople

TABLE = Table(id="table", title="Tasks")
PEOPLE = {
    standing.value: Profile(person=standing.value, name="x", zone=None, standing=standing)
    for standing in Standing
}


class Notion(Connecting):
    """Shows one table, and remembers what was begun."""

    def __init__(self) -> None:
        self.begun: list[PersonId] = []

    async def find(self, team: str, words: str) -> tuple[Table, ...]:
        assert (team, words) == ("T1", "tas")
        return (TABLE,)

    async def look(self, team: str, table: str | None) -> Sketch:
        assert (team, table) == ("T1", "table")
        return Sketch(table=TABLE, fields=())

    async def meanings(self, team: str, wanted: Wanted) -> tuple[Meaning, ...]:
        assert (team, wanted.table) == ("T1", "table")
        return ()

    async def preview(self, team: str, wanted: Wanted) -> Preview:
        assert (team, wanted.table) == ("T1", "table")
        return Preview(table=TABLE, columns={}, rows=(), has_more=False)

    async def start(
        self, team: str, wanted: Wanted, *, name: str, takes_all: bool, by: PersonId
    ) -> None:
        assert (team, wanted.table, takes_all, bool(name)) == ("T1", "table", False, True)
        self.begun.append(by)


def connect(notion: Notion) -> Connect:
    return Connect(
        connecting=notion,
        connections=MemoryConnections(),
        people=MemoryPeople({"T1": PEOPLE.values()}),
        replies=cast("Replies", None),  # nothing here takes long
    )


def searched(sender: Sender) -> Searched:
    return Searched(sender=sender, what="connect_table", words="tas")


def submitted(sender: Sender) -> Submitted:
    return Submitted(
        sender=sender,
        form="",
        view_id="V1",
        metadata={"table": "table", "columns": {}, "turn": Plan().turn},
        values={"connect_takes_all/1": {"selected_options": []}},
        web=cast("Web", None),
    )


@pytest.mark.parametrize("who", [*PEOPLE, "nobody"])
async def test_only_admins_are_shown_databases_and_rows_and_may_begin(who: str) -> None:
    notion = Notion()
    form, sender = connect(notion), Sender(team="T1", user=who)
    is_admin = who == Standing.ADMIN
    assert bool(await form.tables(searched(sender))) is is_admin
    shown = str(await form.mapped(submitted(sender)))
    begun = str(await form.started(submitted(sender)))
    assert notion.begun == ([who] if is_admin else [])
    refusal = WHO_ARE_YOU if who == "nobody" else NOT_ADMIN
    assert [refusal in shown, refusal in begun] == [not is_admin] * 2


async def test_an_admin_of_another_workspace_is_none_here() -> None:
    notion = Notion()
    stranger = Sender(team="T1", user=Standing.ADMIN.value, is_stranger=True)
    assert await connect(notion).tables(searched(stranger)) == []
    assert NOT_ADMIN in str(await connect(notion).started(submitted(stranger)))
    assert notion.begun == []
