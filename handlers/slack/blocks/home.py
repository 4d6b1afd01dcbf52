"""The home tab; pure."""

from __future__ import annotations

from datetime import datetime

from handlers.slack.blocks import help as help_blocks
from handlers.slack.blocks import words
from handlers.slack.blocks.listing import OPTION_TITLE_MAX, entry
from handlers.slack.blocks.parts import (
    Button,
    Heading,
    Json,
    Lines,
    Menu,
    Part,
    Row,
    Rule,
    Small,
    blocks,
)
from handlers.slack.blocks.sync import Standing, line
from handlers.slack.ids import Act
from tasks.commands import Page


def home(page: Page, standing: Standing | None, *, now: datetime) -> Json:
    """Return somebody's home tab."""
    return {"type": "home", "blocks": blocks(parts(page, standing, now=now))}


def parts(page: Page, standing: Standing | None, *, now: datetime) -> tuple[Part, ...]:
    """Return what stands on it."""
    new = Button(text="New task", action=Act.NEW, style="primary")
    found: list[Part] = [Heading("Your open tasks")]
    if page.tasks:
        found.append(Lines(tuple(line for task in page.tasks for line in entry(task, now))))
        options = tuple(
            (f"{words.ref(task)} {words.short(task.title, OPTION_TITLE_MAX)}", str(task.number))
            for task in page.tasks
        )
        found.append(Row((new, Menu(placeholder="Edit a task…", action=Act.EDIT, options=options))))
    else:
        found += [Lines((("Nothing to do.",),)), Row((new,))]
    if page.next:
        found.append(Small("These are the first: /task list shows all of them."))
    found.append(Small(line(standing, now=now) if standing else "Notion sync is off."))
    return (*found, Rule(), help_blocks.short(), help_blocks.MORE)
