"""PyMongo's asynchronous API beside Motor, under our own adapters: `python -m benchmarks.drivers`.

Both speak to one mongod in one process, in short turns that alternate, so that whatever else the
machine does is felt by both. Ratios count, not the figures.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from bot.embedded import embedded_mongod
from storage.client import Driver, connect
from storage.indexes import ensure_indexes
from storage.stores import Stores, open_stores
from tasks.commands import ListTasks, TaskFilter
from tasks.model import Actor, Change, Field, Source, Task
from tasks.patch import Patch
from tasks.ports import ChangeOrder, Row

ROUNDS = 9
TURN_OPERATIONS = 240
WORKERS = (1, 16)
TEAMS = 8
TASKS_PER_TEAM = 150

Operation: TypeAlias = Callable[[Stores, int], Awaitable[object]]

_now = datetime.now(UTC)
_BY = Actor(person="U1", source=Source.SLACK)
_ids = itertools.count(1)


def _team(number: int) -> str:
    return f"T{number % TEAMS}"


async def add(stores: Stores, number: int) -> None:
    """Save a new task: a number, then the insertion."""
    fresh = f"{next(_ids)}"
    task = Task(
        id=fresh,
        team=_team(number),
        number=0,
        title=f"Book the venue {fresh}",
        creator=f"U{number % 20}",
        created_at=_now,
        updated_at=_now,
        changes=(Change(rev=1, by=_BY, at=_now, key=fresh),),
    )
    await stores.tasks.add(task, key=fresh)


async def change(stores: Stores, number: int) -> None:
    """Change a task: one write."""
    order = ChangeOrder(
        team=_team(number),
        number=1 + number % TASKS_PER_TEAM,
        patch=Patch.of({Field.NOTES: f"note {next(_ids)}"}),
        by=_BY,
        at=_now,
        key=f"{next(_ids)}",
    )
    await stores.tasks.change(order)


async def get(stores: Stores, number: int) -> None:
    """Read a task by its number."""
    await stores.tasks.get(_team(number), 1 + number % TASKS_PER_TEAM)


async def find(stores: Stores, number: int) -> None:
    """Read ten tasks of a person's list."""
    asked = TaskFilter(owner=f"U{number % 20}")
    await stores.tasks.find(ListTasks(team=_team(number), filter=asked, limit=10))


async def follow(stores: Stores, _: int) -> None:
    """Claim a task that is due and complete it; give back nothing where none is."""
    claim = await stores.queue.claim()
    if claim is not None:
        await stores.queue.complete(claim, Row(id="page", rev=claim.task.rev))


OPERATIONS: dict[str, Operation] = {
    "add": add,
    "change": change,
    "get": get,
    "list": find,
    "claim and complete": follow,
}


@dataclass(slots=True)
class Turns:
    """What one driver did in its turns."""

    rates: list[float] = field(default_factory=list)
    """Operations per second."""
    costs: list[float] = field(default_factory=list)
    """CPU microseconds of this process per operation."""


async def _turn(stores: Stores, operation: Operation, workers: int, into: Turns) -> None:
    numbers = iter(range(TURN_OPERATIONS))

    async def work() -> None:
        for number in numbers:
            await operation(stores, number)

    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(work() for _ in range(workers)))
    into.rates.append(TURN_OPERATIONS / (time.perf_counter() - began))
    into.costs.append((time.process_time() - cpu) / TURN_OPERATIONS * 1e6)


async def _compare(stores: dict[Driver, Stores], operation: Operation, workers: int) -> str:
    turns = {driver: Turns() for driver in Driver}
    for number in range(ROUNDS):
        drivers = list(Driver) if number % 2 else list(reversed(Driver))
        for driver in drivers:
            await _turn(stores[driver], operation, workers, turns[driver])
    ours, motor = turns[Driver.PYMONGO], turns[Driver.MOTOR]
    pairs = zip(ours.rates, motor.rates, strict=True)
    ratio = statistics.median(one / other for one, other in pairs)
    cells = [
        *(f"{statistics.median(one.rates):,.0f}" for one in (ours, motor)),
        f"{ratio:.2f}",
        *(f"{statistics.median(one.costs):,.0f}" for one in (ours, motor)),
    ]
    return " | ".join(cells)


async def main() -> None:
    """Print the comparison as a table."""
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mongod = await stack.enter_async_context(
            embedded_mongod(directory / "data", log=logging.getLogger("benchmarks"))
        )
        stores: dict[Driver, Stores] = {}
        for driver in Driver:
            database = await stack.enter_async_context(
                connect(mongod.uri, database=f"bench_{driver}", driver=driver)
            )
            await ensure_indexes(database)
            stores[driver] = open_stores(database, requests_per_minute=180)
            for number in range(TEAMS * TASKS_PER_TEAM):
                await add(stores[driver], number)
        print(
            "| operation | workers | pymongo/s | motor/s | ratio | pymongo CPU µs | motor CPU µs |"
        )
        print("|---|---|---|---|---|---|---|")
        for workers in WORKERS:
            for name, operation in OPERATIONS.items():
                row = await _compare(stores, operation, workers)
                print(f"| {name} | {workers} | {row} |")
                sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
