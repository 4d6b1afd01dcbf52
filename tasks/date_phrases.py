"""Words taken apart into a day, a time and a zone; no clock is asked here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from tasks.date_counts import COUNT, DAYS, HOURS, MINUTES
from tasks.date_days import DayReader, read_day
from tasks.date_times import Clocks, read_elapsed, read_time, read_time_tonight
from tasks.date_written import read_bare_number

LONGEST = 100
"""Characters of a date in words."""
MOST_WORDS = 9

_ISO = re.compile(
    "([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?)"
    "([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
_OFFSET = re.compile(
    "(?:utc|gmt)?(?P<sign>[+-])(?P<h>[01]?[0-9]|2[0-3]):?(?P<m>[0-5][0-9])?(?::(?P<s>[0-5][0-9]))?",
    re.IGNORECASE,
)
_DOTTED = re.compile("[0-9]+[.](?:[0-9]+[.])?")
"""`27.` and `27.11.`: the full stop belongs to the date."""
_UNIT = f"(?:{DAYS}|{HOURS}|{MINUTES})"
_AMOUNT = re.compile(
    f"[0-9]+(?:[.,][0-9]+)?|half an hour|(?:{COUNT}) ?{_UNIT}(?: ?(?:and )?(?:{COUNT}) ?{_UNIT})?"
)
"""`10`, `3 days`, `2.5`: what something may also be increased or divided by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One way to understand the words; of day, clocks and elapsed at least one is there."""

    day: DayReader | None = None
    clocks: Clocks | None = None
    elapsed: timedelta | None = None
    offset: timezone | None = None
    zone: str | None = None
    """IANA name, where the words say one."""


def is_amount(words: str) -> bool:
    """Tell whether the words might just as well be a quantity."""
    return _AMOUNT.fullmatch(" ".join(_split(words)).lower()) is not None


def phrases(words: str, *, home: str | None = None) -> tuple[Phrase, ...]:
    """Return the ways to understand the words, none when they are no date.

    `home` is a zone whose bare name is understood too.
    """
    return _phrases(words, home) if len(words) <= LONGEST else ()


@lru_cache(maxsize=2048)  # people write few different dates, and a command has 3 s
def _phrases(words: str, home: str | None) -> tuple[Phrase, ...]:
    split = _split(words)
    if len(split) > MOST_WORDS:
        return ()
    rest, offset, zone = _without_zone(split, home)
    found = tuple(_without(" ".join(rest).lower()))
    if offset is None and zone is None:
        return found
    return tuple(replace(way, offset=offset, zone=zone) for way in found if way.clocks)


def _split(words: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", words)
    stripped = (word.rstrip(",") for word in _ISO.sub(r"\1 \2 \3", plain).split())
    return [w if _DOTTED.fullmatch(w) else w.removesuffix(".") for w in stripped if w]


def _without_zone(
    words: list[str], home: str | None
) -> tuple[list[str], timezone | None, str | None]:
    zone = _zone(words[-1], home) if words else None
    if zone:
        words = words[:-1]
    match = _OFFSET.fullmatch(words[-1]) if words else None
    if match is None:
        return words, None, zone
    ahead = timedelta(
        hours=int(match["h"]), minutes=int(match["m"] or 0), seconds=int(match["s"] or 0)
    )
    return words[:-1], timezone(-ahead if match["sign"] == "-" else ahead), zone


def _zone(word: str, home: str | None) -> str | None:
    if word == home:
        return word
    if word.upper() in {"UTC", "GMT", "Z"}:
        return "UTC"
    if "/" not in word or not word[0].isalpha():
        return None
    for name in (word, word.title()):
        try:
            return ZoneInfo(name).key
        except (KeyError, ValueError, OSError):  # unknown, no name at all, a directory
            continue
    return None


def _without(text: str) -> Iterator[Phrase]:
    """Give the ways to understand words that name no zone."""
    if elapsed := read_elapsed(text):
        yield Phrase(elapsed=elapsed)
    if day := read_bare_number(text):
        yield Phrase(day=day)
    words = text.split()
    for cut in range(len(words) + 1):
        before, after = " ".join(words[:cut]), " ".join(words[cut:])
        yield from _day_and_time(before, after)
        if before and after:
            yield from _day_and_time(after, before)


def _day_and_time(day_words: str, time_words: str) -> Iterator[Phrase]:
    day_words = day_words.removeprefix("on ")
    day = read_day(day_words) if day_words else None
    reader = read_time_tonight if day_words == "tonight" else read_time
    clocks = reader(time_words) if time_words else None
    if (day_words and day is None) or (time_words and clocks is None):
        return
    if day or clocks is not None:
        yield Phrase(day=day, clocks=clocks)
