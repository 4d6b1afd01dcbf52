from datetime import timedelta

from notion_sync.trouble import Troubles
from tasks.ports import Connection
from tests.fakes.clock import FakeClock

ONE = Connection(team="T1", token="a", database="d")  # noqa: S106  # no secret
MINUTE = timedelta(minutes=1)


def test_one_is_let_through_every_five_minutes_and_the_others_wait() -> None:
    clock = FakeClock()
    troubles = Troubles(now=clock)
    assert troubles.hold(ONE, new=False) is None
    assert troubles.park(ONE, "Broken.", probe=True) == 5 * MINUTE
    clock.advance(2 * MINUTE)
    assert troubles.hold(ONE, new=False) == 3 * MINUTE
    clock.advance(3 * MINUTE)
    assert troubles.hold(ONE, new=False) is None
    assert troubles.hold(ONE, new=False) == 5 * MINUTE
    assert troubles.is_parked(ONE, new=False)
    troubles.resume(ONE)
    assert troubles.hold(ONE, new=False) is None


def test_without_a_probe_nobody_is_let_through_until_connected_anew() -> None:
    clock = FakeClock()
    troubles = Troubles(now=clock)
    troubles.park(ONE, "Blocked.", probe=False)
    clock.advance(10_000 * MINUTE)
    assert troubles.hold(ONE, new=False) is not None
    anew = Connection(team="T1", token="b", database="d")  # noqa: S106  # no secret
    assert troubles.hold(anew, new=False) is None
    assert troubles.of("T1") is None


def test_new_rows_can_be_held_while_the_others_go_on() -> None:
    troubles = Troubles(now=FakeClock())
    troubles.park(ONE, "No key.", probe=True, only_new=True)
    assert troubles.hold(ONE, new=True) == 5 * MINUTE
    assert troubles.hold(ONE, new=False) is None
    troubles.resume(ONE)
    assert troubles.of("T1") == "No key."
    troubles.resume(ONE, created=True)
    assert troubles.of("T1") is None


def test_each_sentence_is_said_once_and_only_to_its_team() -> None:
    troubles = Troubles(now=FakeClock())
    troubles.note("T1", ("No key.", "No due."))
    troubles.park(ONE, "No key.", probe=True, only_new=True)
    assert troubles.of("T1") == "No key. No due."
    assert troubles.of("T2") is None
    troubles.park(ONE, "Unshared.", probe=True)
    assert troubles.of("T1") == "Unshared."
