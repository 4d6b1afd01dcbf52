"""What somebody has chosen of options: kept, found again, and never for two values at once."""

from notion_sync.columns import Role
from notion_sync.layout import lay_out
from notion_sync.mapping import meaning, rank
from notion_sync.meanings import carried_over, chosen, claimed
from notion_sync.schema import Column, Option, Schema
from tasks.model import Priority, Status

STATE = Column(
    id="state",
    name="State",
    type="status",
    options=tuple(Option(id=one, name=one) for one in ("todo", "doing", "review", "done")),
    groups={"To-do": ("todo",), "In progress": ("doing", "review"), "Complete": ("done",)},
)
RANK = Column(
    id="rank",
    name="Rank",
    type="select",
    options=tuple(Option(id=one, name=one) for one in ("High", "P0", "P1")),
)
SCHEMA = Schema(id="t", title="T", columns=(STATE, RANK))
COLUMNS = {Role.STATUS.value: "state", Role.PRIORITY.value: "rank"}
CHOICE = {
    "status:done": ("done", "review"),
    "priority:urgent": ("High", "P0"),
}


def options(name: str) -> Option:
    return next(one for one in (*STATE.options, *RANK.options) if one.id == name)


def test_what_was_chosen_is_read_as_it_was_and_its_first_option_is_written() -> None:
    layout = lay_out(SCHEMA, {**COLUMNS, **chosen(CHOICE)})
    assert meaning(STATE, options("review"), layout) is Status.DONE
    assert meaning(STATE, options("doing"), layout) is Status.IN_PROGRESS
    assert layout.options[Status.DONE].id == "done"
    assert rank("P0", layout) is rank("High", layout) is Priority.URGENT
    assert rank("P1", layout) is None
    assert layout.options[Priority.URGENT].id == "High"


def test_an_option_that_was_chosen_for_one_value_is_not_found_by_its_name_for_another() -> None:
    layout = lay_out(SCHEMA, {**COLUMNS, **chosen(CHOICE)})
    assert Priority.HIGH not in layout.options
    assert claimed(chosen(CHOICE)) == {
        "done": Status.DONE,
        "review": Status.DONE,
        "High": Priority.URGENT,
        "P0": Priority.URGENT,
    }


def test_the_only_option_of_a_group_that_was_chosen_otherwise_leaves_the_group_without() -> None:
    layout = lay_out(SCHEMA, {**COLUMNS, **chosen({"status:done": ("done", "todo")})})
    assert Status.OPEN not in layout.options
    assert any("no option for" in issue for issue in layout.issues)


def test_what_was_chosen_stays_with_its_column_and_goes_with_another() -> None:
    saved = {**COLUMNS, **chosen(CHOICE)}
    assert carried_over(saved, COLUMNS, {}) == chosen(CHOICE)
    elsewhere = {**COLUMNS, Role.STATUS.value: "another"}
    assert carried_over(saved, elsewhere, {}) == chosen(
        {"priority:urgent": CHOICE["priority:urgent"]}
    )
    anew = carried_over(saved, COLUMNS, {"priority:high": ("High",)})
    assert anew == chosen({"status:done": CHOICE["status:done"], "priority:high": ("High",)})
