"""Builds what tells teams of rows made in Notion, and asks their admins."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.tuning import Tuning
from handlers.slack.blocks import attention, connect
from handlers.slack.blocks.message import Message
from handlers.slack.blocks.quiet import people_in, quiet
from handlers.slack.blocks.task import card
from notifications.admins import Admins
from notifications.drift import DriftNotices
from notifications.each_once import EachOnce
from notifications.news import LEAD, News
from notifications.posts import Posts
from notifications.questions import Questions
from notifications.said_once import SaidOnce
from notifications.teller import Teller
from observability.metrics import Metrics
from storage.stores import Stores
from tasks.model import PersonId, Task
from tasks.ports import Connections, Drift, Installations, Now, People, Question, Sharing


def new_teller(
    *,
    client: AsyncWebClient,
    people: People,
    installations: Installations,
    connections: Connections,
    drift: Drift,
    stores: Stores,
    metrics: Metrics,
    now: Now,
    tuning: Tuning,
    sharing: Sharing,
) -> Teller:
    """Return the worker; `client` has no token and never repeats a call."""

    async def new_row(task: Task) -> dict[str, Any]:
        shown = card(task, lead=(LEAD,), now=now(), viewer="", is_shared=True)
        return await named(task.team, shown)

    async def new_rows(tasks: Sequence[Task]) -> dict[str, Any]:
        return await named(tasks[0].team, attention.summary(tasks))

    async def named(team: str, shown: Message) -> dict[str, Any]:
        profiles = [await people.profile(team, person) for person in people_in(shown)]
        names = {one.person: one.name for one in profiles if one is not None}
        return _body(quiet(shown, names))

    def question(asked: Question) -> dict[str, Any]:
        return _body(attention.asked(asked))

    def drifted(sentences: tuple[str, ...]) -> dict[str, Any]:
        return _body(connect.drifted(sentences))

    async def installer(team: str) -> PersonId | None:
        choice = await stores.choices.load(team)
        return None if choice is None else choice.by

    lease = timedelta(seconds=2 * tuning.lease_seconds)
    posts = Posts(
        client=client,
        installations=installations,
        metrics=metrics,
        sleep=asyncio.sleep,
        clock=time.monotonic,
    )
    admins = Admins(posts=posts, installer=installer)
    said = SaidOnce(
        turns=stores.turns,
        posts=posts,
        now=now,
        settled_after=timedelta(seconds=tuning.slack_settled_seconds),
    )
    each = EachOnce(once=said)
    return Teller(
        connections=connections,
        drift=DriftNotices(
            drift=drift,
            turns=stores.turns,
            each=each,
            admins=admins,
            render=drifted,
            lease=lease,
        ),
        news=News(
            announcements=stores.announcements,
            turns=stores.turns,
            said=said,
            card=new_row,
            summary=new_rows,
            sharing=sharing,
            every=timedelta(seconds=tuning.teller_seconds),
            gathered=timedelta(seconds=tuning.news_gathered_seconds),
            lease=lease,
        ),
        questions=Questions(
            deletions=stores.deletions,
            turns=stores.turns,
            each=each,
            admins=admins,
            render=question,
            lease=lease,
        ),
        sleep=asyncio.sleep,
        tick_seconds=tuning.teller_seconds,
    )


def _body(message: Message) -> dict[str, Any]:
    """Return what is posted: for all in a channel, not for one person."""
    body = message.body()
    del body["response_type"]
    return body
