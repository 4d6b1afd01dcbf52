"""Many tasks at once: what to pick, what is asked before, what came of it; pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from handlers.slack.blocks import words
from handlers.slack.blocks.form import input_block
from handlers.slack.blocks.listing import turn_to
from handlers.slack.blocks.message import Message, message
from handlers.slack.blocks.parts import (
    VALUE_MAX,
    Button,
    Json,
    Line,
    Lines,
    Part,
    Row,
    Small,
    Text,
    blocks,
    label,
    option,
)
from handlers.slack.ids import Act, Form, Input
from tasks.bulk import ASKS_ABOVE, MOST, Deed
from tasks.commands import TaskLine
from tasks.errors import (
    CannotTell,
    NoSuchTask,
    NotAllowed,
    NothingToUndo,
    OvertakenSince,
    StoreError,
    TaskIsDeleted,
)
from tasks.text import ASSIGNEES_MAX

DEEDS = {
    Deed.DONE: "Mark as done",
    Deed.REOPEN: "Reopen",
    Deed.ASSIGN: "Assign…",
    Deed.DUE: "Set the due date…",
    Deed.TAG: "Add tags…",
    Deed.DELETE: "Delete",
}
_VERBS = {
    Deed.DONE: "Mark as done",
    Deed.REOPEN: "Reopen",
    Deed.ASSIGN: "Assign",
    Deed.DUE: "Set due date",
    Deed.TAG: "Add tags",
    Deed.DELETE: "Delete",
}
_DID = {
    Deed.DONE: "Done",
    Deed.REOPEN: "Reopened",
    Deed.ASSIGN: "Assigned",
    Deed.DUE: "New due date",
    Deed.TAG: "Tagged",
    Deed.DELETE: "Deleted",
}
_SUBMIT = {
    Deed.DONE: "Mark {} done",
    Deed.REOPEN: "Reopen {}",
    Deed.ASSIGN: "Assign {}",
    Deed.DUE: "Set for {}",
    Deed.TAG: "Tag {}",
    Deed.DELETE: "Delete {}",
}
ASKING = (Deed.ASSIGN, Deed.DUE, Deed.TAG)
"""What needs a value."""
NAMED_MAX = 12
OPTION_TITLE_MAX = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the forms and buttons of a bulk carry unseen."""

    asked: str = ""
    """The words of the list it was picked from."""
    numbers: tuple[int, ...] = ()
    deed: str = ""
    channel: str | None = None
    channel_name: str | None = None
    response_url: str | None = None
    zone: str | None = None
    key: str = ""
    assignees: tuple[str, ...] = ()
    due: str | None = None
    """The date in words that cannot be misread."""
    tags: tuple[str, ...] = field(default_factory=tuple)

    def dumps(self) -> str:
        """Return it as text, for `private_metadata` or a button."""
        found = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(found, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Plan:
        """Read it back; strangers' keys are dropped."""
        known: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in found.items()
            if name in cls.__slots__
        }
        return cls(**known)


def select(plan: Plan, lines: Sequence[TaskLine], *, is_more: bool) -> Json:
    """Return the form in which tasks are picked; the whole list, or a search where it is longer."""
    menu: Json = {"max_selected_items": MOST, "placeholder": label("Pick tasks", 150)}
    if is_more:
        menu |= {"type": "multi_external_select", "min_query_length": 0}
    else:
        options = [_option(line) for line in lines]
        menu |= {"type": "multi_static_select", "options": options}
    deeds = [option(text, deed.value) for deed, text in DEEDS.items()]
    body = [
        input_block(Input.TASKS if not is_more else Input.TASK, "tasks/0", "Tasks", menu),
        input_block(
            Input.DEED, "deed/0", "What to do", {"type": "static_select", "options": deeds}
        ),
    ]
    asked = [block | {"optional": False} for block in body]
    if is_more:
        asked[0] |= {"hint": label(f"There are more than {MOST}: search by number or words.")}
    return _modal("Select several", "Go on", asked, plan)


def ask(plan: Plan) -> Json:
    """Return the second step: the value that is needed, and how many tasks will have it."""
    deed, count = Deed(plan.deed), len(plan.numbers)
    many = words.count(count, "task", "tasks")
    named = ", ".join(map(words.ref, plan.numbers[:NAMED_MAX]))
    more = f" and {count - NAMED_MAX} more" if count > NAMED_MAX else ""
    above: list[Part] = []
    if count > ASKS_ABOVE:
        above.append(Lines(((Text(f"{_VERBS[deed]}: {many}?", bold=True),),)))
    above.append(Small(f"{named}{more}"))
    return _modal(_VERBS[deed], _submit(deed, many), [*blocks(above), *_values(deed, plan)], plan)


def _submit(deed: Deed, many: str) -> str:
    return _SUBMIT[deed].format(many)


def _values(deed: Deed, plan: Plan) -> Iterable[Json]:
    match deed:
        case Deed.ASSIGN:
            users = {"type": "multi_users_select", "max_selected_items": ASSIGNEES_MAX}
            said = "In place of whoever has them now; nobody, if left empty."
            yield input_block(Input.ASSIGNEES, "assignees/0", "To", users, hint=said)
        case Deed.DUE:
            said = f"In {plan.zone or 'UTC'}. A day is enough; no day: no due date."
            yield input_block(Input.DUE_DAY, "due_day/0", "Due on", {"type": "datepicker"})
            yield input_block(Input.DUE_TIME, "due_time/0", "At", {"type": "timepicker"}, hint=said)
        case Deed.TAG:
            text = {"type": "plain_text_input", "max_length": 1000}
            said = "With commas between them."
            block = input_block(Input.TAGS, "tags/0", "Tags", text, hint=said)
            yield block | {"optional": False}
        case _:
            return


def outcome(
    plan: Plan,
    *,
    changed: Sequence[int],
    same: Sequence[int],
    failed: Mapping[int, Exception],
    left: int,
) -> Message:
    """Return what came of a bulk; with something `left` it is still under way."""
    deed = Deed(plan.deed)
    count = words.count(len(changed), "task", "tasks")
    parts: list[Part] = [Lines((((Text(f"{_DID[deed]}: {count}.", bold=True)),),))]
    if left:
        parts.append(_goes_on(left))
    if same:
        parts.append(Small(f"Like that already: {_refs(same)}"))
    parts += _why_not(failed)
    buttons = _look_again(plan) if left else _ways_on(plan, changed, failed)
    return message(*parts, Row(tuple(buttons)) if buttons else None)


def undone(
    *, changed: Sequence[int], failed: Mapping[int, Exception], left: int, again: str = ""
) -> Message:
    """Return what came of taking a bulk back."""
    count = words.count(len(changed), "task", "tasks")
    parts: list[Part] = [Lines(((Text(f"Undone in {count}.", bold=True),),))]
    if left:
        parts.append(_goes_on(left))
    parts += _why_not(failed)
    is_store = any(isinstance(error, StoreError) for error in failed.values())
    if is_store and not left and again:
        button = Button(text="Try again", action=Act.BULK_UNDO, value=again)
        parts.append(Row((button,)))
    return message(*parts)


def _ways_on(plan: Plan, changed: Sequence[int], failed: Mapping[int, Exception]) -> list[Button]:
    found: list[Button] = []
    undo = Plan(key=plan.key, numbers=tuple(changed)).dumps()
    if changed and len(undo) <= VALUE_MAX:
        found.append(Button(text="Undo", action=Act.BULK_UNDO, value=undo))
    again = tuple(n for n, error in failed.items() if may_help(error))
    value = _again(plan, (*changed, *again)) if again else ""
    if value and len(value) <= VALUE_MAX:
        found.append(Button(text="Try again", action=Act.BULK_AGAIN, value=value))
    if (back := turn_to(plan.asked, None)) is not None:
        found.append(Button(text="Back to the list", action=f"{Act.PAGE}:0", value=back))
    return found


def _look_again(plan: Plan) -> list[Button]:
    """Return what leads on should the process end before the bulk does."""
    value = _again(plan, plan.numbers)
    if len(value) > VALUE_MAX:
        return []
    return [Button(text="Look again", action=Act.BULK_AGAIN, value=value)]


def _again(plan: Plan, numbers: tuple[int, ...]) -> str:
    return Plan(
        asked=plan.asked,
        numbers=numbers,
        deed=plan.deed,
        key=plan.key,
        assignees=plan.assignees,
        due=plan.due,
        tags=plan.tags,
    ).dumps()


def may_help(error: Exception) -> bool:
    """Tell whether it may go well another time."""
    hopeless = (NoSuchTask, TaskIsDeleted, NotAllowed, NothingToUndo, OvertakenSince)
    return not isinstance(error, hopeless)


def _goes_on(left: int) -> Small:
    return Small(f"{words.count(left, 'task is', 'tasks are')} still to do: I go on and tell you.")


def _why_not(failed: Mapping[int, Exception]) -> list[Part]:
    reasons: dict[str, list[int]] = {}
    for number, error in sorted(failed.items(), key=lambda one: one[0]):
        reasons.setdefault(_reason(error), []).append(number)
    lines: list[Line] = [(f"Not {_refs(numbers)}: ", reason) for reason, numbers in reasons.items()]
    return [Lines(tuple(lines))] if lines else []


def _reason(error: Exception) -> str:  # noqa: PLR0911  # one per case
    match error:
        case NoSuchTask():
            return "there is no such task here for you."
        case TaskIsDeleted():
            return "deleted."
        case NotAllowed():
            return "not yours to change."
        case CannotTell():
            return "Slack does not tell me right now which private channels you are in."
        case OvertakenSince() | NothingToUndo():
            return "changed again since."
        case StoreError():
            return "the database cannot be reached."
        case _:
            return "something went wrong on my side."


def _refs(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(words.ref, sorted(numbers)[:NAMED_MAX]))
    more = len(numbers) - NAMED_MAX
    return f"{shown} and {more} more" if more > 0 else shown


def _option(line: TaskLine) -> Json:
    title = words.short(line.title, OPTION_TITLE_MAX)
    return option(f"{words.ref(line)} {title}", str(line.number))


def _modal(title: str, submit: str, body: Sequence[Json], plan: Plan) -> Json:
    return {
        "type": "modal",
        "callback_id": Form.BULK.value if not plan.deed else Form.BULK_SURE.value,
        "title": label(title, 24),
        "submit": label(submit, 24),
        "close": label("Cancel", 24),
        "private_metadata": plan.dumps(),
        "blocks": list(body),
    }
