"""How often the database is asked before somebody is answered: counted at the driver itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from pymongo import monitoring
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from observability.logs import current_request_id
from tests.acceptance.world import World

AFTERWARDS = ("Replies.", "Home.", "Syncing.standing", "Dates.now_for")
"""What runs after the answer, though its request has begun it."""


@dataclass(slots=True)
class Commands(CommandListener):
    """Notes what is asked on behalf of a request, before its answer."""

    seen: list[str] = field(default_factory=list)

    def started(self, event: CommandStartedEvent) -> None:
        running = asyncio.current_task()
        if current_request_id() is None or running is None:
            return  # a follower
        name = getattr(running.get_coro(), "__qualname__", "")
        if not name.startswith(AFTERWARDS):
            what = event.command.get(event.command_name)
            self.seen.append(f"{event.command_name} {what}")

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Nothing more to note."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing more to note."""


@pytest.fixture
def asked() -> Iterator[Commands]:
    """Listen to every client that is made from now on."""
    commands = Commands()
    monitoring.register(commands)
    yield commands
    monitoring._LISTENERS.command_listeners.remove(commands)


TYPED = [
    ("add Book the venue @sam due friday 5pm !high #offsite", 2),
    ("", 1),
    ("list all", 1),
    ("list here", 1),
    ("list #offsite", 1),
    ("list overdue", 1),
    ("list unassigned", 1),
    ("list done", 1),
    ("list done mine", 1),
    ("search venue", 1),
    ("show 1", 1),
    ("done 1", 1),
    ("done 1; reopen 1", 1),
    ("assign 1 @sam", 1),
    ("due 1 tomorrow 9:00", 1),
    ("priority 1 low", 1),
    ("snooze 1 3d", 1),
    ("tag 1 #a", 1),
    ("delete 1", 1),
    ("delete 1; restore 1", 1),
    ("reopen 1", 2),  # nothing changes: it is read why
    ("undo", 2),
    ("undo 1", 2),
    ("help", 0),
]


async def started(world: World, asked: Commands) -> None:
    """Make a task and show lists once, so that what is cached is there."""
    for line in ("add Book the venue due friday", "list", "show 1", "help"):
        await world.slack.command(f"/task {line}", user="U1")
    asked.seen.clear()


@pytest.mark.parametrize(("line", "most"), TYPED, ids=[line or "bare" for line, _ in TYPED])
async def test_a_command_is_answered_after_so_many_round_trips(
    asked: Commands, empty_world: World, line: str, most: int
) -> None:
    async with empty_world.run_bot():
        await started(empty_world, asked)
        *before, last = line.split("; ")
        for one in before:
            await empty_world.slack.command(f"/task {one}", user="U1")
        asked.seen.clear()
        answer = await empty_world.slack.command(f"/task {last}", user="U1")
        assert answer.plain
        assert len(asked.seen) == most, asked.seen


PRESSED = [("Done", 1), ("Undo", 2)]


@pytest.mark.parametrize(("button", "most"), PRESSED)
async def test_a_button_is_answered_after_so_many_round_trips(
    asked: Commands, empty_world: World, button: str, most: int
) -> None:
    async with empty_world.run_bot():
        await started(empty_world, asked)
        card = (await empty_world.slack.command("/task priority 1 high", user="U1")).message
        asked.seen.clear()
        assert (await empty_world.slack.click(card, button, user="U1")).ack.ok
        assert len(asked.seen) == most, asked.seen


async def test_a_form_is_opened_and_saved_after_so_many_round_trips(
    asked: Commands, empty_world: World
) -> None:
    async with empty_world.run_bot():
        await started(empty_world, asked)
        new = (await empty_world.slack.command("/task add", user="U1")).modal
        assert new is not None
        assert asked.seen == []
        await empty_world.slack.submit(new, {"Title": "Call the caterer"}, user="U1")
        assert len(asked.seen) == 2, asked.seen
        asked.seen.clear()
        edit = (await empty_world.slack.command("/task edit 1", user="U1")).modal
        assert edit is not None
        await empty_world.slack.submit(edit, {"Title": "Book a venue"}, user="U1")
        assert len(asked.seen) == 2, asked.seen  # the form is read once, and saved once


async def test_a_page_and_the_home_tab_are_one_round_trip_each(
    asked: Commands, empty_world: World
) -> None:
    async with empty_world.run_bot():
        await started(empty_world, asked)
        for number in range(12):
            await empty_world.slack.command(f"/task add Task number {number}", user="U1")
        listed = (await empty_world.slack.command("/task list", user="U1")).message
        asked.seen.clear()
        assert (await empty_world.slack.click(listed, "Next page", user="U1")).ack.ok
        assert len(asked.seen) == 1, asked.seen
        asked.seen.clear()
        await empty_world.slack.open_home(user="U1")
        await empty_world.slack.until(lambda: empty_world.slack.home("U1"))
        home = empty_world.slack.home("U1")
        assert home is not None
        assert asked.seen == []  # the event is acknowledged before anything is read
        await empty_world.slack.click(
            home, "home_task", user="U1", value="done:2", block_id="task/2"
        )
        assert asked.seen == ["findAndModify tasks"]


async def test_a_claim_and_a_tick_are_one_write_and_a_tick_taken_away_is_read_first(
    asked: Commands, empty_world: World
) -> None:
    async with empty_world.run_bot():
        await started(empty_world, asked)
        edit = (await empty_world.slack.command("/task edit 1", user="U1")).modal
        assert edit is not None
        await empty_world.slack.submit(edit, {"Checklist": "Call\nPay"}, user="U1")
        card = (await empty_world.slack.command("/task show 1", user="U1")).message
        for wanted, value, shown, most in (
            ("more", "Claim", "T-1 is yours now.", 1),
            ("tick:0", ["Call"], "T-1: 1/2 steps.", 1),
            ("tick:0", [], "T-1: 0/2 steps.", 2),
        ):
            asked.seen.clear()
            await empty_world.slack.click(card, wanted, user="U1", value=value)
            assert len(asked.seen) == most, asked.seen
            await empty_world.slack.until(lambda shown=shown: shown in card.plain)  # type: ignore[misc]  # bound early
