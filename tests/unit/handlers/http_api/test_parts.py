from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.http import lines
from handlers.http.api_limits import BUCKETS_MAX, ApiLimits
from handlers.http.idempotency import action_key, fingerprint
from handlers.http.lines import Line, Splitter, TooMuch
from handlers.http.preconditions import etag, not_modified, revisions
from handlers.http.problems import KINDS, Code, Problem
from handlers.http.schemas import NewTask, TaskPatch
from tasks.model import Sync, SyncState
from tests import make


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_every_code_has_its_status_and_advice() -> None:
    assert set(KINDS) == set(Code)


def test_an_etag_changes_with_the_task_and_with_what_is_known_of_its_row() -> None:
    task = make.task()
    synced = replace(task, sync=Sync(state=SyncState.SYNCED, rev=1))
    assert len({etag(task), etag(synced), etag(replace(task, rev=2))}) == 3
    assert etag(task) == etag(replace(task))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        (" * ", None),
        ('"12"', {12}),
        ('"12-0123abcd"', {12}),
        ('"1",\t"2"', {1, 2}),
        ('W/"12"', set()),
        ('"012"', set()),
        ('"x"', set()),
        ('""', set()),
        ('"1-xyz"', set()),
        ('"' + "9" * 5000 + '"', set()),
    ],
)
def test_if_match_lets_revisions_pass(header: str | None, expected: set[int] | None) -> None:
    assert revisions(header) == expected


@pytest.mark.parametrize("header", ["", "12", '"1', '"1";"2"', '"a b"', "*, *", 'w/"1"'])
def test_what_is_no_list_of_tags_is_refused(header: str) -> None:
    with pytest.raises(Problem) as refused:
        revisions(header)
    assert refused.value.code is Code.BAD_HEADER


def test_if_none_match_compares_the_whole_tag_weak_or_not() -> None:
    task = make.task()
    assert not_modified(etag(task), task)
    assert not_modified(f"W/{etag(task)}", task)
    assert not not_modified('"1"', task)
    assert not not_modified(None, task)


def test_lines_are_cut_wherever_the_pieces_end() -> None:
    body = b"one\r\n\n\ntwo\nthree"
    for size in range(1, len(body) + 1):
        splitter = Splitter()
        found = [
            line for at in range(0, len(body), size) for line in splitter.feed(body[at : at + size])
        ]
        found += splitter.end()
        assert found == [
            Line(number=1, text=b"one\r"),
            Line(number=4, text=b"two"),
            Line(number=5, text=b"three"),
        ]


def test_a_long_line_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LINE_MAX_BYTES", 10)
    splitter = Splitter()
    for _ in range(100):
        assert list(splitter.feed(b"x" * 9)) == []
        assert len(splitter._held) <= 10
    assert list(splitter.feed(b"\nnext\n")) == [
        Line(number=1, text=None),
        Line(number=2, text=b"next"),
    ]


def test_lines_beyond_the_last_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LINES_MAX", 2)
    splitter = Splitter()
    assert [line.number for line in splitter.feed(b"1\n2\n\n\n")] == [1, 2]
    with pytest.raises(TooMuch) as end:
        list(splitter.feed(b"5\n"))
    assert end.value.number == 5


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    clock = Clock()
    limits = ApiLimits(per_minute=120, clock=clock)
    assert [limits.take("a") for _ in range(5)] == [0, 0, 0, 0, 1]
    assert limits.take("b") == 0
    clock.seconds += 0.5
    assert [limits.take("a") for _ in range(2)] == [0, 1]
    clock.seconds += 3600
    assert [limits.take("a") for _ in range(5)] == [0, 0, 0, 0, 1]


def test_a_slow_rate_says_how_long_to_wait() -> None:
    limits = ApiLimits(per_minute=1, clock=Clock())
    assert [limits.take("a") for _ in range(2)] == [0, 60]


def test_buckets_are_bounded() -> None:
    clock = Clock()
    limits = ApiLimits(per_minute=60, clock=clock)
    for at in range(BUCKETS_MAX + 50):
        limits.take(str(at))
    assert len(limits._buckets) == BUCKETS_MAX
    clock.seconds += 60
    limits.take("new")
    assert len(limits._buckets) == 1


def test_a_fingerprint_is_of_what_is_asked_not_of_its_spelling() -> None:
    one = NewTask.model_validate_json('{"title": "x", "notes": "y"}')
    other = NewTask.model_validate_json('{ "notes":"y","title":"\\u0078" }')
    assert fingerprint("add", one) == fingerprint("add", other)
    patch = TaskPatch.model_validate_json('{"due": null}')
    assert fingerprint("add", one) != fingerprint("update", one)
    assert fingerprint("update", patch) != fingerprint("update")


def test_keys_of_clients_lines_and_fresh_ones_never_meet() -> None:
    fresh = iter(["k", "k"])
    keys = {
        action_key("k", lambda: "n"),
        action_key(None, lambda: next(fresh)),
        action_key("k", lambda: "n", line=1),
        action_key("k", lambda: "n", line=11),
        action_key("1:k", lambda: "n", line=1),
    }
    assert len(keys) == 5
