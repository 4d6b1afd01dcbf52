"""Every index, what it is for and which question it answers; created at start.

They begin with the team, so that a question costs what the team is large, not what the
installation is, and so that `team_id` can be the shard key. Only those that followers find their
work by, and what is no team's, cross teams.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from storage.attention import ASIDE, CONFLICTED
from storage.client import Database
from storage.codec import Document
from storage.copies import IS_COPY
from storage.copies import WAITING as COPY_WAITING
from storage.echo import MARKED, MARKS
from storage.inbox import WAITING
from storage.notices import WAITS as NOTICES_WAIT
from storage.operations import Patience, within
from storage.rows import HAS_ROW
from storage.tombstones import DELETED
from storage.webhooks import KEPT_FOR
from tasks.errors import StoreError

BUILDING = Patience(each_seconds=600.0, whole_seconds=600.0, tries=1)
"""An index over millions of tasks takes its time; nobody waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """One index; what `only` does not match is not in it."""

    collection: str
    name: str
    keys: tuple[tuple[str, int], ...]
    why: str
    unique: bool = False
    only: Document | None = None
    expires: timedelta | None = None
    """After what time its documents are forgotten."""

    @property
    def model(self) -> IndexModel:
        """It, in the driver's words."""
        more: Document = {} if self.only is None else {"partialFilterExpression": self.only}
        if self.expires is not None:
            more["expireAfterSeconds"] = int(self.expires.total_seconds())
        return IndexModel(list(self.keys), name=self.name, unique=self.unique, **more)


def _on_tasks(
    name: str, *keys: str, why: str, unique: bool = False, only: Document | None = None
) -> Index:
    pairs = tuple((key.removeprefix("-"), -1 if key.startswith("-") else 1) for key in keys)
    return Index(collection="tasks", name=name, keys=pairs, why=why, unique=unique, only=only)


INDEXES = (
    _on_tasks(
        "number",
        *("team_id", "number"),
        unique=True,
        why="a task by what people type (T-12); no number twice",
    ),
    _on_tasks(
        "origin_key",
        *("team_id", "origin_key"),
        unique=True,
        why="one action makes one task; a repeated one finds it",
    ),
    _on_tasks(
        "echo",
        *("team_id", MARKS),
        unique=True,
        only=MARKED,
        why="the same words of the same person twice within two minutes",
    ),
    _on_tasks(
        "owner_seen",
        *("team_id", "owners", "state", "due_sort", "number", "audience"),
        why="list mine, @person, unassigned; what somebody gave to others",
    ),
    _on_tasks(
        "owner_done",
        *("team_id", "owners", "-done_sort", "number", "audience"),
        only={"state": "done"},
        why="list done mine, what somebody has done lately",
    ),
    _on_tasks(
        "owner_new",
        *("team_id", "owners", "state", "-number", "audience"),
        why="list mine, @person, unassigned by sort:newest",
    ),
    _on_tasks(
        "open_seen",
        *("team_id", "due_sort", "number", "audience"),
        only={"state": "open"},
        why="list all, overdue, today, week",
    ),
    _on_tasks(
        "channel_seen",
        *("team_id", "channel", "state", "due_sort", "number", "audience"),
        why="list here",
    ),
    _on_tasks(
        "tag_seen",
        *("team_id", "tags", "state", "due_sort", "number", "audience"),
        why="list #tag",
    ),
    _on_tasks(
        "word_seen",
        *("team_id", "words", "state", "due_sort", "number", "audience"),
        why="list words, search: each word as the beginning of one in title or notes",
    ),
    _on_tasks(
        "done_seen",
        *("team_id", "-done_sort", "number", "audience"),
        only={"state": "done"},
        why="list done, latest first",
    ),
    _on_tasks(
        "members_only",
        *("team_id", "members_only"),
        only={"members_only": True},
        why="which workspaces have tasks that only the members of a conversation see",
    ),
    _on_tasks(
        "touched",
        *("team_id", "touched_by", "-updated_at"),
        why="undo: what a person had a hand in, latest first",
    ),
    _on_tasks(
        "behind",
        "notion.next_attempt_at",
        only={"notion.next_attempt_at": {"$exists": True}},
        why="claims of the Notion follower, across teams",
    ),
    _on_tasks(
        "untold",
        "notices.next_attempt_at",
        only=NOTICES_WAIT,
        why="tasks whose shared cards are to be edited, across teams",
    ),
    _on_tasks(
        "team_behind",
        *("team_id", "notion.next_attempt_at"),
        only={"notion.next_attempt_at": {"$exists": True}},
        why="sync status: how much of a team waits",
    ),
    _on_tasks(
        "aside",
        *("team_id", "number"),
        only=ASIDE,
        why="sync status, sync aside: whose row is gone or cannot be written",
    ),
    _on_tasks(
        "conflicts",
        *("team_id", "number"),
        only=CONFLICTED,
        why="sync status, sync conflicts: where both sides changed the same",
    ),
    _on_tasks(
        "long",
        "history_at",
        only={"history_at": {"$exists": True}},
        why="tasks whose older changes are to be moved, across teams",
    ),
    _on_tasks(
        "deleted",
        "updated_at",
        only=DELETED,
        why="deleted tasks that nobody can restore any more, across teams",
    ),
    _on_tasks(
        "row",
        *("team_id", "notion.page_id"),
        only=HAS_ROW,
        why="the task of a row in Notion",
    ),
    Index(
        collection="inbox",
        name="inbox_due",
        keys=(("due_at", 1),),
        only=WAITING,
        why="rows that may have changed in Notion, across teams",
    ),
    Index(
        collection="announcements",
        name="state",
        keys=(("team_id", 1), ("state", 1), ("at", 1)),
        why="rows that a channel is to be told of, or was",
    ),
    Index(
        collection="announcements",
        name="announcements_expire",
        keys=(("expires_at", 1),),
        expires=timedelta(),
        why="rows that were announced, forgotten after a week",
    ),
    Index(
        collection="deletions",
        name="state",
        keys=(("team_id", 1), ("state", 1), ("at", 1)),
        why="deletions that count, wait for an answer, or have one",
    ),
    Index(
        collection="deletions",
        name="deletions_expire",
        keys=(("expires_at", 1),),
        expires=timedelta(),
        why="deletions that do not count any more, forgotten",
    ),
    Index(
        collection="comment_inbox",
        name="comment_inbox_due",
        keys=(("due_at", 1),),
        only=WAITING,
        why="pages whose comments may have changed, across teams",
    ),
    Index(
        collection="copies",
        name="copies_due",
        keys=(("of", 1), ("due_at", 1)),
        only=COPY_WAITING,
        why="copies of comments that are to be made, across teams",
    ),
    Index(
        collection="copies",
        name="copies_of_task",
        keys=(("team_id", 1), ("number", 1), ("order", 1)),
        why="what was said about a task, and what has to be copied first",
    ),
    Index(
        collection="copies",
        name="copy",
        keys=(("team_id", 1), ("copy_id", 1)),
        only=IS_COPY,
        why="whether a comment is a copy of ours",
    ),
    Index(
        collection="threads",
        name="threads_of_task",
        keys=(("team_id", 1), ("number", 1), ("since", 1)),
        why="the threads of a task",
    ),
    Index(
        collection="threads",
        name="talked",
        keys=(("team_id", 1), ("talked_at", -1)),
        why="the tasks that were talked about last",
    ),
    Index(
        collection="marks",
        name="marks_expire",
        keys=(("expires_at", 1),),
        expires=timedelta(),
        why="what was done once, forgotten",
    ),
    Index(
        collection="deliveries",
        name="received",
        keys=(("at", 1),),
        expires=KEPT_FOR,
        why="events of webhooks, forgotten after three days",
    ),
    Index(
        collection="history",
        name="change",
        keys=(("team_id", 1), ("task_id", 1), ("rev", 1)),
        unique=True,
        why="history T-12; no change is kept twice",
    ),
    Index(
        collection="api_keys",
        name="team",
        keys=(("team_id", 1), ("created_at", 1), ("_id", 1)),
        why="a workspace's keys, the oldest first",
    ),
)


OUTGROWN = ("owner", "open", "channel", "tag", "word", "done")
"""Indexes of tasks as version 0.1.0 had them; what took their place knows who sees a task."""


async def ensure_indexes(database: Database) -> None:
    """Create the indexes that are not there yet; a caller tries again on StoreError.

    The unique ones come first: until they are there, one action could make two tasks.
    """
    with within(BUILDING):
        await _create(database, [index for index in INDEXES if index.unique])
        database.prepared()
        await _create(database, [index for index in INDEXES if not index.unique])
        database.indexed = True
        await database.across_tenants("tasks").drop_indexes("indexes.drop", OUTGROWN)


async def _create(database: Database, indexes: Iterable[Index]) -> None:
    wanted: dict[str, list[IndexModel]] = {}
    for index in indexes:
        wanted.setdefault(index.collection, []).append(index.model)
    for name, models in wanted.items():
        try:
            await database.across_tenants(name).create_indexes("indexes.create", models)
        except DuplicateKeyError as error:
            raise StoreError(
                f"The collection {name} holds a key twice, so its unique indexes cannot be made."
            ) from error


def table() -> str:
    """Return the indexes as a table in Markdown, for the documentation."""
    rows = ["| collection | keys | only | for |", "|---|---|---|---|"]
    for index in INDEXES:
        keys = ", ".join(f"`{key}`{' ↓' if order < 0 else ''}" for key, order in index.keys)
        unique = " (unique)" if index.unique else ""
        only = "" if index.only is None else _in_words(index.only)
        rows.append(f"| {index.collection} | {keys}{unique} | {only} | {index.why} |")
    return "\n".join(rows)


def _in_words(only: Document) -> str:
    ((field, value),) = only.items()
    return f"`{field}` present" if isinstance(value, dict) else f"`{field}` = {value}"
