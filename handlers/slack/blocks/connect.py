"""The form that connects a database: pick it, map its columns, look at some rows; pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from handlers.slack.blocks import words
from handlers.slack.blocks.form import notice
from handlers.slack.blocks.message import Message, message
from handlers.slack.blocks.parts import (
    Button,
    Heading,
    Json,
    Line,
    Lines,
    Part,
    Row,
    Small,
    Text,
    blocks,
    joined,
    label,
    option,
)
from handlers.slack.blocks.words import code
from handlers.slack.ids import Act, Form, Input
from tasks.model import Task
from tasks.ports import (
    ADDED,
    SKIPPED,
    FieldColumns,
    Meaning,
    Preview,
    Previewed,
    Sketch,
    Table,
)

TITLE = "Connect Notion"
PICK, MAP, MEAN, LOOK = "pick", "map", "mean", "look"
"""The steps: which database, what goes where, which options stand for what, what comes of it."""
LABELS = {
    "title": "Title",
    "status": "Status",
    "assignees": "Assignees",
    "due": "Due",
    "priority": "Priority",
    "tags": "Tags",
    "notes": "Notes",
    "source": "Link to the message in Slack",
    "task_id": "Task ID, by which I know my rows",
    "other_assignees": "Assignees who are not in Notion, as text",
}
"""What a field is called, by the key of its column."""
ALL = "all"
NOTHING = "-"
"""The value of an option that cannot be picked."""
ROW_MAX = 150
UNMAPPED_MAX = 300
DRIFTED_MAX, DRIFT_MAX = 10, 400
"""Columns that have gone, and what is told of each: more than any of ours needs."""
PLAN_MAX = 2900
"""Slack carries 3,000 characters unseen."""
VALUES: Mapping[str, str] = {str(value): name for value, name in words.STATUS.items()} | {
    str(value): name for value, name in words.PRIORITY.items()
}
WRITTEN_FIRST = "The first of several is the one that I write; the others are read as the same."
UNCHOSEN = (
    "An option of a status that is nowhere goes by its group in Notion; one of a priority stays in "
    "Notion alone, and the task's card says so. What is left empty I find by its name."
)
WHO_SEES = "Whoever can open that database in Notion will see the tasks; private ones stay here."


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the form carries unseen."""

    table: str | None = None
    """None: the one that is connected."""
    columns: Mapping[str, str] = field(default_factory=dict)
    meanings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What was chosen of options; empty: as suggested."""
    turn: int = 0
    """Raised with every view: Slack keeps what stands under old ids."""

    def dumps(self) -> str:
        """Return it as `private_metadata`."""
        found = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(found, separators=(",", ":"))

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Plan:
        """Read it back."""
        return cls(
            table=found.get("table"),
            columns=dict(found.get("columns") or {}),
            meanings={key: tuple(ids) for key, ids in (found.get("meanings") or {}).items()},
            turn=int(found.get("turn") or 0),
        )

    @property
    def fits(self) -> bool:
        """Tell whether Slack carries it."""
        return len(self.dumps()) <= PLAN_MAX

    def next(self, **changes: object) -> Plan:
        """Return it for another view."""
        return replace(self, turn=self.turn + 1, **changes)  # type: ignore[arg-type]  # its fields


def pick(plan: Plan, *, is_connected: bool) -> Json:
    """Return the first step: which database."""
    element: Json = {
        "type": "external_select",
        "action_id": Input.TABLE.value,
        "min_query_length": 0,
        "placeholder": label("Type a part of its name", 150),
    }
    above: list[Part] = [
        Lines((("Every task gets a row in it, and changes follow each other both ways.",),)),
    ]
    below: list[Part] = [
        Small("Not in the list? Open it in Notion, ••• → Connections, and add my connection."),
    ]
    if is_connected:
        mend = Button(text="Change the columns of the connected one", action=Act.CONNECT_MEND)
        below += [
            Small("Where tasks have rows in another database, those stay there as they are."),
            Row((mend,)),
        ]
    asked = {
        "type": "input",
        "block_id": f"{Input.TABLE}/{plan.turn}",
        "label": label("Database"),
        "element": element,
    }
    return _modal(Form.CONNECT_PICK, "Next", [*blocks(above), asked, *blocks(below)], plan)


def options(tables: tuple[Table, ...]) -> list[Json]:
    """Return tables as options of the menu, with what tells those of one name apart."""
    return [
        option(table.title, table.id)
        | ({"description": label(f"Last edited on {table.edited}", 75)} if table.edited else {})
        for table in tables
    ]


def unpickable(sentence: str) -> Json:
    """Return an option that only says why there is no other."""
    return option(sentence, NOTHING)


def picked(values: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return the id of what was picked."""
    for name, element in values.items():
        if name.startswith(Input.TABLE.value):
            return (element.get("selected_option") or {}).get("value")
    return None


def mapping(sketch: Sketch, plan: Plan) -> Json:
    """Return the second step: what goes where."""
    plan = plan.next(table=sketch.table.id)
    title: Line = ("What of a task goes where in ", Text(sketch.table.title, bold=True), "?")
    inputs = [_column(each, plan) for each in sketch.fields]
    below = [Small(words.short(text, 1000)) for text in sketch.meanings]
    body = [*blocks([Lines((title,))]), *inputs, *blocks(below)]
    return _modal(Form.CONNECT_MAP, "Next", body, plan)


def mapped(values: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return what was picked for each field."""
    found: dict[str, str] = {}
    for block, element in values.items():
        kind, _, rest = block.partition(":")
        chosen = (element.get("selected_option") or {}).get("value")
        if kind == Input.COLUMN and chosen:
            found[rest.rpartition("/")[0]] = str(chosen)
    return found


def twice(values: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return a sentence for each menu whose column another one has already, by block id."""
    seen: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for block, element in values.items():
        chosen = (element.get("selected_option") or {}).get("value")
        if chosen in (None, ADDED, SKIPPED):
            continue
        name = _rest(block)
        if chosen in seen:
            other = LABELS.get(seen[chosen], seen[chosen])
            wrong[block] = f"{other} goes there already: pick another column."
        seen[chosen] = name
    return wrong


def meaning(found: tuple[Meaning, ...], plan: Plan) -> Json:
    """Return the step between: which options stand for what."""
    if not found:
        none = "Neither status nor priority has a column with options yet: I make my own ones."
        return _modal(Form.CONNECT_MEAN, "Next", blocks([Lines(((none,),))]), plan)
    above = Lines((("Which options stand for what? ", WRITTEN_FIRST),))
    inputs = [_meaning(one, plan) for one in found]
    body = [*blocks([above]), *inputs, *blocks([Small(UNCHOSEN)])]
    return _modal(Form.CONNECT_MEAN, "Next", body, plan)


def meant(values: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Return the options that were picked for each value, in the order in which they stand."""
    return {
        _rest(block): tuple(one["value"] for one in element.get("selected_options") or ())
        for block, element in values.items()
        if block.partition(":")[0] == Input.MEANING and element.get("selected_options")
    }


def ambiguous(values: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return a sentence for each menu with an option that another one has already, by block id."""
    seen: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for block, element in values.items():
        value = _rest(block).partition(":")[2]
        for one in element.get("selected_options") or ():
            before = seen.setdefault(str(one["value"]), value)
            if before != value:
                name = words.short(str((one.get("text") or {}).get("text", "")), 40)
                stands = f"“{name}” stands for {VALUES.get(before, before)} already"
                wrong[block] = f"{stands}: leave it out of one of them."
    return wrong


def too_many(values: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return that so many options cannot be kept, at the menu that has the most."""
    block = max(values, key=lambda one: len(values[one].get("selected_options") or ()))
    return {block: "That is more than I can keep: leave out those of the right group in Notion."}


def preview(found: Preview, plan: Plan) -> Json:
    """Return the third step: some rows as the tasks they would be."""
    plan = plan.next(columns=found.columns)
    count = len(found.rows)
    title = Text(found.table.title, bold=True)
    if not count:
        first: Line = (title, " has no rows yet.")
    elif found.has_more:
        first = (title, f": its last {count} rows as tasks.")
    else:
        first = (title, ": its row as a task." if count == 1 else f": its {count} rows as tasks.")
    above: list[Part] = [Lines((first,))]
    for one in found.rows:
        above += _row(one)
    if found.added:
        above.append(Small(f"Added to the database: {', '.join(found.added)}."))
    above += [Small(words.short(note, 1000)) for note in found.notes]
    buttons = (
        Button(text="Back to the columns", action=Act.CONNECT_LOOK, value=MAP),
        Button(text="Change what options mean", action=f"{Act.CONNECT_LOOK}:1", value=MEAN),
    )
    back = Row(buttons if _has_options(found.columns) else buttons[:1])
    body = [*blocks(above), _takes_all(plan), *blocks([Small(WHO_SEES), back])]
    return _modal(Form.CONNECT_START, "Start", body, plan)


def takes_all(values: Mapping[str, Mapping[str, Any]]) -> bool:
    """Tell whether the rows that are there are to become tasks."""
    return any(
        one["value"] == ALL
        for element in values.values()
        for one in element.get("selected_options") or ()
    )


def looking(plan: Plan, step: str, *, again: bool = False) -> Json:
    """Return what stands there while Notion is slow."""
    said = "Notion is still slow to answer." if again else "Looking in Notion …"
    button = Button(text="Look again", action=Act.CONNECT_LOOK, value=step)
    return _said(plan, Lines(((said,),)), Row((button,)))


def failed(plan: Plan, step: str, sentence: str) -> Json:
    """Return what stands there when it went wrong, with a way on."""
    buttons = (
        Button(text="Try again", action=Act.CONNECT_LOOK, value=step),
        Button(text="Pick another database", action=f"{Act.CONNECT_LOOK}:1", value=PICK),
    )
    return _said(plan, Lines((code(sentence),)), Row(buttons))


def refused(sentence: str) -> Json:
    """Return a form that only says why it cannot be."""
    return notice(TITLE, (Lines((code(sentence),)),))


def started(*, takes_all: bool) -> Json:
    """Return what stands there in the end."""
    rows = "Its rows become tasks now, and every" if takes_all else "Every"
    lines = (
        code(f"Connected. {rows} task gets a row; that takes a moment where there are many."),
        code("`/task sync status` says how far it is."),
    )
    return notice(TITLE, (Lines(lines),))


def drifted(sentences: tuple[str, ...]) -> Message:
    """Return what admins are told of columns that have gone."""
    shown = [words.short(one, DRIFT_MAX) for one in sentences[:DRIFTED_MAX]]
    if more := len(sentences) - len(shown):
        shown.append(f"… and {more} more: the mapping shows them all.")
    heading = "A column in Notion has changed"
    waits = "One field of tasks waits until it has a column again"
    if len(sentences) > 1:
        heading = "Columns in Notion have changed"
        waits = f"{len(sentences)} fields of tasks wait until they have columns again"
    return message(
        Heading(heading),
        Lines(tuple((said,) for said in shown), quoted=True),
        Small(
            f"{waits}; everything else is synced, and what is changed meanwhile is brought to "
            "Notion then."
        ),
        Row((Button(text="Mend the mapping", action=Act.CONNECT_MEND, style="primary"),)),
    )


def _column(given: FieldColumns, plan: Plan) -> Json:
    found = [option(f"{one.name} ({_type(one.type)})", one.id) for one in given.fitting]
    if given.field != "title":
        found.append(option(f"Add a column “{given.name}”", ADDED))
    if not given.is_needed:
        found.append(option("Don't mirror", SKIPPED))
    wanted = plan.columns.get(given.field, given.suggested)
    chosen = next((one for one in found if one["value"] == wanted), None)
    element: Json = {
        "type": "static_select",
        "action_id": Input.COLUMN.value,
        "options": found,
    }
    return {
        "type": "input",
        "block_id": f"{Input.COLUMN}:{given.field}/{plan.turn}",
        "label": label(LABELS.get(given.field, given.name)),
        "element": element | ({"initial_option": chosen} if chosen else {}),
    }


def _meaning(given: Meaning, plan: Plan) -> Json:
    found = [option(name, option_id) for option_id, name in given.options]
    is_planned = any(key.startswith(f"{given.field}:") for key in plan.meanings)
    wanted = plan.meanings.get(given.key, ()) if is_planned else given.chosen
    by_id = {one["value"]: one for one in found}
    chosen = [by_id[one] for one in wanted if one in by_id]
    element: Json = {
        "type": "multi_static_select",
        "action_id": Input.MEANING.value,
        "placeholder": label("Found by its name", 150),
        "options": found,
    }
    return {
        "type": "input",
        "block_id": f"{Input.MEANING}:{given.key}/{plan.turn}",
        "label": label(f"{VALUES.get(given.value, given.value)} ({given.column})"),
        "optional": True,
        "element": element | ({"initial_options": chosen} if chosen else {}),
    }


def _rest(block: str) -> str:
    """Return what a block id says after its kind, without the turn."""
    return block.partition(":")[2].rpartition("/")[0]


def _has_options(columns: Mapping[str, str]) -> bool:
    return any(
        columns.get(name, SKIPPED) not in (ADDED, SKIPPED) for name in ("status", "priority")
    )


def _type(kind: str) -> str:
    return {"rich_text": "text", "multi_select": "multi-select"}.get(kind, kind)


def _row(given: Previewed) -> Iterator[Part]:
    task = given.task
    yield Lines(((Text(words.short(task.title, ROW_MAX), bold=True),), _details(task)))
    if given.unmapped:
        stays = words.short("; ".join(given.unmapped), UNMAPPED_MAX)
        yield Small(f"Stays in Notion alone — {stays}")


def _details(task: Task) -> Line:
    return joined(
        [
            (words.STATUS[task.status],),
            words.people(task.assignees),
            (f"due {words.due(task.due)}",) if task.due else (),
            (words.PRIORITY[task.priority],) if task.priority else (),
            words.tags(task.tags),
        ]
    )


def _takes_all(plan: Plan) -> Json:
    return {
        "type": "input",
        "block_id": f"{Input.TAKES_ALL}/{plan.turn}",
        "label": label("Rows that are there already"),
        "optional": True,
        "element": {
            "type": "checkboxes",
            "action_id": Input.TAKES_ALL.value,
            "options": [option("Make a task of each one", ALL)],
        },
        "hint": label("Without it, a row becomes a task when it is new, or edited from now on."),
    }


def _said(plan: Plan, *parts: Part) -> Json:
    return {
        "type": "modal",
        "callback_id": Form.WAIT.value,
        "title": label(TITLE, 24),
        "close": label("Close", 24),
        "private_metadata": plan.dumps(),
        "blocks": blocks(parts),
    }


def _modal(form: Form, submit: str, body: list[Json], plan: Plan) -> Json:
    return {
        "type": "modal",
        "callback_id": form.value,
        "title": label(TITLE, 24),
        "submit": label(submit, 24),
        "close": label("Cancel", 24),
        "private_metadata": plan.dumps(),
        "blocks": body,
    }
