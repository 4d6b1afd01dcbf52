"""Builds what tells teams of rows made in Notion, and asks their admins."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.for_all import body_for_all, names_in
from bot.slack_reach import SlackReach
from bot.tuning import Tuning
from handlers.slack.blocks import attention, connect
from handlers.slack.blocks.message import Message
from handlers.slack.blocks.quiet import quiet
from handlers.slack.blocks.task import card
from notifications.admins import Admins
from notifications.drift import DriftNotices
from notifications.each_once import EachOnce
from notifications.news import LEAD, News
from notifications.questions import Questions
from notifications.said_once import SaidOnce
from notifications.teller import Teller
from storage.stores import Stores
from tasks.model import PersonId, Task
from tasks.ports import Connections, Drift, Now, Question, Sharing


def new_teller(
    *,
    reach: SlackReach,
    connections: Connections,
    drift: Drift,
    stores: Stores,
    now: Now,
    tuning: Tuning,
    sharing: Sharing,
) -> Teller:
    """Return the worker."""

    async def new_row(task: Task) -> dict[str, Any]:
        shown = card(task, lead=(LEAD,), now=now(), viewer="", is_shared=True)
        return await named(task.team, shown)

    async def new_rows(tasks: Sequence[Task]) -> dict[str, Any]:
        return await named(tasks[0].team, attention.summary(tasks))

    async def named(team: str, shown: Message) -> dict[str, Any]:
        return body_for_all(quiet(shown, await names_in(shown, team, reach.people)))

    def question(asked: Question) -> dict[str, Any]:
        return body_for_all(attention.asked(asked))

    def drifted(sentences: tuple[str, ...]) -> dict[str, Any]:
        return body_for_all(connect.drifted(sentences))

    async def installer(team: str) -> PersonId | None:
        choice = await stores.choices.load(team)
        return None if choice is None else choice.by

    lease = timedelta(seconds=2 * tuning.lease_seconds)
    posts = reach.posts()
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
