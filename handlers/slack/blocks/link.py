"""The address of a task, to be copied; pure."""

from __future__ import annotations

from handlers.slack.blocks import words
from handlers.slack.blocks.message import Message, message
from handlers.slack.blocks.parts import Lines, Text
from tasks.model import Task


def address(task: Task, link: str) -> Message:
    """Return a task's address as text that a click marks as a whole."""
    title = Text(words.short(task.title, words.TITLE_MAX), bold=True)
    return message(Lines(((title, f"  {words.ref(task)}"), (Text(link, code=True),))))
