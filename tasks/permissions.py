"""Who may do what with a task: the rule as a table, and what is asked of it; pure.

Everything that is not written down here is refused. `docs/permissions.md` shows the same table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from tasks.model import PersonId

if TYPE_CHECKING:
    from tasks.model import Task


class Standing(StrEnum):
    """What somebody is in the workspace."""

    MEMBER = "member"
    ADMIN = "admin"
    GUEST = "guest"
    """Of one channel or of several."""
    STRANGER = "stranger"
    """Of another workspace, met in a channel shared with it."""
    PROGRAM = "program"
    """An API key of any role; also whoever cannot be told."""


class Tie(StrEnum):
    """How somebody is tied to a task; all that hold count."""

    CREATOR = "creator"
    ASSIGNEE = "assignee"
    INSIDE = "in its channel"
    """In the conversation that it was made in."""
    NONE = "none"
    """Holds for everybody."""


class Right(StrEnum):
    """What can be done with a task."""

    VIEW = "view"
    EDIT = "edit"
    DELETE = "delete"
    RESTORE = "restore"
    EXPORT = "export"


ALL = frozenset(Right)
LOOK = frozenset({Right.VIEW})
KEEP = frozenset({Right.VIEW, Right.EDIT, Right.EXPORT})
NOTHING: frozenset[Right] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What the surface somebody acts on tells of them."""

    here: str | None = None
    """The conversation."""
    is_proven: bool = False
    """Whether the platform has just let them act in it, as it does with a typed command."""
    is_private: bool = False
    """Whether it is known to be no public channel."""
    is_stranger: bool = False
    """Whether their home is another workspace."""


NOWHERE = Presence()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Somebody who wants something, as far as it matters to what they may."""

    person: PersonId | None = None
    standing: Standing = Standing.PROGRAM
    inside: frozenset[str] = frozenset()
    """The private conversations they are in; of guests and strangers the public ones too."""
    is_sure: bool = True
    """False where it could not be asked in time which those are: then none are counted."""

    @property
    def audiences(self) -> frozenset[str]:
        """Whose private tasks they see: of the conversations they are in, and their own."""
        if self.person is None:
            return frozenset()
        return self.inside | {self.person}

    @property
    def is_confined(self) -> bool:
        """Whether they see what is public in their own channels only."""
        return self.standing in (Standing.GUEST, Standing.STRANGER)


ANYBODY = Asker()
"""Who is not told: sees what the whole workspace does."""

_FULL = (Standing.MEMBER, Standing.ADMIN)

TABLE: dict[tuple[Standing, bool], dict[Tie, frozenset[Right]]] = {
    # (standing, private): what each tie gives
    **{(standing, False): {Tie.NONE: ALL} for standing in _FULL},
    **{(standing, True): {Tie.INSIDE: ALL, Tie.ASSIGNEE: KEEP} for standing in _FULL},
    (Standing.GUEST, False): {Tie.CREATOR: ALL, Tie.ASSIGNEE: KEEP, Tie.INSIDE: KEEP},
    (Standing.GUEST, True): {Tie.INSIDE: KEEP, Tie.ASSIGNEE: KEEP},
    (Standing.STRANGER, False): {Tie.INSIDE: LOOK},
    (Standing.STRANGER, True): {Tie.INSIDE: LOOK},
    (Standing.PROGRAM, False): {Tie.NONE: ALL},
    (Standing.PROGRAM, True): {},
}
"""Whoever is not in here gets nothing."""

MADE_HERE: dict[Standing, frozenset[Right]] = {
    Standing.GUEST: ALL,
    Standing.STRANGER: ALL - {Right.EXPORT},
}
"""What creator and channel give together, where that is more than either alone."""


def ties(asker: Asker, task: Task) -> frozenset[Tie]:
    """Return what ties somebody to a task."""
    found = {Tie.NONE}
    if asker.person is not None and task.creator == asker.person:
        found.add(Tie.CREATOR)
    if asker.person is not None and asker.person in task.assignees:
        found.add(Tie.ASSIGNEE)
    if _is_inside(asker, task):
        found.add(Tie.INSIDE)
    return frozenset(found)


def rights(asker: Asker, task: Task) -> frozenset[Right]:
    """Return all that somebody may do with a task."""
    held = ties(asker, task)
    given = TABLE[asker.standing, task.audience is not None]
    found = NOTHING.union(*(given.get(tie, NOTHING) for tie in held))
    if {Tie.CREATOR, Tie.INSIDE} <= held:
        found |= MADE_HERE.get(asker.standing, NOTHING)
    return found


def may(asker: Asker, task: Task, right: Right) -> bool:
    """Tell whether somebody may do it."""
    return right in rights(asker, task)


def may_view(asker: Asker, task: Task) -> bool:
    """Tell whether somebody may see it; where not, it must look as if it were not there."""
    return may(asker, task, Right.VIEW)


def is_listed(asker: Asker, task: Task, *, owner: PersonId | None) -> bool:
    """Tell whether a list (of `owner`'s tasks, where one is named) shows a task to somebody.

    Never more than they may see. Their own list holds all that; any other leaves out what they
    see only because it was assigned to them.
    """
    if has_own_list(asker, owner):
        return may_view(asker, task)
    if task.audience is not None and task.audience not in asker.audiences:
        return False
    return not asker.is_confined or task.channel in asker.inside


def may_be_posted(task: Task, conversation: str) -> bool:
    """Tell whether a conversation may be shown a task: a private one only its own."""
    return task.audience in (None, conversation)


def has_own_list(asker: Asker, owner: PersonId | None) -> bool:
    """Tell whether a list is somebody's own; those of another workspace have none here."""
    is_theirs = owner is not None and owner == asker.person
    return is_theirs and asker.standing is not Standing.STRANGER


def why_not(asker: Asker, task: Task, right: Right) -> str:
    """Return, for somebody who sees the task, why they may not, and who may."""
    what = f"{_GERUNDS[right]} T-{task.number}"
    if asker.standing is Standing.STRANGER:
        return f"{what} is for members of this workspace: ask one of them in this channel."
    whom = "whoever made it" if asker.standing is Standing.GUEST else "the members of its channel"
    return f"{what} is for {whom}: ask one of them, or type /task show T-{task.number} to see it."


_GERUNDS = {
    Right.VIEW: "Seeing",
    Right.EDIT: "Changing",
    Right.DELETE: "Deleting",
    Right.RESTORE: "Restoring",
    Right.EXPORT: "Exporting",
}


def _is_inside(asker: Asker, task: Task) -> bool:
    if task.audience is not None:
        return task.audience in asker.audiences
    return task.channel is not None and task.channel in asker.inside


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Conditions on a task under which something is allowed; those that are set must all hold."""

    audiences: frozenset[str] | None = None
    """Private to one of these, or public where `public`; None: whatever it is."""
    public: bool = True
    channels: frozenset[str] | None = None
    assignee: PersonId | None = None
    creator: PersonId | None = None

    def holds(self, task: Task) -> bool:
        """Tell whether the task is such a one."""
        if task.audience is None:
            if not self.public:
                return False
        elif self.audiences is not None and task.audience not in self.audiences:
            return False
        return (
            (self.channels is None or task.channel in self.channels)
            and (self.assignee is None or self.assignee in task.assignees)
            and (self.creator is None or self.creator == task.creator)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Which tasks somebody may do something with, as conditions that one write can check."""

    ways: tuple[Way, ...]

    def holds(self, task: Task) -> bool:
        """Tell whether the task is one of them."""
        return any(way.holds(task) for way in self.ways)


@lru_cache(maxsize=4096)
def reach(asker: Asker, right: Right) -> Reach:
    """Return the tasks of which `may` is true; a test holds the two together."""
    found: list[Way] = []
    none = frozenset[str]()
    person = asker.person
    public, private = TABLE[asker.standing, False], TABLE[asker.standing, True]
    for tie in Tie:
        in_public, in_private = (right in side.get(tie, NOTHING) for side in (public, private))
        if in_public:
            found += _ways(asker, tie, public=True)
        if in_private:
            found += _ways(asker, tie, public=False)
    if right in MADE_HERE.get(asker.standing, NOTHING) and person is not None:
        found.append(Way(audiences=none, channels=asker.inside, creator=person))
        found.append(Way(public=False, audiences=asker.audiences, creator=person))
    return Reach(ways=tuple(found))


def _ways(asker: Asker, tie: Tie, *, public: bool) -> list[Way]:
    """Return when a tie holds, on the public side or on the private one."""
    side = frozenset[str]() if public else None
    person = asker.person
    match tie:
        case Tie.NONE:
            return [Way(public=public, audiences=side)]
        case Tie.INSIDE if public:
            return [Way(audiences=side, channels=asker.inside)]
        case Tie.INSIDE:
            return [Way(public=False, audiences=asker.audiences)]
        case Tie.ASSIGNEE if person is not None:
            return [Way(public=public, audiences=side, assignee=person)]
        case Tie.CREATOR if person is not None:
            return [Way(public=public, audiences=side, creator=person)]
        case _:
            return []


def table() -> str:
    """Return the rule as a table in Markdown, for the documentation."""
    names = [right.value for right in Right]
    rows = ["| who | tasks | tied to it as | " + " | ".join(names) + " |", "|---" * 8 + "|"]
    for standing in Standing:
        for private in (False, True):
            rows += _rows(standing, private=private)
    return "\n".join(rows)


def _rows(standing: Standing, *, private: bool) -> list[str]:
    kind = "private" if private else "public"
    given: dict[str, frozenset[Right]] = {
        "anything" if tie is Tie.NONE else tie.value: held
        for tie, held in TABLE[standing, private].items()
    }
    if standing in MADE_HERE:
        given["creator and in its channel"] = MADE_HERE[standing]
    if "anything" not in given:
        given["anything else"] = NOTHING
    return [
        f"| {standing.value} | {kind} | {tie} | "
        + " | ".join("yes" if right in held else "no" for right in Right)
        + " |"
        for tie, held in given.items()
    ]
