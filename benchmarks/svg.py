"""A small writer of SVG: shapes by class, colours for light and dark screens; pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

_LIGHT = {
    "ground": "#ffffff",
    "text": "#1f2328",
    "muted": "#59636e",
    "grid": "#d1d9e0",
    "first": "#0969da",
    "second": "#bc4c00",
    "third": "#cf222e",
    "limit": "#1a7f37",
}
_DARK = {
    "ground": "#0d1117",
    "text": "#f0f6fc",
    "muted": "#9198a1",
    "grid": "#3d444d",
    "first": "#4493f8",
    "second": "#f0883e",
    "third": "#ff7b72",
    "limit": "#3fb950",
}
_SHAPES = """\
text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif }
.title { font-size: 17px; font-weight: 600 }
.end { text-anchor: end }
.middle { text-anchor: middle }
.line { fill: none; stroke-width: 1.5; stroke-linejoin: round }
.thin { fill: none; stroke-width: 1 }
.thick { fill: none; stroke-width: 7; opacity: 0.35 }
.dashed { fill: none; stroke-dasharray: 4 3 }
"""


def style(light: Mapping[str, str] = _LIGHT, dark: Mapping[str, str] = _DARK) -> str:
    """Return the rules: every colour as a fill and as a stroke (`first-line`)."""
    at_night = f"@media (prefers-color-scheme: dark) {{\n{_colours(dark)}}}\n"
    return f"{_SHAPES}{_colours(light)}{at_night}"


def _colours(named: Mapping[str, str]) -> str:
    return "".join(
        f".{name} {{ fill: {colour} }}\n.{name}-line {{ stroke: {colour} }}\n"
        for name, colour in named.items()
    )


def text(x: float, y: float, words: str, classes: str = "text") -> str:
    """Return a text whose line stands at `y`."""
    return f'<text x="{x:.1f}" y="{y:.1f}" class={quoteattr(classes)}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, classes: str) -> str:
    """Return a straight line."""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f"<line {ends} class={quoteattr(classes)}/>"


def dot(x: float, y: float, classes: str, radius: float = 4.0) -> str:
    """Return a filled circle."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" class={quoteattr(classes)}/>'


def path(points: Sequence[tuple[float, float]], classes: str) -> str:
    """Return a line through points."""
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{places}" class={quoteattr(classes)}/>'


def document(width: float, height: float, *, title: str, said: str, shapes: Iterable[str]) -> str:
    """Return the whole picture; `said` describes it to those who cannot see it."""
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
            f"<title>{escape(title)}</title>",
            f"<desc>{escape(said)}</desc>",
            f"<style>\n{style()}</style>",
            f'<rect width="{width:g}" height="{height:g}" class="ground"/>',
            *shapes,
            "</svg>\n",
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """From values to places; beyond the ends, the end."""

    low: float
    high: float
    start: float
    """The place of `low`."""
    end: float
    logarithmic: bool = False

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        low, high, at = (self._turned(one) for one in (self.low, self.high, self._within(value)))
        return self.start + (at - low) / (high - low) * (self.end - self.start)

    def _within(self, value: float) -> float:
        return min(max(value, self.low), self.high)

    def _turned(self, value: float) -> float:
        return math.log10(value) if self.logarithmic else value


def ticks(low: float, high: float, *, about: int = 5) -> list[float]:
    """Return round values that divide a linear axis into about so many parts."""
    step = 10 ** math.floor(math.log10((high - low) / about))
    step *= next(by for by in (1, 2, 5, 10) if (high - low) / (step * by) <= about)
    first = math.ceil(low / step)
    return [step * index for index in range(first, math.floor(high / step) + 1)]
