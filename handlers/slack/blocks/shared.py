"""A task as everybody sees it in a conversation, and the form that shows it there; pure."""

from __future__ import annotations

from datetime import datetime

from handlers.slack.blocks import words
from handlers.slack.blocks.form import Meta, block_id, notice
from handlers.slack.blocks.message import Message, message
from handlers.slack.blocks.parts import (
    Button,
    Channel,
    Json,
    Line,
    Lines,
    Person,
    Row,
    Small,
    Text,
    blocks,
    label,
)
from handlers.slack.blocks.task import card
from handlers.slack.ids import Act, Form, Input
from tasks.model import Status, Task
from tasks.ports import Place, Shape

WORDS_MAX = 500
FOLLOWS = "Everybody there sees the card, and it follows the task from then on."
WHERE = ("public", "private")
NOBODY: Line = (" — nobody has it now",)


def shown(task: Task, place: Place, *, now: datetime, has_link: bool = False) -> Message:
    """Return what a place shows."""
    if place.shape is Shape.LINE:
        return line(task, place.lead)
    if place.shape is Shape.DECLINED:
        return declined(task, place.lead)
    is_direct = place.channel.startswith("D")
    viewer = place.by if is_direct and place.by else ""
    lead = (place.lead,) if place.lead else ()
    return card(
        task,
        lead=lead if is_direct else _lead(place),
        now=now,
        viewer=viewer,
        is_shared=True,
        has_link=has_link,
    )


def line(task: Task, lead: str) -> Message:
    """Return a task on one line, with a button to see more."""
    before = (f"{lead} ",) if lead else ()
    return message(
        Lines(((*before, _title(task), f"  {words.ref(task)}", *_standing(task)),)),
        Row((Button(text="Show", action=Act.SHOW, value=str(task.number)),)),
    )


def declined(task: Task, lead: str) -> Message:
    """Return that somebody will not do a task, who has it now, and what can be done about it."""
    whose = _standing(task)
    if task.is_open:
        who = words.people(task.assignees)
        whose = (" — ", *who, " has it now" if len(who) == 1 else " have it now") if who else NOBODY
    number = str(task.number)
    is_free = task.is_open and not task.assignees
    assign = Button(
        text="Assign", action=Act.ASSIGN, value=number, style="primary" if is_free else None
    )
    return message(
        Lines(((lead,), (_title(task), f"  {words.ref(task)}", *whose))),
        Row(
            (
                *((assign,) if task.is_open else ()),
                *((Button(text="Claim", action=Act.CLAIM, value=number),) if is_free else ()),
                Button(text="Show", action=Act.SHOW, value=number),
            )
        ),
    )


def _title(task: Task) -> Text:
    is_over = task.status is Status.DONE or task.deleted
    return Text(words.short(task.title, words.TITLE_MAX), bold=not is_over, strike=is_over)


def not_shown(task: Task, place: Place) -> Message:
    """Return what is told whoever wanted to show a task, once it turns out that it cannot be."""
    said = words.code("I cannot write there: type `/invite @taskbridge` there, and share it again.")
    return message(Lines(((f"{words.ref(task)} is not in ", Channel(place.channel), ". ", *said),)))


def form(number: int, channel: str | None, meta: Meta) -> Json:
    """Return the form that asks where to show a task, at first where it was asked for."""
    select: Json = {
        "type": "conversations_select",
        "placeholder": label("A channel", 150),
        "filter": {"include": list(WHERE), "exclude_bot_users": True},
        **({"initial_conversation": channel} if channel else {}),
    }
    said: Json = {
        "type": "plain_text_input",
        "max_length": WORDS_MAX,
        "placeholder": label("Who can take this?", 150),
    }
    fields = ((Input.PLACE, "Where", select), (Input.WORDS, "What you say to it", said))
    return notice(f"Share {words.ref(number)}", ()) | {
        "callback_id": Form.SHARE.value,
        "submit": label("Share", 24),
        "close": label("Cancel", 24),
        "private_metadata": meta.dumps(),
        "blocks": [
            *(
                {
                    "type": "input",
                    "block_id": block_id(name, meta),
                    "label": label(text),
                    "element": element | {"action_id": name.value},
                    "optional": name is Input.WORDS,
                }
                for name, text, element in fields
            ),
            *blocks([Small(FOLLOWS)]),
        ],
    }


def _lead(place: Place) -> Line:
    if place.by is None:
        return (place.lead,) if place.lead else ()
    if place.lead:
        return (Person(place.by), ": ", Text(words.short(place.lead, WORDS_MAX)))
    return (Person(place.by), " shared this task:")


def _standing(task: Task) -> Line:
    if task.deleted:
        return (" — deleted",)
    if task.status is Status.OPEN:
        return ()
    if task.status is Status.DONE and task.completed_by:
        return (" — done by ", Person(task.completed_by))
    return (f" — {words.STATUS[task.status].lower()}",)
