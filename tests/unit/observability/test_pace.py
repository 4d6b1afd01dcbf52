"""How fast the database is, by its latest operations."""

from __future__ import annotations

from observability.pace import LEAST, WINDOW_SECONDS, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_nineteen_of_twenty_operations_ended_within_it() -> None:
    pace = Pace(clock=Clock())
    for number in range(100):
        pace.observed(0.4 if number % 10 == 0 else 0.002)
    assert pace.p95() == 0.4
    for _ in range(900):
        pace.observed(0.002)
    assert pace.p95() == 0.002


def test_of_a_few_operations_nothing_is_said() -> None:
    pace = Pace(clock=Clock())
    for _ in range(LEAST - 1):
        pace.observed(1.0)
    assert pace.p95() is None
    pace.observed(1.0)
    assert pace.p95() == 1.0


def test_what_was_before_the_database_was_gone_is_forgotten() -> None:
    pace = Pace(clock=Clock())
    for _ in range(LEAST):
        pace.observed(1.0)
    pace.forget()
    assert pace.p95() is None


def test_what_was_slow_before_the_last_minute_is_forgotten() -> None:
    clock = Clock()
    pace = Pace(clock=clock)
    for _ in range(LEAST):
        pace.observed(1.0)
    clock.now = WINDOW_SECONDS + 1
    assert pace.p95() is None
