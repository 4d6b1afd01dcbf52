"""The columns that Taskbridge writes, their default names and the types that will do; pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from notion_sync.wire import JsonObject
from tasks.model import Priority, Status


class Role(StrEnum):
    """What a column is for; the values are the keys under which column ids are kept."""

    TITLE = "title"
    STATUS = "status"
    ASSIGNEES = "assignees"
    OTHERS = "other_assignees"
    DUE = "due"
    PRIORITY = "priority"
    TAGS = "tags"
    NOTES = "notes"
    LINK = "source"
    KEY = "task_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A column as it is made by default, and the types that are usable all the same."""

    role: Role
    name: str
    types: tuple[str, ...]
    """Usable types, the one it is created with first."""
    config: JsonObject = field(default_factory=dict)
    needed: bool = False
    """Without it no row can be made."""

    @property
    def second_name(self) -> str:
        """What it is called where the name is taken by a column of another type."""
        return f"{self.name} (Taskbridge)"

    @property
    def created_as(self) -> JsonObject:
        """The configuration that creates it."""
        return {"type": self.types[0], self.types[0]: self.config}


STATUS_NAMES = {
    Status.OPEN: ("Not started", "to do", "todo", "open", "backlog", "next", "new"),
    Status.IN_PROGRESS: ("In progress", "doing", "started", "in work", "active"),
    Status.DONE: ("Done", "complete", "completed", "finished", "closed"),
}
"""Names that mean a status, the one that is created first."""

STATUS_GROUPS = {
    Status.OPEN: "To-do",
    Status.IN_PROGRESS: "In progress",
    Status.DONE: "Complete",
}

PRIORITY_NAMES = {
    Priority.LOW: ("Low",),
    Priority.MEDIUM: ("Medium", "normal"),
    Priority.HIGH: ("High",),
    Priority.URGENT: ("Urgent", "critical"),
}


def _select(*names: str) -> JsonObject:
    colours = ("gray", "yellow", "orange", "red")
    return {
        "options": [
            {"name": name, "color": colour} for name, colour in zip(names, colours, strict=True)
        ]
    }


COLUMNS = (
    Wanted(role=Role.TITLE, name="Name", types=("title",), needed=True),
    Wanted(role=Role.STATUS, name="Status", types=("status", "select")),
    Wanted(role=Role.ASSIGNEES, name="Assignees", types=("people", "rich_text")),
    Wanted(role=Role.DUE, name="Due", types=("date",)),
    Wanted(
        role=Role.PRIORITY,
        name="Priority",
        types=("select",),
        config=_select("Low", "Medium", "High", "Urgent"),
    ),
    Wanted(role=Role.TAGS, name="Tags", types=("multi_select",)),
    Wanted(role=Role.NOTES, name="Notes", types=("rich_text",)),
    Wanted(role=Role.LINK, name="Slack", types=("url", "rich_text")),
    Wanted(role=Role.KEY, name="Task ID", types=("rich_text",), needed=True),
    Wanted(role=Role.OTHERS, name="Other assignees", types=("rich_text",)),
)
