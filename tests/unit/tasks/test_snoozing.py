"""Until when a task is put off."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tasks import dates, snoozing
from tasks.errors import DateInDoubt, NotADate

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("2h", "Mon 23 Nov 2026, 14:00 Europe/Berlin"),
        ("30m", "Mon 23 Nov 2026, 12:30 Europe/Berlin"),
        ("in 45 minutes", "Mon 23 Nov 2026, 12:45 Europe/Berlin"),
        ("2h30m", "Mon 23 Nov 2026, 14:30 Europe/Berlin"),
        ("tomorrow", "Tue 24 Nov 2026, 09:00 Europe/Berlin"),
        ("3 days", "Thu 26 Nov 2026, 09:00 Europe/Berlin"),
        ("1w", "Mon 30 Nov 2026, 09:00 Europe/Berlin"),
        ("monday 9:00", "Mon 30 Nov 2026, 09:00 Europe/Berlin"),
        ("this afternoon", "Mon 23 Nov 2026, 15:00 Europe/Berlin"),
        ("Tonight", "Mon 23 Nov 2026, 18:00 Europe/Berlin"),
        ("2026-12-01 17:30", "Tue 1 Dec 2026, 17:30 Europe/Berlin"),
        ("yesterday", "Sun 22 Nov 2026, 09:00 Europe/Berlin"),
        ("today", "Mon 23 Nov 2026, 09:00 Europe/Berlin"),
    ],
)
def test_words_are_an_instant_of_the_persons_day(words: str, until: str) -> None:
    assert dates.say(snoozing.read(words, now=MONDAY_NOON)) == until


def test_what_is_in_doubt_is_asked_back_with_instants() -> None:
    with pytest.raises(DateInDoubt) as doubt:
        snoozing.read("next week", now=MONDAY_NOON)
    assert doubt.value.readings == (
        "Mon 30 Nov 2026, 09:00 Europe/Berlin",
        "Fri 4 Dec 2026, 09:00 Europe/Berlin",
    )
    read = [snoozing.read(one, now=MONDAY_NOON) for one in doubt.value.readings]
    assert [dates.say(one) for one in read] == list(doubt.value.readings)


def test_what_is_no_date_is_none() -> None:
    with pytest.raises(NotADate):
        snoozing.read("whenever", now=MONDAY_NOON)


@pytest.mark.parametrize(
    ("now", "offered"),
    [
        (
            MONDAY_NOON,
            [
                ("hour", "Mon 23 Nov 2026, 13:00"),
                ("afternoon", "Mon 23 Nov 2026, 15:00"),
                ("tomorrow", "Tue 24 Nov 2026, 09:00"),
                ("monday", "Mon 30 Nov 2026, 09:00"),
            ],
        ),
        (
            datetime(2026, 11, 22, 16, 0, tzinfo=BERLIN),  # a Sunday: tomorrow is Monday
            [("hour", "Sun 22 Nov 2026, 17:00"), ("tomorrow", "Mon 23 Nov 2026, 09:00")],
        ),
        (
            datetime(2026, 11, 23, 14, 0, tzinfo=BERLIN),  # an hour on is this afternoon's instant
            [
                ("hour", "Mon 23 Nov 2026, 15:00"),
                ("tomorrow", "Tue 24 Nov 2026, 09:00"),
                ("monday", "Mon 30 Nov 2026, 09:00"),
            ],
        ),
        (
            datetime(2026, 3, 28, 20, 0, tzinfo=BERLIN),  # the clocks go forward in the night
            [
                ("hour", "Sat 28 Mar 2026, 21:00"),
                ("tomorrow", "Sun 29 Mar 2026, 09:00"),
                ("monday", "Mon 30 Mar 2026, 09:00"),
            ],
        ),
    ],
)
def test_what_is_offered_lies_ahead_and_is_there_once(
    now: datetime, offered: list[tuple[str, str]]
) -> None:
    found = [(one.name, dates.say(one.until)) for one in snoozing.presets(now)]
    assert found == [(name, f"{until} Europe/Berlin") for name, until in offered]


def test_a_clock_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        snoozing.presets(datetime(2026, 11, 23, 12, 0))  # noqa: DTZ001  # that is the mistake
