"""What is shown where a message becomes a task, or part of one; pure."""

from __future__ import annotations

import json
from dataclasses import replace

from handlers.slack.again import AgainTyped, pack
from handlers.slack.blocks import shared, words
from handlers.slack.blocks.form import Meta, block_id, input_block, notice
from handlers.slack.blocks.message import Message, Shows, message
from handlers.slack.blocks.parts import (
    Button,
    Json,
    Lines,
    Part,
    Row,
    Small,
    Text,
    blocks,
    label,
    option,
)
from handlers.slack.blocks.words import code, ref
from handlers.slack.ids import Act, Form, Input
from handlers.slack.prefill import NOTES_MAX, Prefill
from handlers.slack.text import pieces, shown
from tasks.model import Task
from tasks.ports import Shape

OFFERED_MAX = 300
INVITE = (
    "I could not say so in the thread: where I am not in a channel, type /invite @taskbridge "
    "there, and next time I can."
)
PRIVATE = "Not everybody in that thread may see this task, so I say nothing there."
NOT_SAID = "I could not say so in the thread: answer there yourself."
NO_TEXT = "That message has no text: give the task a title."
NOT_READABLE = "I cannot read that message here: give the task a title; the link to it is kept."
CUT = "The message is longer than a form can hold: the rest stands behind the link."
SHALL_IT = "Shall this be a task?"
OFFER = "Make this message a task?"
ADD_TO_ONE = "Add to an existing task"


def above_form(
    found: Prefill, source: str | None, *, is_readable: bool = True, about: int | None = None
) -> list[Json]:
    """Return what stands above the form of a new task that is made from a message.

    `about` is the task under whose card it was said.
    """
    parts: list[Part] = [Lines((words.origin(source, found.author),))]
    if not is_readable:
        parts.append(Small(NOT_READABLE))
    elif not found.title:
        parts.append(Small(NO_TEXT))
    if found.is_cut:
        parts.append(Small(CUT))
    ways = [Button(text=ADD_TO_ONE, action=Act.APPEND)]
    if about is not None:
        keep = f"Keep as a note of {ref(about)}"
        own = Button(text=keep, action=f"{Act.APPEND}:1", value=str(about), style="primary")
        ways.insert(0, own)
    parts.append(Row(tuple(ways)))
    return blocks(parts)


def already_added(task: Task) -> list[Json]:
    """Return what stands above a form whose very words made a task a moment ago."""
    said = Text(f"Already added: {ref(task)}", bold=True)
    return blocks([Lines(((said, " — add anyway?"),))])


def append(meta: Meta, text: str, picked: Task | None = None) -> Json:
    """Return the form that adds a text to a task there is, perhaps picked already."""
    task: Json = {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": label("T-12, or words of its title", 150),
        **({} if picked is None else {"initial_option": named(picked)}),
    }
    added: Json = {
        "type": "plain_text_input",
        "multiline": True,
        "max_length": NOTES_MAX,
        **({"initial_value": text[:NOTES_MAX]} if text.strip() else {}),
    }
    found = [
        input_block(Input.TASK, block_id(Input.TASK, meta), "Task", task),
        input_block(Input.TEXT, block_id(Input.TEXT, meta), "What to add to its notes", added),
    ]
    return notice("Add to a task", ()) | {
        "callback_id": Form.APPEND.value,
        "submit": label("Add", 24),
        "close": label("Cancel", 24),
        "private_metadata": meta.dumps(),
        "blocks": [block | {"optional": False} for block in found],
    }


def named(task: Task) -> Json:
    """Return a task as an option of a menu."""
    return option(f"{ref(task)}  {words.short(task.title, 60)}", str(task.number))


def confirmed(task: Task, *, is_new: bool) -> Message:
    """Return what is said in the thread of a message that became a task, or part of one."""
    lead = "This is a task now:" if is_new else "Added to a task:"
    return replace(shared.line(task, lead), shows=Shows(task=task, shape=Shape.LINE, lead=lead))


def marked(ts: str, author: object) -> str:
    """Return what a button carries that makes a task of a message."""
    return json.dumps({"m": ts, "a": author}, separators=(",", ":"))


def offer(value: str) -> Message:
    """Return what somebody is asked who marked a message."""
    return message(
        Lines(((OFFER,),)),
        Row(
            (
                Button(text="Make it a task", action=Act.OFFER_TAKE, value=value, style="primary"),
                Button(text="Not now", action=Act.OFFER_NOT),
            )
        ),
    )


def shall_it(text: str, key: str) -> Message:
    """Return what somebody is asked who wrote a sentence that is none of the commands."""
    said = shown(pieces(text)).strip()
    add = pack(AgainTyped(text=f"add {text}", key=key))
    if add is None:
        return message(
            Lines((code("That is too long for a button: type `/task add` for a form."),))
        )
    return message(
        Lines(((SHALL_IT,),)),
        Lines(((words.short(said, OFFERED_MAX),),), quoted=True),
        Row(
            (
                Button(text="Make it a task", action=Act.AGAIN, value=add, style="primary"),
                Button(text="Not now", action=Act.OFFER_NOT),
            )
        ),
        Small("Write help to see what I understand."),
    )


def hint() -> Message:
    """Return what somebody is told who wrote a single word, such as hello."""
    return message(
        Lines(
            (
                code("Write `add Book the venue @maria due friday`, or just what is to be done."),
                code("`list` shows your tasks, `T-12` one of them, `help` all I understand."),
            )
        )
    )


def form_instead(number: int | None) -> Message:
    """Return a button where a form was asked for: only a click can open one."""
    if number is None:
        return message(
            Lines((("A form opens from a button:",),)),
            Row((Button(text="New task", action=Act.NEW, style="primary"),)),
        )
    return message(
        Lines((("A form opens from a button:",),)),
        Row((Button(text=f"Edit {ref(number)}", action=Act.EDIT, value=str(number)),)),
    )
