"""Puts the comments' followers on Notion's side together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from notion_sync.client import NotionClient
from notion_sync.comment_looks import CommentLooks
from notion_sync.comment_rounds import NETS, CommentRounds, Net
from notion_sync.comment_trouble import CommentTrouble
from notion_sync.comments import Comments
from notion_sync.limiter import Sleep
from notion_sync.people import PeopleFinder
from notion_sync.trouble import Troubles
from notion_sync.worker import Worker
from tasks.model import Source
from tasks.ports import (
    ChannelSettings,
    Connections,
    Copies,
    CopyClaim,
    Inbox,
    Mark,
    Now,
    People,
    Permalinks,
    RowBook,
    TaskStore,
    Threads,
    Turn,
    Turns,
)

WORKERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentStores:
    """What the comments' followers ask of the database."""

    copies: Copies
    threads: Threads
    settings: ChannelSettings
    comment_inbox: Inbox
    inbox: Inbox
    tasks: TaskStore
    rows: RowBook
    turns: Turns
    connections: Connections


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentFollowers:
    """What makes comments, what looks at them, and what goes round."""

    writer: Worker[CopyClaim]
    looker: Worker[Mark]
    rounds: Worker[Turn]


def new_comment_followers(
    stores: CommentStores,
    *,
    people: People,
    permalinks: Permalinks,
    client: NotionClient,
    finder: PeopleFinder,
    troubles: Troubles,
    now: Now,
    sleep: Sleep,
    monotonic: Callable[[], float],
    jitter: Callable[[], float],
    grace: timedelta,
    on_news: Callable[[], None],
    nets: tuple[Net, ...] = NETS,
) -> CommentFollowers:
    """Return them; `on_news` is called where something is to be copied into a thread."""
    # One for each: who may read comments need not be one who may write them.
    writing = CommentTrouble(troubles=troubles, now=now, jitter=jitter)
    reading = CommentTrouble(troubles=troubles, now=now, jitter=jitter)
    comments = Comments(
        copies=stores.copies,
        settings=stores.settings,
        connections=stores.connections,
        tasks=stores.tasks,
        rows=stores.rows,
        inbox=stores.inbox,
        people=people,
        permalinks=permalinks,
        client=client,
        finder=finder,
        trouble=writing,
        grace=grace,
    )
    looks = CommentLooks(
        inbox=stores.comment_inbox,
        copies=stores.copies,
        threads=stores.threads,
        settings=stores.settings,
        connections=stores.connections,
        rows=stores.rows,
        client=client,
        people=finder,
        trouble=reading,
        now=now,
        on_news=on_news,
    )
    rounds = CommentRounds(
        connections=stores.connections,
        turns=stores.turns,
        threads=stores.threads,
        tasks=stores.tasks,
        rows=stores.rows,
        inbox=stores.comment_inbox,
        monotonic=monotonic,
        nets=nets,
    )

    return CommentFollowers(
        writer=Worker(
            "comments",
            claim=partial(stores.copies.claim, Source.SLACK),
            next_due=partial(stores.copies.next_due, Source.SLACK),
            work=comments.do,
            sleep=sleep,
            workers=WORKERS,
        ),
        looker=Worker(
            "comment looks",
            claim=stores.comment_inbox.claim,
            next_due=stores.comment_inbox.next_due,
            work=looks.look,
            sleep=sleep,
            workers=WORKERS,
        ),
        rounds=Worker(
            "comment rounds",
            claim=rounds.claim,
            next_due=rounds.next_due,
            work=rounds.run,
            sleep=sleep,
            workers=1,
        ),
    )
