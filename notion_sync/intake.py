"""From a row of Notion that no task has to the task it becomes; whatever it holds, it comes in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from notion_sync.canonical import Agreed, read
from notion_sync.client import Caller
from notion_sync.exchange import Exchange
from notion_sync.layout import Layout
from notion_sync.mapping import Assigned
from notion_sync.merge import digests
from notion_sync.people import PeopleFinder
from notion_sync.reading import ROLE_OF, UNTITLED, Found, Reader
from notion_sync.wire import JsonObject
from tasks.model import Actor, Change, Field, Source, Status, Task, Value
from tasks.ports import NewId, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What a row becomes: a task, and what is to be remembered of the row."""

    task: Task
    row: Row
    key: str
    """The same for every way in, so that a row becomes one task only."""
    unmapped: tuple[str, ...]
    """What stays in Notion alone, in words that are the same for rows of a kind."""


class Intake:
    """Draws tasks from rows."""

    def __init__(self, *, people: PeopleFinder, exchange: Exchange, new_id: NewId) -> None:
        self._people = people
        self._exchange = exchange
        self._new_id = new_id

    async def drawn(
        self,
        team: str,
        caller: Caller,
        layout: Layout,
        page: JsonObject,
        *,
        at: datetime | None = None,
    ) -> Drawn:
        """Return the task of a row, made and last edited at that time, else when Notion says."""
        made_at = at or datetime.fromisoformat(page["created_time"])
        edited_at = at or datetime.fromisoformat(page["last_edited_time"])
        key = f"notion:{page['id']}"
        author = Actor(person=await self._people.author(caller, page), source=Source.NOTION)
        draft = Task(
            id=self._new_id(),
            team=team,
            number=0,
            title=UNTITLED,
            creator=author.person,
            created_at=made_at,
            updated_at=edited_at,
            changes=(Change(rev=1, by=author, at=made_at, key=key),),
        )
        seen = read(page, layout)
        reader = await self._exchange.reader(
            caller, layout, draft, page, base=Agreed(), assigned=Assigned()
        )
        found = _found(reader, seen)
        values: dict[str, Value] = {
            name.value: one.value for name, one in found.items() if one.usable
        }
        task = replace(draft, **values)  # type: ignore[arg-type]  # Field names the attributes
        if task.status is Status.DONE:
            task = replace(task, completed_at=edited_at, completed_by=author.person)
        said = {name: one for name, one in found.items() if one.said}
        row = Row(
            id=page["id"],
            url=page.get("url"),
            base=replace(seen, mine=digests(task)).kept(),
            remark=" ".join(one.said or "" for one in said.values()) or None,
        )
        unmapped = tuple(_kind(name, one, layout) for name, one in said.items())
        return Drawn(task=task, row=row, key=key, unmapped=unmapped)


def _found(reader: Reader, seen: Agreed) -> dict[Field, Found]:
    return {
        name: reader.found(name, seen.values[role.value])
        for name, role in ROLE_OF.items()
        if role in reader.layout.columns and role.value in seen.values
    }


def _kind(name: Field, found: Found, layout: Layout) -> str:
    column = layout.columns[ROLE_OF[name]].name
    match name:
        case Field.TITLE | Field.NOTES:
            return f"{column}: shortened in the task"
        case Field.DUE if found.usable:
            return f"{column}: a range, of which the task has the beginning"
        case Field.DUE:
            return f"{column}: a date that the task cannot have"
        case Field.TAGS:
            return f"{column}: more, or longer, than a task can have"
        case Field.ASSIGNEES:
            return f"{column}: people whom Slack does not know by the same address"
        case _:
            return (found.said or column).rstrip(".")
