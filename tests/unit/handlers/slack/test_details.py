"""Whoever opens a Work Object is answered in time: with the task, or with why not."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from handlers.slack.details import BROKEN, TITLE, TOO_LATE, Details
from handlers.slack.explain import NOT_READ
from handlers.slack.incoming import Overheard, Pressed, Sender
from handlers.slack.links import Links
from handlers.slack.unfurling import Linking
from tasks.errors import NoSuchTask, NotSaved
from tasks.model import Actor, Source, Task
from tasks.permissions import Presence
from tests.unit.handlers.slack.builders import NOW, task

BASE = "https://tasks.example.com"
URL = f"{BASE}/t/T1/12"
EVENT = {
    "user": "U2",
    "trigger_id": "1.2.3",
    "external_ref": {"id": "T1-12", "type": "task"},
    "entity_url": URL,
    "channel": "C1",
}


class Tasks:
    """A service with one answer."""

    def __init__(self, answer: Task | Exception | None) -> None:
        self.answer = answer
        self.asked: list[tuple[str, int, Actor, Presence]] = []
        self.opened = asyncio.Event()

    async def get(self, team: str, number: int, *, by: Actor, presence: Presence) -> Task:
        self.asked.append((team, number, by, presence))
        if self.answer is None:
            await self.opened.wait()
            raise NotSaved
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Web:
    """Remembers what was shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, dict[str, Any]]] = []
        self.told = asyncio.Event()

    async def present(self, trigger_id: str, entity: dict[str, Any]) -> None:
        self.shown.append((trigger_id, entity))

    async def present_error(self, trigger_id: str, error: dict[str, Any]) -> None:
        self.shown.append((trigger_id, error))
        self.told.set()


class Later:
    """Runs at once what is put off."""

    def __init__(self) -> None:
        self.running: list[asyncio.Task[None]] = []

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        self.running.append(asyncio.create_task(work))


class Rows:
    """Knows one page."""

    async def number_of(self, team: str, page: str) -> int | None:
        return 12 if (team, page) == ("T1", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0") else None


class Cards:
    """Knows the time."""

    def now(self) -> object:
        return NOW


class Bench:
    """Details over a service of one answer."""

    def __init__(self, answer: Task | Exception | None, *, base: str | None = BASE) -> None:
        self.tasks, self.web, self.later = Tasks(answer), Web(), Later()
        linking = Linking(links=Links(base=base), rows=Rows(), previews=None)  # type: ignore[arg-type]  # what is used of each
        self.details = Details(
            tasks=self.tasks,  # type: ignore[arg-type]  # the method that is used
            linking=linking,
            cards=Cards(),  # type: ignore[arg-type]  # as above
            replies=self.later,  # type: ignore[arg-type]  # as above
            read_seconds=0.01 if answer is None else 5.0,
        )

    async def open(self, *, is_shared: bool = False, **changes: object) -> dict[str, Any]:
        """Return what is shown in the end to whoever opens the object."""
        event = {name: it for name, it in {**EVENT, **changes}.items() if it is not None}
        heard = Overheard(
            team="T1",
            event=event,
            app="A1",
            bot="UB",
            web=self.web,  # type: ignore[arg-type]  # the methods that are used
            attempt=0,
            is_shared=is_shared,
        )
        await self.details.opened(heard)
        await self.later.running[-1]
        ((trigger, shown),) = self.web.shown
        assert trigger == "1.2.3"
        return shown


def title(shown: dict[str, Any]) -> str:
    return str(shown["entity_payload"]["attributes"]["title"]["text"])


async def test_whoever_opens_it_is_asked_about_as_if_they_had_pressed_a_button_there() -> None:
    bench = Bench(task())
    assert title(await bench.open()) == "Book the venue"
    by = Actor(person="U2", source=Source.SLACK)
    assert bench.tasks.asked == [("T1", 12, by, Presence(here="C1", is_private=True))]


async def test_out_of_a_search_it_is_known_by_its_address_or_its_page() -> None:
    bench = Bench(task())
    await bench.open(external_ref=None, channel=None)
    assert bench.tasks.asked[0][3] == Presence()
    bench = Bench(task(), base=None)
    page = "https://www.notion.so/Book-0f1e2d3c4b5a69788796a5b4c3d2e1f0"
    assert (await bench.open(external_ref=None, channel=None, entity_url=page))["url"] == page


@pytest.mark.parametrize(
    "changes",
    [
        {"external_ref": {"id": "T2-12"}},
        {"external_ref": {"id": "12"}},
        {"external_ref": None, "entity_url": "https://elsewhere.example/12"},
        {"external_ref": None, "entity_url": f"{BASE}/t/T2/12"},
    ],
)
async def test_p6_what_is_of_another_workspace_is_not_even_looked_for(
    changes: dict[str, Any],
) -> None:
    bench = Bench(task())
    shown = await bench.open(**changes)
    assert shown["custom_message"] == "This is no task of this workspace."
    assert bench.tasks.asked == []


async def test_who_may_not_see_it_reads_the_sentence_of_a_task_that_is_not_there() -> None:
    shown = await Bench(NoSuchTask(12)).open()
    assert (shown["status"], shown["custom_title"]) == ("custom", TITLE)
    assert shown["custom_message"].startswith("There is no T-12 here")


@pytest.mark.parametrize(
    ("audience", "channel", "is_shared"),
    [("C7", "C1", False), ("U2", "C1", False), (None, "C1", True)],
)
async def test_what_all_would_see_below_the_link_is_not_shown_to_one(
    audience: str | None, channel: str, *, is_shared: bool
) -> None:
    bench = Bench(task(audience=audience, channel="C7"))
    shown = await bench.open(channel=channel, is_shared=is_shared)
    assert shown["custom_message"] == "T-12 is not for this conversation: type /task show T-12."


async def test_ones_own_task_is_shown_in_ones_own_conversation() -> None:
    assert title(await Bench(task(audience="U2", creator="U2")).open(channel="D2"))


async def test_a_database_that_cannot_be_reached_is_said() -> None:
    assert (await Bench(NotSaved()).open())["custom_message"] == NOT_READ


async def test_a_database_that_hangs_is_not_waited_for() -> None:
    bench = Bench(None)
    opened = asyncio.create_task(bench.open())
    await bench.web.told.wait()
    bench.tasks.opened.set()
    assert await opened == TOO_LATE


async def test_the_unforeseen_is_owned_up_to() -> None:
    bench = Bench(RuntimeError())
    with pytest.raises(RuntimeError):
        await bench.open()
    assert bench.web.shown == [("1.2.3", BROKEN)]


async def test_details_are_renewed_only_for_whoever_stands_in_them() -> None:
    bench = Bench(task())
    for details in (None, URL):
        pressed = Pressed(
            sender=Sender(team="T1", user="U2", channel="C1", details=details),
            action="done",
            value="12",
            key="k",
            web=bench.web,  # type: ignore[arg-type]  # the methods that are used
            trigger_id="4.5.6",
        )
        bench.details.renew(pressed)
    (running,) = bench.later.running
    await running
    assert [trigger for trigger, _ in bench.web.shown] == ["4.5.6"]
