"""Every write is counted once, by how it ended; a refusal is no write."""

from dataclasses import dataclass

import pytest
from prometheus_client import CollectorRegistry

from observability.metrics import WRITE_OUTCOMES, Metrics
from observability.writes import CountedStore
from tasks.errors import NoSuchTask, NotSaved, OutcomeUnknown, StoreError
from tasks.model import Field
from tasks.patch import Patch
from tasks.ports import ChangeOrder
from tests.fakes.clock import FakeClock
from tests.fakes.database import MemoryDatabase
from tests.fakes.tasks import MemoryTaskStore
from tests.unit.tasks.world import MARIA, NOW, TEAM, a_task


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    store: CountedStore
    database: MemoryDatabase
    metrics: Metrics

    def counts(self) -> list[float | None]:
        """Return how many writes were saved, not saved, and not known."""
        value = self.metrics.registry.get_sample_value
        return [value("taskbridge_writes_total", {"outcome": one}) for one in WRITE_OUTCOMES]


@pytest.fixture
def counted() -> Counted:
    database = MemoryDatabase(now=FakeClock())
    metrics = Metrics(CollectorRegistry())
    return Counted(
        store=CountedStore(MemoryTaskStore(database), metrics), database=database, metrics=metrics
    )


def order(number: int) -> ChangeOrder:
    return ChangeOrder(
        team=TEAM,
        number=number,
        patch=Patch.of({Field.TITLE: "Book the hall"}),
        by=MARIA,
        at=NOW,
        key="k1",
    )


async def test_a_task_made_and_a_change_are_saved_writes(counted: Counted) -> None:
    saved = await counted.store.add(a_task(), key="k0")
    changed = await counted.store.change(order(saved.task.number))
    assert changed.task.title == "Book the hall"
    assert counted.counts() == [2, 0, 0]


@pytest.mark.parametrize(
    ("error", "expected"), [(NotSaved(), [0, 1, 0]), (OutcomeUnknown(), [0, 0, 1])]
)
async def test_a_write_that_fails_is_counted_by_what_is_known_of_it(
    counted: Counted, error: StoreError, expected: list[float]
) -> None:
    counted.database.fail_next(error)
    with pytest.raises(type(error)):
        await counted.store.add(a_task(), key="k0")
    assert counted.counts() == expected


async def test_a_refusal_and_a_failed_read_are_no_writes(counted: Counted) -> None:
    with pytest.raises(NoSuchTask):
        await counted.store.change(order(99))
    counted.database.fail_next(NotSaved())
    with pytest.raises(NotSaved):
        await counted.store.get(TEAM, 1)
    assert counted.counts() == [0, 0, 0]
