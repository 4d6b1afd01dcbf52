"""Ratios of the bot to its yardstick, from rounds that alternate."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.growth import documents_read
from benchmarks.load import Reply, Sample
from benchmarks.pairs import Pair, Side, compared
from benchmarks.process import Running, clean
from benchmarks.tables import compared as shown


async def _never(_number: int) -> Reply:
    raise AssertionError


def rated(rate: int, outcome: str = "200") -> Sample:
    sample = Sample(name="add", seconds=1.0)
    for _ in range(rate):
        sample.note(Reply(outcome), due=0.0, latency=0.004)
    return sample


def side(name: str, rates: list[int], cpu: list[float | None], outcome: str = "200") -> Side:
    server = Running(name=name, pid=1, port=1, log=Path("log"))
    return Side(
        server=server,
        send=_never,
        saturated=[rated(rate, outcome) for rate in rates],
        steady=[rated(10)],
        cpu=cpu,
    )


def pair(ours: Side, theirs: Side) -> Pair:
    return Pair(name="add", yardstick="raw calls", aim=0.75, ours=ours, theirs=theirs)


def test_the_ratio_is_the_middle_one_of_the_rounds() -> None:
    ours = side("bot", [80, 10, 90], [3.0, None, 4.0])
    found = compared(pair(ours, side("raw", [100, 100, 100], [2.0, 2.0, 3.6])))
    assert (found.ratio, found.ratios) == (0.8, (0.8, 0.1, 0.9))
    assert found.cpu_ratio == pytest.approx((2 / 3 + 0.9) / 2)
    assert not found.errors


def test_a_yardstick_that_never_answered_gives_no_good_ratio() -> None:
    found = compared(pair(side("bot", [80], []), side("raw", [10], [], "timeout")))
    assert found.ratio == 0.0
    assert found.errors == ("raw: 10 of timeout",)


def test_the_table_shows_both_and_what_is_not_known() -> None:
    table = shown([compared(pair(side("bot", [80], []), side("raw", [100], [])))])
    assert "0.80" in table
    assert "add, yardstick" in table
    assert table.count("-") == 3


@pytest.mark.parametrize(
    ("documents", "keys", "read"), [(11, 11, 11), (17, 11, 11), (11, 20, 11), (3000, 0, 3000)]
)
def test_a_document_counts_once_however_many_filters_it_passes(
    documents: int, keys: int, read: int
) -> None:
    stats = {"totalDocsExamined": documents, "totalKeysExamined": keys}
    assert documents_read(stats) == read


def test_nothing_of_a_developers_settings_reaches_what_is_measured() -> None:
    environ = {"PATH": "/bin", "SLACK_BOT_TOKEN": "x", "NOTION_TOKEN": "x", "HTTPS_PROXY": "x"}
    assert clean(environ) == {"PATH": "/bin"}
