"""Working on a task: put it off, claim, accept or decline it, tick its steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

from handlers.slack import leads
from handlers.slack.blocks import checklist
from handlers.slack.blocks import working as shown
from handlers.slack.blocks.form import Meta
from handlers.slack.blocks.message import Message
from handlers.slack.blocks.parts import Json, Line
from handlers.slack.cards import Cards
from handlers.slack.changing import NONE, behind_number, on
from handlers.slack.explain import sentence
from handlers.slack.filled import BadField, Filled
from handlers.slack.home import Home
from handlers.slack.ids import Act, Form, Input
from handlers.slack.incoming import Pressed, Submitted, Typed
from handlers.slack.instrument import Instrument, OnAction
from handlers.slack.modals import meta_of, open_view
from handlers.slack.replies import Replies
from handlers.slack.router import Kind, Router
from handlers.slack.troubles import Usage
from handlers.slack.when import UTC_SAID, Dates
from tasks import snoozing
from tasks.commands import (
    AcceptTask,
    ClaimTask,
    DeclineTask,
    DeleteTask,
    Saved,
    SnoozeTask,
    TickSteps,
)
from tasks.errors import NotAssigned, StoreError, TaskError
from tasks.model import Actor, Due, PersonId
from tasks.permissions import Presence
from tasks.service import TaskService

OFF = (*NONE, "off", "wake", "awake")
PICK = "Pick one of these, or a day."
OVER = "That is over by now: pick a later one."


class Mine(TypedDict):
    """What every request of somebody about themselves carries."""

    team: str
    number: int
    by: Actor
    key: str
    presence: Presence
    person: PersonId


class Working:
    """Does what the card offers."""

    def __init__(
        self, *, tasks: TaskService, dates: Dates, cards: Cards, replies: Replies, home: Home
    ) -> None:
        self._tasks = tasks
        self._dates = dates
        self._cards = cards
        self._replies = replies
        self._home = home

    def actions(self) -> Mapping[str, OnAction]:
        """Return what each button does."""
        return {
            Act.SNOOZE: self.ask_until,
            Act.CLAIM: self.claim,
            Act.ACCEPT: self.accept,
            Act.DECLINE: self.ask_why,
            Act.TICK: self.tick,
            Act.DELETE: self.delete,
        }

    async def snooze(self, typed: Typed) -> Message:
        """Put a task off, or no longer."""
        subject, words = on(typed, "snooze"), behind_number(typed)
        words = words.removeprefix("until ").removeprefix("for ")
        if not words:
            raise Usage("Say until when: `/task snooze T-12 2h`, `tomorrow`, `monday 9:00`, `off`.")
        said: tuple[str, ...] = ()
        until: Due | None = None
        if words.casefold() not in OFF:
            until, said = await self._dates.until(words, typed.sender, typed.leave)
        saved = await self._tasks.snooze(SnoozeTask(**subject, until=until))
        return self._cards.saved(
            saved, typed.sender, leads.snoozed(saved), kind="command", said=said
        )

    async def ask_until(self, pressed: Pressed) -> None:
        """Ask until when, with instants of the person's own day."""
        now, _ = await self._dates.now_for(pressed.sender)
        meta = replace(_meta(pressed), zone=str(now.tzinfo))
        form = shown.snooze(meta, now=now, is_snoozed=pressed.rev is not None)
        await open_view(pressed, form)

    async def ask_why(self, pressed: Pressed) -> None:
        """Ask why somebody will not do it."""
        await open_view(pressed, shown.decline(_meta(pressed)))

    async def claim(self, pressed: Pressed) -> Message:
        """Take a task that is nobody's."""
        saved = await self._tasks.claim(ClaimTask(**_mine(pressed, pressed.number, pressed.key)))
        return self._shown(saved, pressed, leads.changed(saved, "{} is yours now."))

    async def accept(self, pressed: Pressed) -> Message:
        """Say that one will do it."""
        request = AcceptTask(**_mine(pressed, pressed.number, pressed.key))
        try:
            saved = await self._tasks.accept(request)
        except NotAssigned as error:
            lead = leads.not_assigned(error.task, pressed.sender.user)
            return self._cards.of(error.task, pressed.sender, lead)
        return self._shown(saved, pressed, leads.changed(saved, "You accepted {}."))

    async def delete(self, pressed: Pressed) -> Message:
        """Put a task away."""
        sender = pressed.sender
        saved = await self._tasks.delete(
            DeleteTask(
                team=sender.team,
                number=pressed.number,
                by=sender.actor,
                key=pressed.key,
                presence=sender.presence,
            )
        )
        return self._shown(saved, pressed, leads.changed(saved, "Deleted {}."))

    async def tick(self, pressed: Pressed) -> Message | None:
        """Tick the steps that were touched, and leave the others as they are."""
        tick = checklist.ticked(pressed.block, pressed.picked)
        if tick is None:
            return None
        sender = pressed.sender
        undone: tuple[str, ...] = ()
        if tick.undone or not tick.done:
            task = await self._tasks.get(
                sender.team, tick.number, by=sender.actor, presence=sender.presence
            )
            undone = checklist.taken_back(tick, task)
        request = TickSteps(
            team=sender.team,
            number=tick.number,
            by=sender.actor,
            key=pressed.key,
            presence=sender.presence,
            done=tick.done,
            undone=undone,
        )
        saved = await self._tasks.tick(request)
        return self._shown(saved, pressed, leads.ticked(saved))

    async def snoozed(self, submitted: Submitted) -> Json | None:
        """Put a task off until what was picked."""
        meta, filled = Meta.of(submitted.metadata), Filled(submitted.values)
        try:
            until = await self._until(filled, submitted, meta)
            saved = await self._tasks.snooze(
                SnoozeTask(
                    team=submitted.sender.team,
                    number=meta.number,
                    by=submitted.sender.actor,
                    key=_key(submitted, until),
                    presence=submitted.sender.presence,
                    until=until,
                )
            )
        except BadField as error:
            return _error(error.block, str(error))
        except StoreError:
            raise
        except TaskError as error:
            return _error(filled.block_of(Input.UNTIL), sentence(error))
        said = (UTC_SAID,) if meta.zone == "UTC" and until is not None else ()
        self._announce(submitted, meta, saved, leads.snoozed(saved), said)
        return None

    async def declined(self, submitted: Submitted) -> Json | None:
        """Say that one will not do it, and why."""
        meta, filled = Meta.of(submitted.metadata), Filled(submitted.values)
        reason = filled.text_of(Input.REASON)
        request = DeclineTask(
            **_mine(submitted, meta.number, submitted.view_id),
            reason=reason,
        )
        try:
            saved = await self._tasks.decline(request)
            lead = leads.declined(saved)
        except NotAssigned as error:
            saved = Saved(task=error.task, changed=False)
            lead = leads.not_assigned(error.task, submitted.sender.user)
        self._announce(submitted, meta, saved, lead)
        return None

    async def _until(self, filled: Filled, submitted: Submitted, meta: Meta) -> Due | None:
        now, _ = await self._dates.now_for(submitted.sender)
        day, clock = filled.picked()
        zone = ZoneInfo(meta.zone or "UTC")
        if day is not None:
            wall = datetime.combine(day, clock or snoozing.MORNING, zone)
            until, block = Due.local(wall, zone.key), filled.block_of(Input.DUE_DAY)
        else:
            block = filled.block_of(Input.UNTIL)
            chosen = filled.picked_option(Input.UNTIL)
            if chosen is None:
                raise BadField(block, PICK)
            if chosen == shown.WAKE:
                return None
            until = Due.local(datetime.fromisoformat(chosen), zone.key)
        if until.marker <= now:
            raise BadField(block, OVER)
        return until

    def _announce(
        self,
        submitted: Submitted,
        meta: Meta,
        saved: Saved,
        lead: Line,
        said: tuple[str, ...] = (),
    ) -> None:
        sender, web = submitted.sender, submitted.web
        if meta.home:
            self._replies.later(self._home.publish(sender, web, meta.tab))
            return
        card = self._cards.saved(saved, sender, lead, kind="view", said=said)
        self._replies.later(self._replies.answer(sender, web, card, replace=meta.replace))

    def _shown(self, saved: Saved, pressed: Pressed, lead: Line) -> Message:
        return self._cards.saved(saved, pressed.sender, lead, kind="action")


def _meta(pressed: Pressed) -> Meta:
    return replace(meta_of(pressed.sender), number=pressed.number, replace=True)


def _mine(given: Pressed | Submitted, number: int, key: str) -> Mine:
    sender = given.sender
    return Mine(
        team=sender.team,
        number=number,
        by=sender.actor,
        key=key,
        presence=sender.presence,
        person=sender.user,
    )


def _key(submitted: Submitted, until: Due | None) -> str:
    """Name a submission: the same view with another instant is another action."""
    return f"{submitted.view_id}/{until.marker.isoformat() if until else 'off'}"


def _error(block: str, said: str) -> dict[str, Any]:
    return {"response_action": "errors", "errors": {block: said}}


def register(router: Router, *, working: Working, instrument: Instrument) -> None:
    """Listen to the forms."""
    router.on(Kind.FORM, Form.SNOOZE, instrument.form(working.snoozed))
    router.on(Kind.FORM, Form.DECLINE, instrument.form(working.declined))
