from datetime import UTC, date, datetime

import pytest

from playground.notion.times import exact_stamp, minute_stamp, months_from, stored_text

MOMENT = datetime(2026, 6, 27, 17, 1, 16, 64_500, tzinfo=UTC)


def test_times_are_cut_to_the_minute_but_those_of_databases() -> None:
    assert minute_stamp(MOMENT) == "2026-06-27T17:01:00.000Z"
    assert exact_stamp(MOMENT) == "2026-06-27T17:01:16.064+00:00"


@pytest.mark.parametrize(
    ("text", "zone", "stored"),
    [
        ("2026-07-21", None, "2026-07-21"),
        ("2026-07-21", "Europe/Berlin", "2026-07-21"),
        ("2026-07-21T18:58:04.659", "Europe/Berlin", "2026-07-21T18:58:00.000+02:00"),
        ("2026-07-25T16:57:28.513237Z", "UTC", "2026-07-25T16:57:00.000+00:00"),
        ("2026-07-25T16:57:28", None, "2026-07-25T16:57:00.000+00:00"),
        ("2026-06-27T18:01:15+01:00", None, "2026-06-27T18:01:00.000+01:00"),
    ],
)
def test_a_date_loses_its_seconds_and_its_zone(text: str, zone: str | None, stored: str) -> None:
    assert stored_text(text, zone) == stored


@pytest.mark.parametrize(("text", "zone"), [("soon", None), ("2026-07-21T10:00", "Mars/Here")])
def test_what_is_no_date_has_no_stored_form(text: str, zone: str | None) -> None:
    with pytest.raises(ValueError, match=r"."):
        stored_text(text, zone)


def test_a_month_ends_where_it_is_shorter() -> None:
    assert months_from(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_from(date(2026, 1, 15), -1) == date(2025, 12, 15)
    assert months_from(date(2024, 2, 29), 12) == date(2025, 2, 28)
