import io

import pytest

from bot.notion_import import summary
from bot.progress import CLEAR_LINE, WIDTH, Line, bar
from notion_sync.importing import Tally


@pytest.mark.parametrize(
    ("done", "total", "seconds", "begun_with", "said"),
    [
        (0, 10_000, 0, 0, "0% · 0 of 10,000 rows"),
        (2_500, 10_000, 50, 0, "25% · 2,500 of 10,000 rows · 50 rows/s · 0:02:30 left"),
        (2_500, 10_000, 10, 2_000, "25% · 2,500 of 10,000 rows · 50 rows/s · 0:02:30 left"),
        (10_000, 10_000, 0, 0, "100% · 10,000 of 10,000 rows"),
        (0, 0, 0, 0, "0% · 0 of 0 rows"),
    ],
)
def test_a_bar_says_how_far_how_fast_and_how_long(
    done: int, total: int, seconds: float, begun_with: int, said: str
) -> None:
    drawn = bar(done, total, seconds=seconds, begun_with=begun_with)
    assert drawn[WIDTH:].strip() == said
    assert set(drawn[:WIDTH]) <= {"█", "░"}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_terminal_has_one_line_that_is_written_over() -> None:
    stream, clock = Terminal(), Clock()
    line = Line(stream, clock=clock)
    line.show("a")
    line.show("too soon")
    clock.now = 0.3
    line.show("b")
    line.end("c")
    assert stream.getvalue() == f"{CLEAR_LINE}a{CLEAR_LINE}b{CLEAR_LINE}c\n"


def test_elsewhere_there_is_a_line_every_so_often() -> None:
    stream, clock = io.StringIO(), Clock()
    line = Line(stream, clock=clock)
    for second in range(31):
        clock.now = second
        line.show(f"at {second}")
    line.leave()
    line.end("done")
    assert stream.getvalue().splitlines() == ["at 0", "at 15", "at 30", "done"]


def test_the_summary_names_all_that_a_person_should_know() -> None:
    tally = Tally(
        imported=9_321,
        known=677,
        left=2,
        foreign=1,
        unmapped={"Due: a range": 14, "Priority is “P0” in Notion": 200},
        unlisted=("2026-11-23T12:00:00.000Z",),
    )
    text = "\n".join(summary(tally))
    assert text.startswith("10,000 rows: 9,321 imported, 677 already there.")
    assert "2 rows with the Task ID of a task that has another row" in text
    assert "1 row with a Task ID of another installation" in text
    assert "the minute 2026-11-23T12:00:00.000Z" in text
    assert text.index("Priority is “P0” in Notion: 200 rows") < text.index("Due: a range: 14 rows")


def test_the_summary_of_nothing_is_one_sentence() -> None:
    assert list(summary(Tally())) == ["0 rows: 0 imported, 0 already there."]


def test_a_tally_survives_the_store() -> None:
    tally = Tally(imported=3, unmapped={"Due. $x": 2}, unlisted=("m",))
    assert Tally.of(tally.kept()) == tally
