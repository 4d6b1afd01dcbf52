"""The picture of a soak: memory over time; pure."""

from __future__ import annotations

from benchmarks.latency_chart import WIDTH
from benchmarks.stats import Line, Points
from benchmarks.svg import Scale, document, line, path, text, ticks

MEBIBYTE = 1024.0**2
_MINUTE = 60.0
_MARGIN_MIB = 5.0
_LEFT, _RIGHT, _UPPER, _LOWER = 70.0, WIDTH - 24.0, 100.0, 330.0


def draw(title: str, said: str, points: Points, fitted: Line, *, since: float) -> str:
    """Return resident memory (bytes) over time (seconds), and the line through it from `since`."""
    values = [value / MEBIBYTE for _, value in points]
    low, high = min(values) - _MARGIN_MIB, max(values) + _MARGIN_MIB
    last = points[-1][0]
    along = Scale(low=0, high=last / _MINUTE, start=_LEFT, end=_RIGHT)
    up = Scale(low=low, high=high, start=_LOWER, end=_UPPER)
    shapes = [text(24, 36, title, "text title"), text(24, 58, said, "muted")]
    for mark in ticks(low, high):
        shapes.append(line(_LEFT, up(mark), _RIGHT, up(mark), "thin grid-line"))
        shapes.append(text(_LEFT - 8, up(mark) + 4, f"{mark:g} MiB", "muted end"))
    minutes = ticks(along.low, along.high)
    shapes += [text(along(mark), _LOWER + 18, f"{mark:g} min", "muted middle") for mark in minutes]
    resident = [(along(at / _MINUTE), up(value / MEBIBYTE)) for at, value in points]
    ends = [(along(at / _MINUTE), up(fitted.at(at) / MEBIBYTE)) for at in (since, last)]
    shapes += [path(resident, "line first-line"), path(ends, "line dashed second-line")]
    return document(WIDTH, _LOWER + 40, title=title, said=said, shapes=shapes)
