"""Dates as people write them, read in their own zone; one in doubt is never guessed.

Every reading of the words is worked out. Exactly one: that is the date. More: DateInDoubt, which
carries them all. None: NotADate, which says why where the words look like one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tasks.calendar_days import FARTHEST_YEARS, Impossible, name_of
from tasks.date_phrases import Phrase, is_amount, phrases
from tasks.date_times import Clock
from tasks.errors import DateInDoubt, NotADate
from tasks.model import Due


def read(words: str, *, now: datetime) -> Due:
    """Return what is meant by somebody whose clock, with its ZoneInfo, shows `now`.

    A past date is returned like any other. DateInDoubt, NotADate.
    """
    home = now.tzinfo
    if not isinstance(home, ZoneInfo):
        raise TypeError("`now` carries the sender's ZoneInfo")
    found: set[Due] = set()
    why: list[str] = []
    for phrase in phrases(words, home=home.key):
        try:
            found.update(_dues(phrase, now, home.key))
        except Impossible as reason:
            why.append(str(reason))
    if not found:
        raise NotADate(words, why[0] if why else "")
    if len(found) > 1:
        ordered = sorted(found, key=lambda due: (due.day, due.at is not None, due.marker))
        raise DateInDoubt(words, tuple(say(due) for due in ordered))
    return found.pop()


def looks_like_one(words: str, *, even_amounts: bool = True) -> bool:
    """Tell whether the words are written like a date, though maybe in doubt or impossible.

    `even_amounts=False` leaves out what may be a quantity as well: `10`, `3 days`.
    """
    return bool(phrases(words)) and (even_amounts or not is_amount(words))


def say(due: Due, now: datetime | None = None) -> str:
    """Return `Fri 27 Nov 2026, 17:00 Europe/Berlin`, which `read` takes back without doubt.

    With `now`, how far away it is follows in brackets.
    """
    if due.at is not None and due.zone is not None:
        local = due.at.astimezone(ZoneInfo(due.zone))
        clock = f"{local.hour:02}:{local.minute:02}{_which_of_two(local)}"
        text = f"{name_of(local)}, {clock} {due.zone}"
    else:
        text = name_of(due.day)
    return text if now is None else f"{text} ({_away(due, now)})"


def _which_of_two(local: datetime) -> str:
    """Return the offset, where the clocks show this time twice."""
    if local.utcoffset() == local.replace(fold=not local.fold).utcoffset():
        return ""
    return f" {local.isoformat()[len('2026-11-27T17:00:00') :]}"


def _away(due: Due, now: datetime) -> str:
    today = now.astimezone(ZoneInfo(due.zone)).date() if due.zone else now.date()
    days = (due.day - today).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    return near.get(days) or (f"in {days} days" if days > 0 else f"{-days} days ago")


def _dues(phrase: Phrase, now: datetime, home: str) -> Iterator[Due]:
    zone = phrase.zone or home
    here = now.astimezone(ZoneInfo(zone))
    if phrase.elapsed is not None:
        if phrase.elapsed.days > FARTHEST_YEARS * 366:
            raise Impossible(f"That is more than {FARTHEST_YEARS} years away.")
        yield Due.local(now.astimezone(UTC) + phrase.elapsed, zone)
    elif phrase.clocks is None and phrase.day is not None:
        yield from map(Due.on, phrase.day(here.date()))
    elif phrase.day is None:
        yield from _next_times(phrase, here, zone)
    else:
        yield from _on_days(phrase, phrase.day(here.date()), zone)


def _next_times(phrase: Phrase, here: datetime, zone: str) -> Iterator[Due]:
    """Give a time without a day: today, or tomorrow; a single one that is past may be either."""
    today, tomorrow = (here.date(),), (here.date() + timedelta(1),)
    clocks = phrase.clocks or ()
    for clock in clocks:
        single = replace(phrase, clocks=(clock,))
        dues = tuple(_on_days(single, today, zone))
        ahead = tuple(due for due in dues if due.at is None or due.at >= here)
        yield from ahead
        which_midnight = bool(clock.days_on) and len(clocks) > 1
        if not ahead or which_midnight:
            yield from _on_days(single, tomorrow, zone)
        if not ahead:
            yield from dues if len(clocks) == 1 else ()


def _on_days(phrase: Phrase, days: tuple[date, ...], zone: str) -> Iterator[Due]:
    """Give every time of the phrase on each of the days; Impossible when there is none at all."""
    clocks = phrase.clocks or ()
    found, why = 0, Impossible("That is not in the evening: “tonight” begins at 17:00.")
    for day in days:
        for clock in clocks:
            try:
                dues = tuple(_at(phrase, day, clock, zone))
            except Impossible as reason:
                why = reason
                continue
            found += len(dues)
            yield from dues
    if not found:
        raise why


def _at(phrase: Phrase, day: date, clock: Clock, zone: str) -> Iterator[Due]:
    if clock.time is None:
        yield Due.on(day)
        return
    wall = datetime.combine(day + timedelta(clock.days_on), clock.time)
    if phrase.offset is not None:
        yield Due.local(wall.replace(tzinfo=phrase.offset), zone)
        return
    first, second = (wall.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    after = first.astimezone(UTC).astimezone(ZoneInfo(zone))
    if after.replace(tzinfo=None) != wall:
        raise Impossible(
            f"On {name_of(wall.date())} the clocks in {zone} go forward past {wall:%H:%M}: "
            f"write {name_of(after.date())}, {after:%H:%M}."
        )
    yield Due.local(first, zone)
    if second.utcoffset() != first.utcoffset():
        yield Due.local(second, zone)
