"""Dates in words: read where they are clear, asked back where they are not, never guessed."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tasks import dates
from tasks.errors import DateInDoubt, NotADate
from tasks.model import Due

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 16, 54, 30, tzinfo=BERLIN)


def said(words: str, now: datetime = MONDAY) -> str:
    return dates.say(dates.read(words, now=now))


def doubted(words: str, now: datetime = MONDAY) -> tuple[str, ...]:
    with pytest.raises(DateInDoubt) as doubt:
        dates.read(words, now=now)
    assert doubt.value.words == words
    return doubt.value.readings


def refused(words: str, now: datetime = MONDAY) -> str:
    with pytest.raises(NotADate) as refusal:
        dates.read(words, now=now)
    assert refusal.value.words == words
    return str(refusal.value)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("today", "Mon 23 Nov 2026"),
        ("tonight", "Mon 23 Nov 2026"),
        ("eod", "Mon 23 Nov 2026"),
        ("end of day", "Mon 23 Nov 2026"),
        ("tomorrow", "Tue 24 Nov 2026"),
        ("  TOMORROW ", "Tue 24 Nov 2026"),
        ("the day after tomorrow", "Wed 25 Nov 2026"),
        ("yesterday", "Sun 22 Nov 2026"),
        ("friday", "Fri 27 Nov 2026"),
        ("Fri.", "Fri 27 Nov 2026"),
        ("on friday", "Fri 27 Nov 2026"),
        ("this friday", "Fri 27 Nov 2026"),
        ("this monday", "Mon 23 Nov 2026"),
        ("next monday", "Mon 30 Nov 2026"),
        ("friday eod", "Fri 27 Nov 2026"),
        ("in 3 days", "Thu 26 Nov 2026"),
        ("in three days", "Thu 26 Nov 2026"),
        ("in a week", "Mon 30 Nov 2026"),
        ("2 weeks", "Mon 7 Dec 2026"),
        ("2w", "Mon 7 Dec 2026"),
        ("in a fortnight", "Mon 7 Dec 2026"),
        ("in 3 months", "Tue 23 Feb 2027"),
        ("in a year", "Tue 23 Nov 2027"),
        ("end of month", "Mon 30 Nov 2026"),
        ("the end of the month", "Mon 30 Nov 2026"),
        ("eoy", "Thu 31 Dec 2026"),
        ("27 nov", "Fri 27 Nov 2026"),
        ("27th of November", "Fri 27 Nov 2026"),
        ("27. nov", "Fri 27 Nov 2026"),
        ("nov 27", "Fri 27 Nov 2026"),
        ("Nov 27th, 2026", "Fri 27 Nov 2026"),
        ("27 nov 2026", "Fri 27 Nov 2026"),
        ("27.11.", "Fri 27 Nov 2026"),
        ("27.11", "Fri 27 Nov 2026"),
        ("27.11.26", "Fri 27 Nov 2026"),
        ("27.11.2026", "Fri 27 Nov 2026"),
        ("2026-11-27", "Fri 27 Nov 2026"),
        ("2026/11/27", "Fri 27 Nov 2026"),
        ("fri 27 nov", "Fri 27 Nov 2026"),
        ("\uff12\uff17 nov", "Fri 27 Nov 2026"),
        ("27\u00a0nov", "Fri 27 Nov 2026"),
        ("the 27th", "Fri 27 Nov 2026"),
        ("the 5th", "Sat 5 Dec 2026"),
        ("23 nov", "Mon 23 Nov 2026"),
        ("22 nov", "Mon 22 Nov 2027"),
        ("22 nov 2026", "Sun 22 Nov 2026"),
        ("29 feb 2028", "Tue 29 Feb 2028"),
        ("9/9", "Thu 9 Sep 2027"),
        ("13/12", "Sun 13 Dec 2026"),
        ("12/13", "Sun 13 Dec 2026"),
        ("wed 9/12", "Wed 9 Dec 2026"),
        ("13/12/26", "Sun 13 Dec 2026"),
        ("1/1/27", "Fri 1 Jan 2027"),
    ],
)
def test_a_clear_day_is_read(words: str, day: str) -> None:
    assert said(words) == day


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("5pm", "Mon 23 Nov 2026, 17:00"),
        ("at 5 PM", "Mon 23 Nov 2026, 17:00"),
        ("5 p.m.", "Mon 23 Nov 2026, 17:00"),
        ("17:00", "Mon 23 Nov 2026, 17:00"),
        ("today 5:30pm", "Mon 23 Nov 2026, 17:30"),
        ("tonight 9", "Mon 23 Nov 2026, 21:00"),
        ("tonight at 8:30", "Mon 23 Nov 2026, 20:30"),
        ("tonight midnight", "Tue 24 Nov 2026, 00:00"),
        ("24:00", "Tue 24 Nov 2026, 00:00"),
        ("tomorrow 9:00", "Tue 24 Nov 2026, 09:00"),
        ("tomorrow noon", "Tue 24 Nov 2026, 12:00"),
        ("tomorrow 12pm", "Tue 24 Nov 2026, 12:00"),
        ("tomorrow 0:00", "Tue 24 Nov 2026, 00:00"),
        ("tomorrow at 17", "Tue 24 Nov 2026, 17:00"),
        ("friday 5pm", "Fri 27 Nov 2026, 17:00"),
        ("5pm friday", "Fri 27 Nov 2026, 17:00"),
        ("at 5pm on friday", "Fri 27 Nov 2026, 17:00"),
        ("friday, 17:00", "Fri 27 Nov 2026, 17:00"),
        ("nov 27 17:00", "Fri 27 Nov 2026, 17:00"),
        ("27.11. 17:00", "Fri 27 Nov 2026, 17:00"),
        ("in 3 days 17:00", "Thu 26 Nov 2026, 17:00"),
        ("2026-11-27 17:00", "Fri 27 Nov 2026, 17:00"),
        ("2026-11-27T17:00:00", "Fri 27 Nov 2026, 17:00"),
        ("2026-11-27T17:00-05:00", "Fri 27 Nov 2026, 23:00"),
        ("in 5 minutes", "Mon 23 Nov 2026, 16:59"),
        ("2h", "Mon 23 Nov 2026, 18:54"),
        ("in 1h30m", "Mon 23 Nov 2026, 18:24"),
        ("in an hour and 30 minutes", "Mon 23 Nov 2026, 18:24"),
        ("in half an hour", "Mon 23 Nov 2026, 17:24"),
    ],
)
def test_a_clear_moment_is_read_in_the_senders_zone(words: str, moment: str) -> None:
    assert said(words) == f"{moment} Europe/Berlin"


def test_a_zone_may_be_named() -> None:
    assert said("friday 17:00 America/New_York") == "Fri 27 Nov 2026, 17:00 America/New_York"
    assert said("friday 17:00 america/new_york") == "Fri 27 Nov 2026, 17:00 America/New_York"
    assert said("2026-11-27T17:00:00Z") == "Fri 27 Nov 2026, 17:00 UTC"
    assert said("friday 17:00 UTC") == "Fri 27 Nov 2026, 17:00 UTC"
    assert said("friday 17:00 +00:00") == "Fri 27 Nov 2026, 18:00 Europe/Berlin"
    assert "not a date" in refused("friday 17:00 Europe/Nowhere")
    assert "not a date" in refused("friday Europe/Berlin")


@pytest.mark.parametrize(
    ("words", "readings"),
    [
        ("9/12", ("Wed 9 Dec 2026", "Sun 12 Sep 2027")),
        ("9/12/2026", ("Sat 12 Sep 2026", "Wed 9 Dec 2026")),
        ("26/11/27", ("Fri 27 Nov 2026", "Fri 26 Nov 2027")),
        ("9-12-2026", ("Sat 12 Sep 2026", "Wed 9 Dec 2026")),
        ("monday", ("Mon 23 Nov 2026", "Mon 30 Nov 2026")),
        ("next friday", ("Fri 27 Nov 2026", "Fri 4 Dec 2026")),
        ("next sunday", ("Sun 29 Nov 2026", "Sun 6 Dec 2026")),
        ("end of week", ("Fri 27 Nov 2026", "Sun 29 Nov 2026")),
        ("next week", ("Mon 30 Nov 2026", "Fri 4 Dec 2026")),
        ("next month", ("Tue 1 Dec 2026", "Thu 31 Dec 2026")),
        ("weekend", ("Sat 28 Nov 2026", "Sun 29 Nov 2026")),
    ],
)
def test_a_day_in_doubt_is_asked_back(words: str, readings: tuple[str, ...]) -> None:
    assert doubted(words) == readings


@pytest.mark.parametrize(
    ("words", "readings"),
    [
        ("friday 9", ("Fri 27 Nov 2026, 09:00", "Fri 27 Nov 2026, 21:00")),
        ("friday at 9", ("Fri 27 Nov 2026, 09:00", "Fri 27 Nov 2026, 21:00")),
        ("friday midnight", ("Fri 27 Nov 2026, 00:00", "Sat 28 Nov 2026, 00:00")),
        ("friday 12am", ("Fri 27 Nov 2026, 00:00", "Sat 28 Nov 2026, 00:00")),
        ("midnight", ("Tue 24 Nov 2026, 00:00", "Wed 25 Nov 2026, 00:00")),
        ("noon", ("Mon 23 Nov 2026, 12:00", "Tue 24 Nov 2026, 12:00")),
        ("3pm", ("Mon 23 Nov 2026, 15:00", "Tue 24 Nov 2026, 15:00")),
        ("at 9", ("Mon 23 Nov 2026, 21:00", "Tue 24 Nov 2026, 09:00")),
    ],
)
def test_a_time_in_doubt_is_asked_back(words: str, readings: tuple[str, ...]) -> None:
    assert doubted(words) == tuple(f"{reading} Europe/Berlin" for reading in readings)


def test_the_minute_that_begins_now_is_not_past() -> None:
    assert said("16:54", MONDAY.replace(second=0)) == "Mon 23 Nov 2026, 16:54 Europe/Berlin"
    assert len(doubted("16:54")) == 2


def test_a_number_alone_may_be_a_time_or_a_day() -> None:
    assert doubted("9") == (
        "Mon 23 Nov 2026, 21:00 Europe/Berlin",
        "Tue 24 Nov 2026, 09:00 Europe/Berlin",
        "Wed 9 Dec 2026",
    )


def test_a_part_of_the_day_is_asked_back_with_the_day_itself() -> None:
    assert doubted("tomorrow morning") == (
        "Tue 24 Nov 2026",
        "Tue 24 Nov 2026, 09:00 Europe/Berlin",
    )


@pytest.mark.parametrize(
    ("today", "readings"),
    [
        (22, ("Fri 27 Nov 2026", "Fri 4 Dec 2026")),  # Sunday: the first day of the week, to some
        (23, ("Fri 27 Nov 2026", "Fri 4 Dec 2026")),
        (26, ("Fri 27 Nov 2026", "Fri 4 Dec 2026")),
        (27, ("Fri 4 Dec 2026",)),  # on a Friday there is but one
        (28, ("Fri 4 Dec 2026",)),  # on a Saturday this week's is past
    ],
)
def test_next_friday_is_in_doubt_on_the_days_when_people_differ(
    today: int, readings: tuple[str, ...]
) -> None:
    now = MONDAY.replace(day=today)
    if len(readings) > 1:
        assert doubted("next friday", now) == readings
    else:
        assert said("next friday", now) == readings[0]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("30 feb", "February 2027 has 28 days: there is no 30."),
        ("29 feb", "the next 29 February is in 2028: write 29 Feb 2028."),
        ("29.2.2027", "February 2027 has 28 days: there is no 29."),
        ("31/4", "April 2027 has 30 days: there is no 31."),
        ("4/31", "April 2027 has 30 days: there is no 31."),
        ("13/14", "Neither 13 nor 14 is a month."),
        ("2026-13-01", "There is no month 13."),
        ("0/0", "Neither 0 nor 0 is a month."),
        ("31st", "November 2026 has 30 days: there is no 31."),
        ("thu 27 nov", "it is Fri 27 Nov 2026, no Thursday."),
        ("tonight 9am", "“tonight” begins at 17:00"),
        ("in 999999 days", "more than 100 years away"),
        ("in 9999 months", "more than 100 years away"),
        ("in 999999 hours", "more than 100 years away"),
        ("27 nov 1492", "The year 1492 is out of reach."),
        ("blah", "“blah” is not a date I can read."),
        ("", "is not a date"),
        ("25:00", "is not a date"),
        ("13pm", "is not a date"),
        ("monday tuesday", "is not a date"),
        ("friday friday", "is not a date"),
        ("5pm 6pm", "is not a date"),
        ("every month", "is not a date"),
        ("x" * 10_000, "is not a date"),
        ("friday " * 1_000, "is not a date"),
    ],
)
def test_what_is_no_date_is_refused_and_says_why(words: str, why: str) -> None:
    assert why in refused(words)


def test_a_time_that_the_clocks_skip_is_refused_with_the_next_one() -> None:
    why = refused("28 mar 2027 02:30")
    assert "Sun 28 Mar 2027" in why
    assert why.endswith("write Sun 28 Mar 2027, 03:30.")
    assert said("Sun 28 Mar 2027, 03:30") == "Sun 28 Mar 2027, 03:30 Europe/Berlin"


def test_a_time_that_the_clocks_show_twice_is_asked_back_with_its_offsets() -> None:
    readings = doubted("31 oct 2027 02:30")
    assert readings == (
        "Sun 31 Oct 2027, 02:30 +02:00 Europe/Berlin",
        "Sun 31 Oct 2027, 02:30 +01:00 Europe/Berlin",
    )
    first, second = (dates.read(reading, now=MONDAY) for reading in readings)
    assert first.at is not None
    assert second.at == first.at + timedelta(hours=1)


def test_an_elapsed_time_is_counted_through_a_change_of_the_clocks() -> None:
    before = datetime(2027, 3, 28, 1, 30, tzinfo=BERLIN)
    assert said("in 1 hour", before) == "Sun 28 Mar 2027, 03:30 Europe/Berlin"
    assert said("in 1 day", before) == "Mon 29 Mar 2027"


def test_the_same_day_of_a_shorter_month_is_in_doubt() -> None:
    assert doubted("in 1 month", MONDAY.replace(day=30, month=1)) == (
        "Sat 28 Feb 2026",
        "Sun 1 Mar 2026",
    )


def test_today_is_the_senders_day() -> None:
    now = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert said("today", now.astimezone(ZoneInfo("Asia/Tokyo"))) == "Tue 24 Nov 2026"
    assert said("today", now.astimezone(ZoneInfo("America/New_York"))) == "Mon 23 Nov 2026"


def test_a_clock_without_a_zone_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError):
        dates.read("today", now=datetime(2026, 11, 23, tzinfo=UTC))


def test_a_date_says_how_far_away_it_is_where_asked() -> None:
    due = dates.read("friday 5pm", now=MONDAY)
    assert dates.say(due, MONDAY) == "Fri 27 Nov 2026, 17:00 Europe/Berlin (in 4 days)"
    for words, away in (("today", "today"), ("tomorrow", "tomorrow"), ("yesterday", "yesterday")):
        assert dates.say(dates.read(words, now=MONDAY), MONDAY).endswith(f"({away})")
    assert dates.say(Due.on(date(2026, 11, 3)), MONDAY) == "Tue 3 Nov 2026 (20 days ago)"


@pytest.mark.parametrize("words", ["10", "3 days", "two weeks", "2.5", "2h", "a day"])
def test_a_quantity_is_told_from_a_date(words: str) -> None:
    assert dates.looks_like_one(words)
    assert not dates.looks_like_one(words, even_amounts=False)


ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "America/Argentina/Ushuaia",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "UTC",
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS = st.builds(lambda minutes: EPOCH + timedelta(minutes=minutes), st.integers(10**6, 10**8))
NOWS = st.builds(lambda at, zone: at.astimezone(ZoneInfo(zone)), MOMENTS, st.sampled_from(ZONES))
DUES = st.one_of(
    st.builds(Due.on, st.dates(date(1970, 1, 1), date(2199, 1, 1))),
    st.builds(Due.local, MOMENTS, st.sampled_from(ZONES)),
)
WORDS = (
    [
        *(
            "today",
            "monday",
            "fri",
            "next friday",
            "this sun",
            "in 3 days",
            "end of week",
            "weekend",
        ),
        *("9/12", "31.1.", "29 feb", "30 nov", "the 31st", "in a month", "next month", "wed 9/12"),
    ],
    ["", "5pm", "9", "midnight", "02:30", "12am", "24:00", "noon", "eod", "morning", "1.30"],
    ["", "UTC", "+05:45", "Australia/Lord_Howe"],
)


@given(due=DUES, now=NOWS)
@example(  # the hour that comes twice
    due=Due.local(datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "Europe/Berlin"), now=MONDAY
)
def test_what_is_said_is_read_back_the_same(due: Due, now: datetime) -> None:
    assert dates.read(dates.say(due), now=now) == due


def readings_of(words: str, now: datetime) -> tuple[str, ...]:
    try:
        dates.read(words, now=now)
    except DateInDoubt as doubt:
        return doubt.readings
    except NotADate:
        return ()
    return ()


@given(
    now=NOWS,
    words=st.builds(
        lambda day, time, zone: " ".join(filter(None, (day, time, zone))),
        *(st.sampled_from(words) for words in WORDS),
    ),
)
def test_no_reading_is_itself_in_doubt(now: datetime, words: str) -> None:
    readings = readings_of(words, now)
    assert len(set(readings)) == len(readings) != 1
    for reading in readings:
        assert dates.say(dates.read(reading, now=now)) == reading


@given(words=st.text(max_size=40), now=NOWS)
def test_any_text_is_read_doubted_or_refused(words: str, now: datetime) -> None:
    with suppress(DateInDoubt, NotADate):
        dates.read(words, now=now)
        assert dates.looks_like_one(words)
