"""Many tasks at once: picked from a list, asked about above ten, told and taken back as one."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from handlers.slack.blocks import bulk as shown
from handlers.slack.blocks.bulk import Plan
from handlers.slack.blocks.form import notice
from handlers.slack.blocks.listing import turned
from handlers.slack.blocks.message import Message
from handlers.slack.blocks.parts import Json, words
from handlers.slack.filled import BadField, Filled, read_tags
from handlers.slack.ids import Act, Form, Input
from handlers.slack.incoming import Pressed, Sender, Submitted, Typed
from handlers.slack.instrument import Instrument, OnAction
from handlers.slack.modals import open_view
from handlers.slack.reading import Reading
from handlers.slack.replies import Replies
from handlers.slack.router import Kind, Router
from handlers.slack.text import number_of
from handlers.slack.when import Dates, zone_called
from tasks import dates, text
from tasks.bulk import ASKS_ABOVE, MOST, Bulk, BulkChange, BulkUndo, Deed, Run
from tasks.errors import Refused, TaskError
from tasks.model import Due, Field
from tasks.service import TaskService

ANSWER_SECONDS = 1.5
"""So long a bulk is waited for; what is not done by then goes on, and is told of later."""
NOTHING = "There is nothing in this list any more: `/task list all` shows what there is."

log = logging.getLogger(__name__)


class Selecting:
    """Asks what to do with many tasks, and does it."""

    def __init__(
        self, *, tasks: TaskService, reading: Reading, dates: Dates, replies: Replies
    ) -> None:
        self._tasks = tasks
        self._bulk = Bulk(tasks)
        self._reading = reading
        self._dates = dates
        self._replies = replies

    def actions(self) -> Mapping[str, OnAction]:
        """Return what each button does."""
        return {Act.SELECT: self.select, Act.BULK_UNDO: self.undo, Act.BULK_AGAIN: self.again}

    async def select(self, pressed: Pressed) -> None:
        """Show the tasks of a list, to be picked."""
        asked, _ = turned(pressed.value)
        sender = pressed.sender
        page = await self._reading.lines(asked, sender, limit=MOST)
        zone = await self._dates.zone_of(sender)
        plan = Plan(
            asked=asked,
            channel=sender.channel,
            channel_name=sender.channel_name,
            response_url=sender.response_url,
            zone=zone.key if zone else None,
        )
        form = (
            shown.select(plan, page.lines, is_more=page.next is not None)
            if page.lines
            else notice("Select several", (words(NOTHING),))
        )
        await open_view(pressed, form)

    async def picked(self, submitted: Submitted) -> Json | None:
        """Take what was picked: do it at once, or ask for what is still to be known."""
        plan, filled = Plan.of(submitted.metadata), Filled(submitted.values)
        numbers = tuple(map(int, filter(number_of, filled.picked_options(Input.TASKS))))
        deed = Deed(filled.picked_option(Input.DEED) or Deed.DONE)
        if not 0 < len(numbers) <= MOST:
            return _error(filled.block_of(Input.TASKS), f"Pick 1 to {MOST} tasks.")
        plan = replace(plan, numbers=numbers, deed=deed.value)
        if deed in shown.ASKING or len(numbers) > ASKS_ABOVE:
            return {"response_action": "update", "view": shown.ask(plan)}
        await self._done(submitted, plan)
        return None

    async def sure(self, submitted: Submitted) -> Json | None:
        """Do it with the value that was filled in."""
        plan, filled = Plan.of(submitted.metadata), Filled(submitted.values)
        try:
            plan = _with_values(plan, filled)
        except BadField as error:
            return _error(error.block, str(error))
        except Refused as error:
            name = Input.TAGS if error.field is Field.TAGS else Input.ASSIGNEES
            return _error(filled.block_of(name), str(error))
        await self._done(submitted, plan)
        return None

    async def again(self, pressed: Pressed) -> Message:
        """Go on with a bulk that was not done to its end: under its own keys, so nothing twice."""
        plan = Plan.of(json.loads(pressed.value))
        run = self._bulk.change(_change(plan, pressed.sender))
        return await self._told(run, pressed, lambda: _outcome(plan, run))

    async def undo(self, pressed: Pressed) -> Message:
        """Take a whole bulk back."""
        plan = Plan.of(json.loads(pressed.value))
        return await self._undone(pressed, plan.key, plan.numbers, key=f"undo-{plan.key}")

    async def undo_latest(self, typed: Typed, bulk: str) -> Message:
        """Take back the bulk that a person's latest change is part of."""
        sender = typed.sender
        numbers = await self._tasks.in_bulk(
            sender.team, bulk, by=sender.actor, presence=sender.presence
        )
        return await self._undone(typed, bulk, numbers, key=typed.key)

    async def _undone(
        self, given: Pressed | Typed, bulk: str, numbers: tuple[int, ...], *, key: str
    ) -> Message:
        sender = given.sender
        run = self._bulk.undo(
            BulkUndo(
                team=sender.team,
                by=sender.actor,
                key=key,
                of=bulk,
                numbers=numbers,
                presence=sender.presence,
            )
        )
        again = Plan(key=bulk, numbers=numbers).dumps()
        return await self._told(
            run,
            given,
            lambda: shown.undone(
                changed=sorted(run.changed | run.same),
                failed=run.failed,
                left=run.left,
                again=again,
            ),
        )

    async def _done(self, submitted: Submitted, plan: Plan) -> None:
        plan = replace(plan, key=_key(submitted, plan))
        run = self._bulk.change(_change(plan, submitted.sender))
        now = await self._told(run, submitted, lambda: _outcome(plan, run))
        self._replies.later(
            self._replies.answer(submitted.sender, submitted.web, now, replace=True)
        )

    async def _told(
        self, run: Run, given: Pressed | Typed | Submitted, tell: Callable[[], Message]
    ) -> Message:
        """Do it, and return what is there to say in time; the rest is said once all is done."""
        work = asyncio.create_task(run.finish())
        await asyncio.wait({work}, timeout=ANSWER_SECONDS)
        found = tell()
        if work.done():
            _log(run)
        else:
            self._replies.later(self._afterwards(work, run, given, tell))
        return found

    async def _afterwards(
        self,
        work: asyncio.Task[None],
        run: Run,
        given: Pressed | Typed | Submitted,
        tell: Callable[[], Message],
    ) -> None:
        await work
        _log(run)
        is_new = isinstance(given, Typed)  # a command has no message to be replaced
        await self._replies.answer(given.sender, given.web, tell(), replace=not is_new)


def _outcome(plan: Plan, run: Run) -> Message:
    return shown.outcome(
        plan,
        changed=sorted(run.changed),
        same=sorted(run.same),
        failed=run.failed,
        left=run.left,
    )


def _change(plan: Plan, sender: Sender) -> BulkChange:
    return BulkChange(
        team=sender.team,
        by=sender.actor,
        key=plan.key,
        numbers=plan.numbers,
        deed=Deed(plan.deed),
        assignees=plan.assignees,
        due=_due(plan),
        tags=plan.tags,
        presence=sender.presence,
    )


def _with_values(plan: Plan, filled: Filled) -> Plan:
    """Return the plan with what was filled in. BadField, Refused."""
    match Deed(plan.deed):
        case Deed.ASSIGN:
            return replace(plan, assignees=text.people(filled.picked_people()))
        case Deed.TAG:
            return replace(plan, tags=text.tags(read_tags(filled.text_of(Input.TAGS))))
        case Deed.DUE:
            day, clock = filled.picked()
            zone = ZoneInfo(plan.zone or "UTC")
            if day is None:
                return plan
            if clock is None:
                return replace(plan, due=day.isoformat())
            at = Due.local(datetime.combine(day, clock, zone), zone.key)
            return replace(plan, due=dates.say(at))
        case _:
            return plan


def _due(plan: Plan) -> Due | None:
    if plan.due is None:
        return None
    zone = zone_called(plan.zone or "UTC") or ZoneInfo("UTC")
    return dates.read(plan.due, now=datetime(2000, 1, 1, tzinfo=zone))


def _key(submitted: Submitted, plan: Plan) -> str:
    """Name the action: the same form with other values is another one."""
    said = repr((plan.deed, sorted(plan.numbers), plan.assignees, plan.due, plan.tags))
    return f"{submitted.view_id}-{sha256(said.encode()).hexdigest()[:12]}"


def _log(run: Run) -> None:
    for error in run.failed.values():
        if not isinstance(error, TaskError):
            log.error("bulk_change_failed", exc_info=error)


def _error(block: str, said: str) -> dict[str, Any]:
    return {"response_action": "errors", "errors": {block: said}}


def register(router: Router, *, selecting: Selecting, instrument: Instrument) -> None:
    """Listen to the forms."""
    router.on(Kind.FORM, Form.BULK, instrument.form(selecting.picked))
    router.on(Kind.FORM, Form.BULK_SURE, instrument.form(selecting.sure))
