"""Who is in the workspaces that are measured, and the tasks they have; made, not random."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from storage.codec import Document, encode_row, to_document
from storage.follower import new_block
from tasks.model import Actor, Change, Due, Priority, Source, Status, Task
from tasks.ports import Row

TEAMS = 50
PEOPLE = 20
CHANNELS = 10
TAGS = ("offsite", "hiring", "legal", "launch", "website", "support", "travel", "security")

_VERBS = ("Book", "Review", "Send", "Call", "Fix", "Write", "Plan", "Order", "Check", "Update")
_THINGS = ("venue", "contract", "invoice", "report", "banner", "budget", "agenda", "backup")
_FOR = ("offsite", "customer", "audit", "release", "newsletter", "interview", "board", "team")
_NOTES = "What we agreed on last week still holds; ask before anything is changed. " * 3
_SYNCED_AFTER = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of a workspace, in one of its channels."""

    team: str
    user: str
    channel: str


def team(index: int) -> str:
    """Return the id of a workspace, counted from 0."""
    return f"T{index:04}"


def teams(count: int = TEAMS) -> tuple[str, ...]:
    """Return the ids of that many workspaces."""
    return tuple(map(team, range(count)))


def person(team_id: str, index: int) -> str:
    """Return the id of a person."""
    return f"U{team_id[1:]}P{index:02}"


def channel(team_id: str, index: int) -> str:
    """Return the id of a channel."""
    return f"C{team_id[1:]}N{index:02}"


def member(number: int, *, of: int = TEAMS) -> Member:
    """Return who acts in the n-th request: every workspace in turn, another person each round."""
    found = team(number % of)
    turn = number // of
    return Member(
        team=found,
        user=person(found, turn % PEOPLE),
        channel=channel(found, turn % CHANNELS),
    )


def documents(team_id: str, count: int, now: datetime) -> Iterator[Document]:
    """Yield the tasks of a workspace as the storage keeps them: numbered from 1, synced."""
    dice = Random(team_id)  # noqa: S311  # the same tasks in every run
    for number in range(1, count + 1):
        yield document(task(team_id, number, now, dice))


def task(team_id: str, number: int, now: datetime, dice: Random) -> Task:
    """Return one of a workspace's tasks."""
    made = now - timedelta(minutes=dice.randrange(60 * 24 * 200))
    done = made + timedelta(hours=1) if dice.random() < 0.3 else None  # noqa: PLR2004  # a share
    creator = person(team_id, dice.randrange(PEOPLE))
    return Task(
        id=f"{team_id}-{number}",
        team=team_id,
        number=number,
        title=f"{dice.choice(_VERBS)} the {dice.choice(_THINGS)} for the {dice.choice(_FOR)}",
        notes=_NOTES if number % 4 == 0 else "",
        status=Status.DONE if done else Status.OPEN,
        assignees=_assignees(team_id, dice),
        due=_due(now, dice),
        priority=dice.choice((None, None, *Priority)),
        tags=tuple(dice.sample(TAGS, dice.randrange(3))),
        creator=creator,
        channel=channel(team_id, dice.randrange(CHANNELS)),
        created_at=made,
        updated_at=done or made,
        completed_at=done,
        completed_by=creator if done else None,
        changes=(
            Change(
                rev=1,
                by=Actor(person=creator, source=Source.SLACK),
                at=made,
                key=f"{number}.{team_id}.seeded",
            ),
        ),
    )


def _assignees(team_id: str, dice: Random) -> tuple[str, ...]:
    chosen = dice.sample(range(PEOPLE), dice.choice((0, 1, 1, 1, 1, 1, 2)))
    return tuple(person(team_id, index) for index in chosen)


def _due(now: datetime, dice: Random) -> Due | None:
    at = now + timedelta(hours=dice.randrange(-24 * 20, 24 * 60))
    return dice.choice((None, Due.on(at.date()), Due.local(at, "Europe/Berlin")))


def document(made: Task) -> Document:
    """Return a task's document, with the block of a follower that is up to date."""
    base = {
        "values": {"title": made.title, "status": made.status.value, "tags": list(made.tags)},
        "columns": {"title": "title", "status": "s%3Ax", "tags": "t%3Ax"},
        "in_trash": False,
    }
    row = Row(
        id=f"{made.team}{made.number:028}",
        url=f"https://www.notion.so/{made.team}{made.number:028}",
        rev=made.rev,
        base=base,
        create_attempts=1,
        last_sent_at=made.updated_at,
    )
    synced = made.updated_at + _SYNCED_AFTER
    block: Document = {"fence": 1, "attempts": 0, "synced_at": synced, "pushed_at": synced}
    return to_document(made, origin_key=made.changes[0].key) | {"notion": block | encode_row(row)}


def fresh_document(now: datetime) -> Document:
    """Return the document of a task that was just made: what the raw driver inserts as well."""
    made = task(team(0), 1, now, Random(1))  # noqa: S311  # the same in every run
    return to_document(made, origin_key="fresh") | {"notion": new_block(now)}
