import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry

from observability.backlog import backlog_probe, judge
from observability.checks import OLD_SECONDS, Aged, Check, Finding, Status, watched
from observability.health import Health
from observability.heartbeat import REMEMBERED_BEATS, Heartbeat
from observability.metrics import Metrics
from observability.remote import Off, Remote
from tasks.ports import Backlog

OK = Finding(status=Status.OK, detail="Fine.")
DEGRADED = Finding(status=Status.DEGRADED, detail="So so.")
FAIL = Finding(status=Status.FAIL, detail="Gone.")
NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Clock:
    """A clock that moves only when told to, and a sleep that moves it."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


class Asked:
    """A probe that counts, and waits for `gate` before it answers."""

    def __init__(self, finding: Finding = OK) -> None:
        self.finding = finding
        self.calls = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> Finding:
        self.calls += 1
        await self.gate.wait()
        return self.finding


class Steady:
    """A check with a settable answer."""

    def __init__(self, name: str, finding: Finding = OK) -> None:
        self.name = name
        self.finding = finding
        self.closed = False

    async def ask(self) -> Aged:
        return Aged(finding=self.finding, age=0.0)

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def clock() -> Clock:
    return Clock()


def heartbeat(clock: Clock) -> Heartbeat:
    return Heartbeat(clock=clock, sleep=asyncio.sleep, report=lambda _: None)


def make_health(clock: Clock, storage: Steady, *others: Steady) -> Health:
    return Health(storage=storage, others=others, heartbeat=heartbeat(clock), clock=clock)


async def test_an_answer_is_kept_for_its_ttl_and_tells_its_age(clock: Clock) -> None:
    asked = Asked()
    check = Check("x", asked, ttl=5, timeout=1, clock=clock)
    await check.ask()
    clock.time += 4.9
    assert (await check.ask()).age == pytest.approx(4.9)
    assert asked.calls == 1
    clock.time += 0.1
    assert (await check.ask()).age == 0.0
    assert asked.calls == 2


async def test_a_thousand_at_once_make_one_call(clock: Clock) -> None:
    asked = Asked()
    check = Check("x", asked, ttl=5, timeout=1, clock=clock)
    answers = await asyncio.gather(*(check.ask() for _ in range(1000)))
    assert asked.calls == 1
    assert {answer.finding.status for answer in answers} == {Status.OK}


async def test_while_a_slow_probe_runs_the_old_answer_is_given(clock: Clock) -> None:
    asked = Asked()
    asked.gate.clear()
    check = Check("x", asked, ttl=5, timeout=60, patience=0, clock=clock)
    assert (await check.ask()).finding.status is Status.FAIL  # nothing known yet
    asked.gate.set()
    assert check._flight is not None
    await check._flight
    assert (await check.ask()).finding is OK
    asked.gate.clear()
    clock.time += 7
    assert await check.ask() == Aged(finding=OK, age=7.0)
    assert await check.ask() == Aged(finding=OK, age=7.0)
    assert asked.calls == 2
    await check.close()


async def test_an_answer_that_nobody_has_asked_for_since_long_is_not_given(clock: Clock) -> None:
    asked = Asked()
    check = Check("x", asked, ttl=5, timeout=0.01, patience=0, clock=clock)
    await check.ask()
    await asyncio.gather(*filter(None, [check._flight]))
    assert (await check.ask()).finding is OK
    asked.gate.clear()  # the database hangs
    clock.time += OLD_SECONDS
    answer = await check.ask()
    assert answer == Aged(
        finding=Finding(status=Status.FAIL, detail="No answer within 0.01 s."), age=0.0
    )


async def test_a_waiter_that_leaves_does_not_end_the_flight(clock: Clock) -> None:
    asked = Asked()
    asked.gate.clear()
    check = Check("x", asked, ttl=5, timeout=60, patience=60, clock=clock)
    impatient, patient = (asyncio.create_task(check.ask()) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    asked.gate.set()
    assert (await patient).finding is OK
    assert asked.calls == 1


async def test_a_probe_that_never_answers_has_failed(clock: Clock) -> None:
    asked = Asked()
    asked.gate.clear()
    answer = await Check("x", asked, ttl=5, timeout=0.001, patience=60, clock=clock).ask()
    assert answer.finding == Finding(status=Status.FAIL, detail="No answer within 0.001 s.")


async def test_a_probe_that_raises_has_failed_and_says_so_without_the_message(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken() -> Finding:
        raise OSError("mongodb://bot:canary@db")

    with caplog.at_level("INFO"):
        answer = await Check("x", broken, ttl=5, timeout=1, clock=clock).ask()
    assert answer.finding.status is Status.FAIL
    assert "canary" not in answer.finding.detail
    assert "check_failed" in caplog.text


@pytest.mark.parametrize(
    ("storage", "other", "expected"),
    [
        (OK, OK, Status.OK),
        (OK, DEGRADED, Status.DEGRADED),
        (OK, FAIL, Status.DEGRADED),
        (DEGRADED, OK, Status.DEGRADED),
        (FAIL, OK, Status.FAIL),
        (FAIL, FAIL, Status.FAIL),
    ],
)
async def test_only_the_loss_of_storage_fails_the_bot(
    clock: Clock, storage: Finding, other: Finding, expected: Status
) -> None:
    report = await make_health(clock, Steady("mongodb", storage), Steady("notion", other)).report()
    assert report.status is expected
    assert list(report.checks) == ["mongodb", "notion"]


async def test_it_is_ready_once_started_and_storage_was_reached(clock: Clock) -> None:
    storage = Steady("mongodb", FAIL)
    health = make_health(clock, storage)
    assert (await health.ready()).reason == "Starting."
    health.started()
    assert (await health.ready()).reason == "MongoDB has not been reached yet."
    storage.finding = OK
    assert (await health.ready()).ready


async def test_a_blip_of_storage_keeps_it_ready_a_long_loss_does_not(clock: Clock) -> None:
    storage = Steady("mongodb")
    health = make_health(clock, storage)
    health.started()
    assert (await health.ready()).ready
    storage.finding = FAIL
    assert (await health.ready()).ready
    clock.time += 30
    assert (await health.ready()).ready
    clock.time += 0.1
    assert not (await health.ready()).ready
    storage.finding = OK
    assert (await health.ready()).ready
    storage.finding = FAIL
    assert (await health.ready()).ready


async def test_once_draining_it_is_not_ready_but_alive(clock: Clock) -> None:
    health = make_health(clock, Steady("mongodb"))
    health.started()
    health.draining()
    assert (await health.ready()).reason == "Shutting down."
    assert health.is_alive


async def test_closing_ends_every_question(clock: Clock) -> None:
    checks = Steady("mongodb"), Steady("notion")
    await make_health(clock, *checks).close()
    assert all(check.closed for check in checks)


async def test_the_heart_tells_how_late_it_beats_and_what_was_worst_in_half_a_minute(
    clock: Clock,
) -> None:
    lags: list[float] = []
    felt: list[float] = []
    late = iter([0.0, 0.25, 5.0, *[0.5] * REMEMBERED_BEATS])

    async def sleep(seconds: float) -> None:
        clock.time += seconds + next(late)
        await asyncio.sleep(0)

    pulse = Heartbeat(clock=clock, sleep=sleep, report=lags.append, felt=felt.append)
    with pytest.raises(RuntimeError):  # `late` is used up
        await pulse.run()
    assert lags == pytest.approx([0.0, 0.25, *[5.0] * REMEMBERED_BEATS, 0.5])
    assert felt == pytest.approx([0.0, 0.25, 5.0, *[0.5] * REMEMBERED_BEATS])


@pytest.mark.parametrize(("silent", "alive"), [(0, True), (29.9, True), (30, False)])
def test_a_heart_silent_for_thirty_seconds_is_not_alive(
    clock: Clock,
    silent: float,
    alive: bool,  # noqa: FBT001  # a parameter of pytest
) -> None:
    pulse = heartbeat(clock)
    clock.time += silent
    assert pulse.is_alive is alive


async def test_a_recent_real_call_spares_the_question(clock: Clock) -> None:
    asked = Asked(FAIL)
    remote = Remote("notion", asked, clock=clock)
    remote.heard(OK)
    clock.time += 29
    assert await remote.ask() == Aged(finding=OK, age=29.0)
    assert asked.calls == 0
    clock.time += 1
    assert (await remote.ask()).finding is FAIL
    assert asked.calls == 1


async def test_a_thousand_questions_make_one_call_to_notion_in_thirty_seconds(
    clock: Clock,
) -> None:
    asked = Asked(FAIL)
    remote = Remote("notion", asked, clock=clock)
    await asyncio.gather(*(remote.ask() for _ in range(1000)))
    clock.time += 29.9
    await asyncio.gather(*(remote.ask() for _ in range(1000)))
    assert asked.calls == 1
    clock.time += 0.1
    await asyncio.gather(*(remote.ask() for _ in range(1000)))
    assert asked.calls == 2


async def test_what_is_switched_off_is_fine_and_said() -> None:
    answer = await Off("notion", "Sync is off: NOTION_TOKEN is not set.").ask()
    assert answer.finding.status is Status.OK
    assert "Sync is off" in answer.finding.detail


@pytest.mark.parametrize(
    ("backlog", "status", "detail"),
    [
        (Backlog(behind=0, oldest=None, set_aside=0), Status.OK, "Nothing waits."),
        (
            Backlog(behind=4, oldest=NOW - timedelta(minutes=15), set_aside=0),
            Status.OK,
            "4 waiting, the oldest for 900 s.",
        ),
        (
            Backlog(behind=4, oldest=NOW - timedelta(seconds=60), set_aside=0),
            Status.OK,
            "4 waiting.",
        ),
        (
            Backlog(behind=4, oldest=NOW - timedelta(seconds=901), set_aside=0),
            Status.DEGRADED,
            "4 waiting; the oldest has waited 901 s.",
        ),
        (
            Backlog(behind=0, oldest=None, set_aside=2),
            Status.DEGRADED,
            "Nothing waits; 2 set aside until a person acts.",
        ),
    ],
)
def test_a_backlog_is_judged_by_its_oldest_and_by_what_was_set_aside(
    backlog: Backlog, status: Status, detail: str
) -> None:
    finding = judge(backlog, NOW)
    assert (finding.status, finding.detail) == (status, detail)


async def test_the_backlog_check_feeds_the_gauges() -> None:
    metrics = Metrics(CollectorRegistry())

    async def ask() -> Backlog:
        return Backlog(behind=7, oldest=NOW, set_aside=1)

    finding = await backlog_probe("notion", ask, now=lambda: NOW, metrics=metrics)()
    assert finding.facts == {
        "waiting": 7,
        "oldest_age_seconds": 0.0,
        "set_aside": 1,
        "conflicts": 0,
    }
    labels = {"follower": "notion"}
    assert metrics.registry.get_sample_value("taskbridge_followers_behind", labels) == 7


async def test_a_watched_probe_tells_each_time_whether_the_service_was_there() -> None:
    told: list[bool] = []
    asked = Asked()
    probe = watched(asked, told.append)
    assert await probe() == OK
    asked.finding = FAIL
    assert await probe() == FAIL

    async def broken() -> Finding:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await watched(broken, told.append)()
    assert told == [True, False, False]


async def test_a_watched_probe_that_takes_too_long_found_nothing() -> None:
    told: list[bool] = []
    asked = Asked()
    asked.gate.clear()
    check = Check(
        "x", watched(asked, told.append), ttl=5.0, timeout=0.01, patience=5.0, clock=Clock()
    )
    assert (await check.ask()).finding.status is Status.FAIL
    assert told == [False]


async def test_what_fails_beside_a_lost_database_is_not_known_and_what_is_degraded_stays() -> None:
    clock = Clock()
    storage = Check("mongodb", Asked(FAIL), ttl=5.0, timeout=1.0, clock=clock)
    others = [
        Check(name, Asked(found), ttl=5.0, timeout=1.0, clock=clock)
        for name, found in (("sync", FAIL), ("notion", DEGRADED), ("socket", OK))
    ]
    heartbeat = Heartbeat(clock=clock, sleep=asyncio.sleep, report=lambda _: None)
    health = Health(storage=storage, others=others, heartbeat=heartbeat, clock=clock)

    checks = (await health.report()).checks

    assert checks["mongodb"].finding == FAIL
    assert checks["sync"].finding.status is Status.DEGRADED
    assert checks["sync"].finding.detail == "Not known while the database is gone."
    assert checks["notion"].finding == DEGRADED
    assert checks["socket"].finding == OK


async def test_what_fails_beside_a_database_that_answers_is_its_own_fault() -> None:
    clock = Clock()
    storage = Check("mongodb", Asked(OK), ttl=5.0, timeout=1.0, clock=clock)
    sync = Check("sync", Asked(FAIL), ttl=5.0, timeout=1.0, clock=clock)
    heartbeat = Heartbeat(clock=clock, sleep=asyncio.sleep, report=lambda _: None)
    health = Health(storage=storage, others=[sync], heartbeat=heartbeat, clock=clock)
    assert (await health.report()).checks["sync"].finding == FAIL


async def test_what_a_probe_heard_while_it_asked_counts_more_than_its_own_word() -> None:
    clock = Clock()

    async def calls() -> Finding:
        remote.heard(Finding(status=Status.DEGRADED, detail="Wait until noon."))
        return DEGRADED

    remote = Remote("notion", calls, clock=clock)
    assert (await remote.ask()).finding.detail == "Wait until noon."
