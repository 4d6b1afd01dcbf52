"""The comments' followers of one process: replies into Notion, comments into threads."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import timedelta
from functools import partial

from bot.background import surviving
from bot.clock_and_ids import utc_now
from bot.notion_side import NotionSide
from bot.slack_reach import SlackReach
from bot.tuning import Tuning
from notifications.permalinks import SlackPermalinks
from notifications.thread_posts import ThreadPosts
from notion_sync.comment_assembly import CommentStores, new_comment_followers
from notion_sync.worker import Worker
from storage.stores import Stores
from tasks.model import Source
from tasks.ports import CopyClaim

POSTERS = 2


class CommentSide:
    """What makes comments and messages of each other, where there is a connection."""

    def __init__(
        self,
        *,
        notion: NotionSide,
        stores: Stores,
        reach: SlackReach,
        tuning: Tuning,
    ) -> None:
        self._broke = reach.metrics.background_failures.inc
        calls = reach.calls()
        posts = ThreadPosts(
            copies=stores.copies,
            settings=stores.channels,
            pacer=stores.pacer,
            calls=calls,
            settled_after=timedelta(seconds=tuning.slack_settled_seconds),
        )
        self._poster: Worker[CopyClaim] = Worker(
            "comment posts",
            claim=partial(stores.copies.claim, Source.NOTION),
            next_due=partial(stores.copies.next_due, Source.NOTION),
            work=posts.do,
            sleep=asyncio.sleep,
            workers=POSTERS,
        )
        followers = new_comment_followers(
            CommentStores(
                copies=stores.copies,
                threads=stores.threads,
                settings=stores.channels,
                comment_inbox=stores.comment_inbox,
                inbox=stores.inbox,
                tasks=stores.tasks,
                rows=stores.rows,
                turns=stores.turns,
                connections=notion.connection,
            ),
            people=reach.people,
            permalinks=SlackPermalinks(calls),
            client=notion.client,
            finder=notion.finder,
            troubles=notion.troubles,
            now=utc_now,
            sleep=asyncio.sleep,
            monotonic=time.monotonic,
            jitter=random.random,
            grace=timedelta(seconds=tuning.notion_grace_seconds),
            on_news=self._poster.wake,
        )
        self._writer, self._looker = followers.writer, followers.looker
        self._all = (followers.writer, followers.looker, followers.rounds, self._poster)

    def said(self) -> None:
        """Look for replies now."""
        self._writer.wake()

    def commented(self) -> None:
        """Look for pages whose comments changed now."""
        self._looker.wake()

    async def run(self) -> None:
        """Follow until `stop`."""
        async with asyncio.TaskGroup() as group:
            for each in self._all:
                group.create_task(surviving("comments", each.run, broke=self._broke))

    def stop(self) -> None:
        """Claim nothing more."""
        for each in self._all:
            each.stop()
