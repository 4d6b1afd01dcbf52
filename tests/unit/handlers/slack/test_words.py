"""Values, as people read them."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.slack.blocks import words
from handlers.slack.blocks.parts import plain_line
from tasks.model import Conflict, Due, Field, FieldChange, Status, Sync, SyncState
from tests.unit.handlers.slack.builders import NOW, task


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s ago"),
        (12, "12 s ago"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (3600, "1 h ago"),
        (86_400, "1 day ago"),
        (200_000, "2 days ago"),
        (-5, "0 s ago"),
    ],
)
def test_ages_are_short(seconds: int, said: str) -> None:
    assert words.ago(NOW - timedelta(seconds=seconds), NOW) == said


@pytest.mark.parametrize(
    ("sync", "ahead", "said"),
    [
        (Sync(state=SyncState.OFF), 3, "Notion: off"),
        (
            Sync(state=SyncState.SYNCED, at=NOW - timedelta(seconds=12)),
            None,
            "Notion: synced 12 s ago",
        ),
        (Sync(state=SyncState.WAITING), 3, "Notion: waiting (3 ahead)"),
        (Sync(state=SyncState.WAITING), None, "Notion: waiting"),
        (
            Sync(state=SyncState.SYNCED, remark="Not in Slack: Jane (Assignees)."),
            None,
            "Notion: synced — Not in Slack: Jane (Assignees).",
        ),
        (
            Sync(
                state=SyncState.CONFLICT,
                conflicts=(
                    Conflict(field=Field.TITLE, value="Theirs", rev=2),
                    Conflict(field=Field.DUE, value=None, rev=2),
                ),
            ),
            None,
            (
                "Notion: conflict — Title was changed in Notion too, to “Theirs”; "
                "Due was changed in Notion too, to “nothing”. What stands here is kept"
            ),
        ),
        (
            Sync(state=SyncState.STALLED, reason="Column Due is missing"),
            None,
            "Notion: stalled — Column Due is missing",
        ),
        (Sync(state=SyncState.GONE), None, "Notion: gone"),
    ],
)
def test_the_notion_line_says_how_the_row_stands(sync: Sync, ahead: int | None, said: str) -> None:
    assert words.notion(task(sync=sync), NOW, ahead) == said


@pytest.mark.parametrize(
    ("due", "now", "late"),
    [
        (Due.local(NOW, "Europe/Berlin"), NOW + timedelta(minutes=1), True),
        (Due.local(NOW, "Europe/Berlin"), NOW - timedelta(minutes=1), False),
        (Due.on(NOW.date()), datetime(2026, 11, 24, 1, 0, tzinfo=UTC), False),
        (Due.on(NOW.date()), datetime(2026, 11, 24, 13, 0, tzinfo=UTC), True),
    ],
)
def test_a_day_is_over_once_it_is_over_everywhere(due: Due, now: datetime, *, late: bool) -> None:
    assert words.is_overdue(task(due=due), now) is late
    assert not words.is_overdue(task(due=due, status=Status.DONE), now)


def test_a_change_is_told_as_before_and_after() -> None:
    step = FieldChange(field=Field.ASSIGNEES, before=(), after=("U1", "U2"))
    assert plain_line(words.change(step)) == "Assignees: nothing → <@U1>, <@U2>"
    gone = FieldChange(field=Field.DELETED, before=False, after=True)
    assert plain_line(words.change(gone)) == "deleted it"


@pytest.mark.parametrize(
    ("field", "before", "after", "said"),
    [
        (Field.CHECKLIST, ("Call",), ("Call", "Pay"), "new step: Pay"),
        (Field.CHECKLIST, ("Call", "Pay"), ("Pay", "Call"), "put the steps in another order"),
        (Field.TICKED, ("Call",), ("Pay",), "ticked: Pay; not ticked any more: Call"),
        (Field.ACCEPTED, (), ("U1",), "Accepted by: nothing → <@U1>"),
    ],
)
def test_of_a_checklist_is_told_what_came_and_went(
    field: Field, before: tuple[str, ...], after: tuple[str, ...], said: str
) -> None:
    step = FieldChange(field=field, before=before, after=after)
    assert plain_line(words.change(step)) == said
