"""Who gave a task to somebody, and who is to be told that they will not do it; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tasks.model import Change, Field, PersonId, Task
from tasks.ports.places import Place, Shape

_DECLINED = "declined/"


def giving(changes: Iterable[Change], person: PersonId) -> Change | None:
    """Return the change that made somebody an assignee; the newest of `changes` come first."""
    for change in changes:
        for step in change.fields:
            after, before = step.after, step.before
            if step.field is not Field.ASSIGNEES or not isinstance(after, tuple):
                continue
            if person in after and not (isinstance(before, tuple) and person in before):
                return change
    return None


def to_tell(key: str) -> Place:
    """Return the message that the change under `key` asks for; whom it is for is found out last."""
    return Place(key=f"{_DECLINED}{key}", channel="", shape=Shape.DECLINED)


def to_be_told(
    task: Task, changes: Sequence[Change], place: Place
) -> tuple[PersonId, Change] | None:
    """Return who is to be told that a task was declined, and the change that did it; None: nobody.

    It is whoever gave it away, else whoever made it. `changes` are newest first. What was taken
    back since, or is over, concerns nobody any more.
    """
    key = place.key.removeprefix(_DECLINED)
    at = next((at for at, change in enumerate(changes) if change.key == key), None)
    if at is None or not task.is_open:
        return None
    person = changes[at].by.person
    if person is None or person in task.assignees:
        return None
    given = giving(changes[at + 1 :], person)
    giver = (given.by.person if given else None) or task.creator
    return None if giver is None or giver == person else (giver, changes[at])
