"""A task as one of Slack's Work Objects: what it is, and its buttons; pure.

A person's text stands in strings without a format, which parse no markup.
"""

from __future__ import annotations

from datetime import datetime

from handlers.slack.blocks import words
from handlers.slack.blocks.parts import BUTTON_TEXT_MAX, Json, cut
from handlers.slack.blocks.task import mends
from handlers.slack.ids import Act
from handlers.slack.links import reference
from tasks.model import Due, PersonId, Priority, Status, SyncState, Task

TASK = "slack#/entities/task"
NOTES_MAX = 1000
"""What Slack takes of several objects at once is written nowhere; too much is refused whole."""
TEXT_MAX = 500
OVERFLOW_MAX = 5
ORDER = (
    *("status", "assignee", "assignees", "done_by", "due_date", "snoozed", "priority", "tags"),
    *("checklist", "repeats", "description", "private", "source", "notion"),
    *("created_by", "date_updated"),
)
"""From what is looked for first to what is rarely wanted."""
_PERSON = "slack#/types/user"
_CHANNEL = "slack#/types/channel_id"
_DAY = "slack#/types/date"
_INSTANT = "slack#/types/timestamp"
_PAGE = "slack#/types/link"
_COLOUR = {Status.OPEN: "blue", Status.IN_PROGRESS: "yellow", Status.DONE: "green"}
_PRESSING = {Priority.URGENT: "red", Priority.HIGH: "yellow"}
_TROUBLES = (SyncState.CONFLICT, SyncState.STALLED, SyncState.GONE)


def entity(task: Task, url: str, *, now: datetime) -> Json:
    """Return a task as its details show it; `url` is where it is found, always the same."""
    fields = _fields(task)
    more = _more(task, now)
    there = {*fields, *(one["key"] for one in more)}
    return {
        "entity_type": TASK,
        "url": url,
        "external_ref": {"id": reference(task.team, task.number), "type": "task"},
        "entity_payload": {
            "attributes": {
                "title": {"text": cut(words.short(task.title, words.TITLE_MAX), words.TITLE_MAX)},
                "display_id": words.ref(task),
                "display_type": "Task",
                "metadata_last_modified": _seconds(task.updated_at),
            },
            "fields": fields,
            "custom_fields": more,
            "display_order": [name for name in ORDER if name in there],
            "actions": _actions(task, now),
        },
    }


def below(shown: Json, link: str) -> Json:
    """Return the same as it stands below a link, spelled as it was posted."""
    return {"app_unfurl_url": link, **shown}


def _fields(task: Task) -> Json:
    """Return what Slack knows of every task."""
    found: Json = {"status": _status(task)}
    if len(task.assignees) == 1:
        found["assignee"] = _person(task.assignees[0])
    if task.due is not None:
        found["due_date"] = _due(task.due)
    if task.priority is not None:
        found["priority"] = {"value": words.PRIORITY[task.priority]}
        if colour := _PRESSING.get(task.priority):
            found["priority"]["tag_color"] = colour
    if notes := words.short(task.notes, NOTES_MAX):
        found["description"] = {"value": notes, "long": True}
    if task.creator is not None:
        found["created_by"] = _person(task.creator)
    found["date_updated"] = {"value": _seconds(task.updated_at)}
    return found


def _status(task: Task) -> Json:
    if task.deleted:
        return {"value": "Deleted", "tag_color": "gray"}
    return {"value": words.STATUS[task.status], "tag_color": _COLOUR[task.status]}


def _due(due: Due) -> Json:
    if due.at is None:
        return {"type": _DAY, "value": due.day.isoformat()}
    return {"type": _INSTANT, "value": _seconds(due.at)}


def _more(task: Task, now: datetime) -> list[Json]:
    """Return what Slack's own fields have no room for."""
    found: list[Json] = []
    if len(task.assignees) > 1:
        people = [{"type": _PERSON, "user": {"user_id": one}} for one in task.assignees]
        found.append(_several("assignees", "Assignees", _PERSON, people))
    if task.status is Status.DONE and task.completed_by and not task.deleted:
        found.append({"key": "done_by", "label": "Done by", **_person(task.completed_by)})
    if task.tags:
        names = [{"value": name} for name in task.tags]
        found.append(_several("tags", "Tags", "string", names))
    if (progress := task.progress)[1]:
        found.append(_text("checklist", "Checklist", "{}/{}".format(*progress)))
    if task.snoozed is not None and task.is_open and task.is_snoozed(now):
        found.append({"key": "snoozed", "label": "Snoozed until", **_due(task.snoozed)})
    if task.repeat:
        found.append(_text("repeats", "Repeats", f"every {task.repeat}"))
    if task.audience is not None:
        found.append({"key": "private", "label": "Private to", **_audience(task, task.audience)})
    return [*found, *_page("source", "From a message", task.source), *_notion(task, now)]


def _audience(task: Task, audience: str) -> Json:
    if audience == task.creator:
        return _person(audience)
    if audience[:1] in ("C", "G"):
        return {"type": _CHANNEL, "value": audience}
    return {"type": "string", "value": "those in its conversation"}


def _notion(task: Task, now: datetime) -> list[Json]:
    """Return how the row stands where that needs somebody, else where it is."""
    if task.sync.state in _TROUBLES:
        return [_text("notion", "Notion", words.notion(task, now).removeprefix("Notion: "))]
    off = task.sync.state is SyncState.OFF
    return [] if off else _page("notion", "In Notion", task.sync.url)


def _page(key: str, label: str, url: str | None) -> list[Json]:
    if not (url and url.startswith("https://")):
        return []
    return [{"key": key, "label": label, "type": _PAGE, "value": url}]


def _person(person: PersonId) -> Json:
    return {"type": _PERSON, "user": {"user_id": person}}


def _text(key: str, label: str, text: str) -> Json:
    shown = cut(words.short(text, TEXT_MAX), TEXT_MAX)
    return {"key": key, "label": label, "type": "string", "value": shown}


def _several(key: str, label: str, kind: str, values: list[Json]) -> Json:
    return {"key": key, "label": label, "type": "array", "item_type": kind, "value": values}


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _actions(task: Task, now: datetime) -> Json:
    """Return two buttons in sight and five behind the three dots, all that Slack has room for.

    What mends a row comes first there; what has no room then, the card still has.
    """
    number = str(task.number)
    if task.deleted:
        return {"primary_actions": [_button("Restore", Act.RESTORE, number, style="primary")]}
    first = _button("Done", Act.DONE, number, style="primary")
    if task.status is Status.DONE:
        first = _button("Reopen", Act.REOPEN, number)
    rare = [_button("Assign", Act.ASSIGN, number)]
    if task.is_open:
        if not task.assignees:
            rare.insert(0, _button("Claim", Act.CLAIM, number))
        until = f"{number}:1" if task.is_snoozed(now) else number
        rare.append(_button("Snooze", Act.SNOOZE, until))
    rare += [_button("History", Act.HISTORY, number), _button("Delete", Act.DELETE, number)]
    mending = [_button(one.text, Act(one.action), one.value) for one in mends(task)]
    return {
        "primary_actions": [first, _button("Edit", Act.EDIT, number)],
        "overflow_actions": [*mending, *rare][:OVERFLOW_MAX],
    }


def _button(text: str, action: Act, value: str, *, style: str | None = None) -> Json:
    found: Json = {"text": cut(text, BUTTON_TEXT_MAX), "action_id": action.value, "value": value}
    return found | {"style": style} if style else found
