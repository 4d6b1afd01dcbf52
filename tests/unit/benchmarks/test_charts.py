"""The pictures: well-formed, complete, for light and dark screens."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from benchmarks import latency_chart, memory_chart
from benchmarks.latency_chart import Limits
from benchmarks.load import Reply, Sample
from benchmarks.stats import Summary, least_squares, summarise
from benchmarks.svg import Scale, ticks

SVG = "{http://www.w3.org/2000/svg}"


def found(name: str, *, seconds: int = 3, outcome: str = "200") -> Summary:
    sample = Sample(name=name, seconds=seconds)
    for place in range(seconds * 10):
        sample.note(Reply(outcome), due=place / 10, latency=0.002 + place / 1000)
    return summarise(sample)


def texts(picture: str) -> list[str]:
    root = ET.fromstring(picture)  # noqa: S314  # we have just written it
    return [node.text or "" for node in root.iter(f"{SVG}text")]


def drawn(*loads: Summary) -> str:
    limits = Limits(aim=20.0, acceptance=500.0)
    return latency_chart.draw("Under <load>", "100/s & more", loads, loads, limits)


def test_every_load_has_its_row_and_its_seconds() -> None:
    shown = texts(drawn(found("GET tasks"), found("forms")))
    assert {"GET tasks", "forms", "GET tasks, second by second"} <= set(shown)
    assert {"aim 20", "limit 500", "P50", "P95", "P99", "success"} <= set(shown)
    assert shown[0] == "Under <load>"


def test_errors_are_seen() -> None:
    assert "0.00%" in texts(drawn(found("forms", outcome="timeout")))


def test_a_load_without_an_answer_is_drawn_all_the_same() -> None:
    assert "forms" in texts(drawn(summarise(Sample(name="forms"))))


def test_both_light_and_dark_are_thought_of() -> None:
    assert "prefers-color-scheme: dark" in drawn(found("forms"))


def test_memory_is_drawn_with_its_line() -> None:
    points = [(float(at), 90.0 * 1024**2 + at * 100) for at in range(0, 1800, 10)]
    picture = memory_chart.draw("Memory", "+0.3", points, least_squares(points), since=450.0)
    root = ET.fromstring(picture)  # noqa: S314  # as above
    assert len(list(root.iter(f"{SVG}polyline"))) == 2
    assert {"90 MiB", "0 min", "20 min"} <= set(texts(picture))


@pytest.mark.parametrize(("value", "place"), [(1, 0), (10, 50), (100, 100), (0.1, 0), (1e6, 100)])
def test_a_logarithmic_scale_ends_at_its_ends(value: float, place: float) -> None:
    scale = Scale(low=1, high=100, start=0, end=100, logarithmic=True)
    assert scale(value) == pytest.approx(place)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 10, [0, 2, 4, 6, 8, 10]), (0, 59, [0, 20, 40]), (91, 101, [92, 94, 96, 98, 100])],
)
def test_axes_are_divided_at_round_values(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == expected
