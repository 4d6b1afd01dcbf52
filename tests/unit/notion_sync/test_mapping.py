import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given

from notion_sync.canonical import Agreed, read
from notion_sync.columns import Role
from notion_sync.mapping import Assigned, agreed_after, cells, differs, properties
from notion_sync.schema import Column
from tasks.model import Due, Priority, Status, Task
from tests.unit.notion_sync.examples import STATUS, answer, layout, options, task, tasks

LAYOUT = layout()
NOBODY = Assigned()


def _agreed(one: Task, assigned: Assigned = NOBODY) -> Agreed:
    wanted = cells(one, LAYOUT, assigned, Agreed())
    return agreed_after(Agreed(), wanted, read(answer(properties(wanted)), LAYOUT))


@given(tasks)
def test_any_task_can_be_written(one: Task) -> None:
    body = json.dumps(properties(cells(one, LAYOUT, NOBODY, Agreed())), ensure_ascii=False)
    assert body.encode()


@given(tasks)
def test_what_was_written_is_read_back_equal_but_for_options_just_made(one: Task) -> None:
    wanted = cells(one, LAYOUT, NOBODY, Agreed())
    left = differs(_agreed(one), wanted)
    assert {role for role, cell in left.items() if "new:" not in str(cell.value)} == set()


@given(tasks, tasks)
def test_writing_what_differs_leaves_no_difference(one: Task, other: Task) -> None:
    before = _agreed(one)
    changed = differs(before, cells(other, LAYOUT, NOBODY, before))
    after = agreed_after(before, changed, read(answer(properties(changed)), LAYOUT))
    left = differs(after, cells(other, LAYOUT, NOBODY, after))
    assert {role for role, cell in left.items() if "new:" not in str(cell.value)} == set()


@given(tasks)
def test_a_base_survives_being_kept(one: Task) -> None:
    agreed = _agreed(one)
    assert Agreed.of(json.loads(json.dumps(agreed.kept()))) == agreed


@pytest.mark.parametrize(
    ("due", "payload", "value"),
    [
        (None, None, None),
        (Due.on(date(2026, 12, 1)), {"start": "2026-12-01"}, {"start": "2026-12-01", "end": None}),
        (
            Due.local(datetime(2026, 7, 21, 16, 58, 4, tzinfo=UTC), "Europe/Berlin"),
            {"start": "2026-07-21T18:58:00.000+02:00"},
            {"start": "2026-07-21T16:58Z", "end": None},
        ),
        (
            Due.local(datetime(2026, 12, 21, 16, 58, tzinfo=UTC), "Europe/Berlin"),
            {"start": "2026-12-21T17:58:00.000+01:00"},
            {"start": "2026-12-21T16:58Z", "end": None},
        ),
    ],
    ids=["none", "a day", "summer", "winter"],
)
def test_a_due_date_is_sent_with_its_offset_and_compared_in_utc(
    due: Due | None, payload: object, value: object
) -> None:
    cell = cells(task(due=due), LAYOUT, NOBODY, Agreed())[Role.DUE]
    assert (cell.payload, cell.value) == ({"date": payload}, value)


def test_an_end_that_somebody_set_in_notion_is_no_difference() -> None:
    one = task(due=Due.on(date(2026, 12, 1)))
    base = Agreed(
        values={"due": {"start": "2026-12-01", "end": "2026-12-03"}}, columns={"due": "due%"}
    )
    assert Role.DUE not in differs(base, cells(one, LAYOUT, NOBODY, base))


@pytest.mark.parametrize(
    ("status", "option"),
    [
        (Status.OPEN, "id-Not started"),
        (Status.IN_PROGRESS, "id-In progress"),
        (Status.DONE, "id-Done"),
    ],
)
def test_a_status_is_written_by_the_id_of_its_option(status: Status, option: str) -> None:
    cell = cells(task(status=status), LAYOUT, NOBODY, Agreed())[Role.STATUS]
    assert cell.payload == {"status": {"id": option}}


def test_an_option_of_the_same_meaning_is_left_standing() -> None:
    base = Agreed(values={"status": "id-Blocked"}, columns={"status": "stat"})
    assert Role.STATUS not in differs(base, cells(task(), LAYOUT, NOBODY, base))
    done = cells(task(status=Status.DONE), LAYOUT, NOBODY, base)
    assert differs(base, done)[Role.STATUS].value == "id-Done"


def test_an_unknown_status_option_is_never_written() -> None:
    bare = Column(id="stat", name="Status", type="status", options=options("Somewhere"))
    assert Role.STATUS not in cells(task(), layout(bare), NOBODY, Agreed())


def test_a_select_gets_the_option_by_name() -> None:
    select = Column(id="stat", name="Status", type="select")
    cell = cells(task(status=Status.DONE), layout(select), NOBODY, Agreed())[Role.STATUS]
    assert cell.payload == {"select": {"name": "Done"}}


@pytest.mark.parametrize(
    ("priority", "chosen"),
    [
        (Priority.HIGH, {"id": "id-✹ High"}),
        (Priority.LOW, {"id": "id-low"}),
        (Priority.URGENT, {"name": "Urgent"}),
        (None, None),
    ],
)
def test_a_priority_is_found_however_its_option_is_decorated(
    priority: Priority | None, chosen: object
) -> None:
    cell = cells(task(priority=priority), LAYOUT, NOBODY, Agreed())[Role.PRIORITY]
    assert cell.payload == {"select": chosen}


def test_tags_use_options_that_are_there_and_hold_no_comma() -> None:
    cell = cells(task(tags=("offsite", "a,b", ",")), LAYOUT, NOBODY, Agreed())[Role.TAGS]
    assert cell.payload == {"multi_select": [{"id": "id-Offsite"}, {"name": "a b"}]}
    assert cell.value == ["id-Offsite", "new:a b"]


def test_people_are_sent_by_id_and_the_others_by_name() -> None:
    assigned = Assigned(ids=("n2", "n1", "n2"), names=("A", "B", "C"), unmatched=("C",))
    row = cells(task(), LAYOUT, assigned, Agreed())
    assert row[Role.ASSIGNEES].payload == {"people": [{"id": "n2"}, {"id": "n1"}]}
    assert row[Role.ASSIGNEES].value == ["n1", "n2"]
    assert row[Role.OTHERS].value == "C"


def test_the_key_is_the_task_s_own_id() -> None:
    cell = cells(task(id="abc"), LAYOUT, NOBODY, Agreed())[Role.KEY]
    assert cell.payload == {"rich_text": [{"type": "text", "text": {"content": "abc"}}]}


def test_an_empty_link_is_null_and_one_too_long_is_left_out() -> None:
    for source in (None, "", "https://x/" + "a" * 2000):
        assert cells(task(source=source), LAYOUT, NOBODY, Agreed())[Role.LINK].payload == {
            "url": None
        }


def test_a_field_whose_column_was_made_anew_is_written_again() -> None:
    before = _agreed(task(notes="kept"))
    again = layout(Column(id="new1", name="Notes", type="rich_text"))
    changed = differs(before, cells(task(notes="kept"), again, NOBODY, before))
    assert set(changed) == {Role.NOTES}


def test_only_written_cells_enter_the_base_so_that_edits_in_notion_stay_visible() -> None:
    before = _agreed(task(notes="ours"))
    changed = differs(before, cells(task(notes="ours", title="New"), LAYOUT, NOBODY, before))
    page = answer(properties(cells(task(title="New", notes="theirs"), LAYOUT, NOBODY, Agreed())))
    after = agreed_after(before, changed, read(page, LAYOUT))
    assert (after.values["title"], after.values["notes"]) == ("New", "ours")


def test_status_is_the_column_of_the_examples() -> None:
    assert LAYOUT.columns[Role.STATUS] is STATUS
