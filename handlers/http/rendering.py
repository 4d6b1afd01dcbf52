"""From tasks to what the REST API shows; pure."""

from __future__ import annotations

from handlers.http.schemas import (
    ApiKeyOut,
    ChangeOut,
    DueOut,
    FieldChangeOut,
    HistoryOut,
    Shown,
    StepOut,
    SyncOut,
    TaskOut,
)
from tasks.api_keys import ApiKey
from tasks.commands import HistoryPage
from tasks.model import Change, Due, Task, Value


def task_out(task: Task) -> TaskOut:
    """Return a task as it is shown; its team is the caller's and is left out."""
    sync = task.sync
    return TaskOut(
        id=task.id,
        number=task.number,
        ref=f"T-{task.number}",
        title=task.title,
        notes=task.notes,
        status=task.status,
        assignees=list(task.assignees),
        due=_due(task.due),
        priority=task.priority,
        tags=list(task.tags),
        repeat=task.repeat,
        checklist=[StepOut(text=one, done=one in task.ticked) for one in task.checklist],
        accepted=[one for one in task.accepted if one in task.assignees],
        snoozed_until=task.snoozed.at if task.snoozed else None,
        deleted=task.deleted,
        creator=task.creator,
        channel=task.channel,
        source=task.source,
        created_at=task.created_at,
        updated_at=task.updated_at,
        completed_at=task.completed_at,
        completed_by=task.completed_by,
        rev=task.rev,
        sync=SyncOut(state=sync.state, rev=sync.rev, at=sync.at, url=sync.url, reason=sync.reason),
    )


def history_out(page: HistoryPage) -> HistoryOut:
    """Return changes as they are shown."""
    goes_on = page.has_more and bool(page.changes)
    return HistoryOut(
        changes=[_change(change) for change in page.changes],
        next_before_rev=page.changes[-1].rev if goes_on else None,
    )


def api_key_out(key: ApiKey) -> ApiKeyOut:
    """Return a key as it is shown, without its digest."""
    return ApiKeyOut(
        id=key.id,
        name=key.name,
        role=key.role.value,
        created_at=key.created_at,
        last_used_at=key.last_used_at,
        expires_at=key.expires_at,
    )


def _change(change: Change) -> ChangeOut:
    return ChangeOut(
        rev=change.rev,
        person=change.by.person,
        source=change.by.source,
        at=change.at,
        fields=[
            FieldChangeOut(field=step.field, before=_shown(step.before), after=_shown(step.after))
            for step in change.fields
        ],
        undoes=change.undoes,
        reason=change.reason,
    )


def _shown(value: Value) -> Shown:
    match value:
        case Due():
            return _due(value)
        case tuple():
            return list(value)
        case str():
            return str(value)
        case _:
            return value


def _due(due: Due | None) -> DueOut | None:
    return None if due is None else DueOut(day=due.day, at=due.at, zone=due.zone)
