"""The picture of a load test; pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.stats import Second, Summary
from benchmarks.svg import Scale, document, dot, line, path, text, ticks

WIDTH = 960.0
_LEFT, _RIGHT = 24.0, WIDTH - 24.0
_PLOT = (220.0, 640.0)
_COLUMNS = {"P50": 690.0, "P95": 745.0, "P99": 800.0, "max": 860.0, "success": _RIGHT}
_ROW = 34.0
_PANEL_HEIGHT = 110.0
_DECADES = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
_POWERS = (1, 10, 100, 1000, 10000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Milliseconds that are marked."""

    aim: float
    acceptance: float


def draw(
    title: str, said: str, found: Sequence[Summary], timed: Sequence[Summary], limits: Limits
) -> str:
    """Return how long each load took, and each of `timed` second by second."""
    low, high = _range([*found, *timed], limits)
    top = 108.0
    below = top + _ROW * len(found) + 64
    panels_high = math.ceil(len(timed) / 2) * (_PANEL_HEIGHT + 52)
    shapes = [
        text(_LEFT, 36, title, "text title"),
        text(_LEFT, 58, said, "muted"),
        *_rows(
            found,
            top,
            Scale(low=low, high=high, start=_PLOT[0], end=_PLOT[1], logarithmic=True),
            limits,
        ),
        *_panels(timed, below, (low, high), limits),
    ]
    return document(
        WIDTH,
        below + panels_high,
        title=title,
        said="; ".join(map(_in_words, found)),
        shapes=shapes,
    )


def _range(found: Sequence[Summary], limits: Limits) -> tuple[float, float]:
    """Return the ends of the axis: whole marks around everything that is shown."""
    least = min((one.minimum for one in found if one.requests), default=1.0)
    most = max((one.maximum for one in found if one.requests), default=1.0)
    low = max((mark for mark in _DECADES if mark <= least), default=_DECADES[0])
    most = max(most, limits.acceptance * 1.2)
    return low, min((mark for mark in _DECADES if mark >= most), default=_DECADES[-1])


def _in_words(one: Summary) -> str:
    return (
        f"{one.name}: P50 {one.p50:.1f} ms, P95 {one.p95:.1f} ms, P99 {one.p99:.1f} ms,"
        f" {one.success:.2%} right"
    )


def _rows(found: Sequence[Summary], top: float, across: Scale, limits: Limits) -> Iterator[str]:
    bottom = top + _ROW * len(found)
    for mark in (mark for mark in _DECADES if across.low <= mark <= across.high):
        x = across(mark)
        yield line(x, top, x, bottom, "thin grid-line")
        yield text(x, bottom + 18, f"{mark:g}", "muted middle")
    yield text(_PLOT[0] - 24, bottom + 18, "ms", "muted end")
    yield from _limit(across(limits.aim), top, bottom, f"aim {limits.aim:g}")
    yield from _limit(across(limits.acceptance), top, bottom, f"limit {limits.acceptance:g}")
    for name, x in _COLUMNS.items():
        yield text(x, top - 12, name, "muted end")
    for index, one in enumerate(found):
        yield from _row(one, top + _ROW * (index + 0.5), across)


def _limit(x: float, top: float, bottom: float, words: str) -> Iterator[str]:
    yield line(x, top - 6, x, bottom, "dashed limit-line")
    yield text(x, top - 12, words, "limit middle")


def _row(one: Summary, y: float, across: Scale) -> Iterator[str]:
    yield text(_LEFT, y + 4, one.name)
    if one.requests:
        yield line(across(one.minimum), y, across(one.maximum), y, "line muted-line")
        yield line(across(one.p50), y, across(one.p95), y, "thick second-line")
        yield line(across(one.maximum), y - 5, across(one.maximum), y + 5, "line muted-line")
        for value, name in ((one.p50, "first"), (one.p95, "second"), (one.p99, "third")):
            yield dot(across(value), y, name)
    marks = (("P50", one.p50, "first"), ("P95", one.p95, "second"), ("P99", one.p99, "third"))
    for name, value, colour in marks:
        yield text(_COLUMNS[name], y + 4, f"{value:.1f}", f"{colour} end")
    yield text(_COLUMNS["max"], y + 4, f"{one.maximum:.1f}", "text end")
    right = one.success == 1.0
    yield text(_RIGHT, y + 4, f"{one.success:.2%}", f"{'text' if right else 'third'} end")


def _panels(
    timed: Sequence[Summary], top: float, ends: tuple[float, float], limits: Limits
) -> Iterator[str]:
    width = (_RIGHT - _LEFT - 40) / 2
    for index, one in enumerate(timed):
        left = _LEFT + 34 + (index % 2) * (width + 40)
        upper = top + (index // 2) * (_PANEL_HEIGHT + 52)
        up = Scale(
            low=ends[0], high=ends[1], start=upper + _PANEL_HEIGHT, end=upper, logarithmic=True
        )
        yield from _panel(one, left, left + width - 34, up, limits)


def _panel(one: Summary, left: float, right: float, up: Scale, limits: Limits) -> Iterator[str]:
    yield text(left, up.end - 8, f"{one.name}, second by second")
    colours = (("first", "P50"), ("second", "P95"), ("muted", "worst"))
    for place, (colour, name) in enumerate(reversed(colours)):
        yield text(right - place * 42, up.end - 8, name, f"{colour} end")
    for power in (power for power in _POWERS if up.low <= power <= up.high):
        yield line(left, up(power), right, up(power), "thin grid-line")
        yield text(left - 6, up(power) + 4, f"{power}", "muted end")
    yield line(left, up(limits.aim), right, up(limits.aim), "dashed limit-line")
    last = max((second.at for second in one.timeline), default=1)
    along = Scale(low=0, high=max(1, last), start=left, end=right)
    for mark in ticks(along.low, along.high):
        yield text(along(mark), up.start + 16, f"{mark:g} s", "muted middle")
    yield from _curves(one.timeline, along, up)


def _curves(timeline: Sequence[Second], along: Scale, up: Scale) -> Iterator[str]:
    curves: Mapping[str, list[tuple[float, float]]] = {
        "muted": [(along(second.at), up(second.worst)) for second in timeline],
        "second": [(along(second.at), up(second.p95)) for second in timeline],
        "first": [(along(second.at), up(second.p50)) for second in timeline],
    }
    for colour, points in curves.items():
        yield path(points, f"{'thin' if colour == 'muted' else 'line'} {colour}-line")
