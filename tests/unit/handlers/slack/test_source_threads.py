"""Which thread belongs to the message that a task was made from."""

import pytest

from handlers.slack.threads import SourceThreads, thread_of
from tasks.errors import NotSaved
from tests import make
from tests.fakes.clock import FakeClock
from tests.fakes.comments import MemoryThreads

IN_CHANNEL = "https://acme.slack.com/archives/C1/p1700000000000100"
IN_THREAD = f"{IN_CHANNEL}?thread_ts=1699999999.000001&cid=C1"


class NoThreads(MemoryThreads):
    async def bind(self, team: str, channel: str, ts: str, number: int) -> None:  # noqa: ARG002  # the port's
        raise NotSaved


@pytest.mark.parametrize(
    ("source", "thread"),
    [
        (IN_CHANNEL, ("C1", "1700000000.000100")),
        (IN_THREAD, ("C1", "1699999999.000001")),
        ("https://acme.slack.com/archives/G1/p1700000000000100", ("G1", "1700000000.000100")),
        ("https://acme.slack.com/archives/D1/p1700000000000100", None),
        ("https://acme.slack.com/archives/C1", None),
        ("https://example.com/", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_tells_channel_and_thread(
    source: str | None, thread: tuple[str, str] | None
) -> None:
    assert thread_of(source) == thread


async def test_a_task_made_from_a_message_has_its_thread() -> None:
    threads = MemoryThreads(now=FakeClock())
    await SourceThreads(threads).bind(make.task(number=7, source=IN_THREAD))
    await SourceThreads(threads).bind(make.task(number=8))
    assert await threads.task_of("T1", "C1", "1699999999.000001") == 7
    assert await threads.of_task("T1", 8) == ()


async def test_a_task_is_saved_though_its_thread_could_not_be_bound() -> None:
    await SourceThreads(NoThreads(now=FakeClock())).bind(make.task(number=7, source=IN_CHANNEL))
