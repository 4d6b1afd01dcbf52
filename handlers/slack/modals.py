"""The forms: opened by commands and buttons, submitted into one service call."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from handlers.slack import leads
from handlers.slack.audiences import Audiences
from handlers.slack.blocks import capture, clash, form
from handlers.slack.blocks.form import Meta
from handlers.slack.blocks.parts import Line, Lines
from handlers.slack.cards import Cards
from handlers.slack.changing import on
from handlers.slack.confirming import Confirming
from handlers.slack.explain import explain
from handlers.slack.filled import BadField, Filled, due_of
from handlers.slack.home import Home
from handlers.slack.ids import Form
from handlers.slack.incoming import Opener, Pressed, Sender, Submitted, Typed
from handlers.slack.instrument import Instrument
from handlers.slack.replies import Replies
from handlers.slack.router import Kind, Router
from handlers.slack.text import pieces, shown, split_first
from handlers.slack.troubles import FormTooLate, NotRead
from handlers.slack.web import SlackRefused, Web
from handlers.slack.when import UTC_SAID, Dates
from tasks import text
from tasks.commands import AddTask, EditTask, Saved
from tasks.errors import AlreadyAdded, EditClash, NotSaved, Refused, TaskError, TaskIsDeleted
from tasks.model import EDITABLE, Change, Due, Field, Task, Value
from tasks.service import TaskService

Json = dict[str, Any]
READ_SECONDS = 0.5
"""So long the task is waited for before the form opens without it; a trigger lives 3 s."""
FIRST_REV = 1
"""What a task is at when it was made."""
_OPENED_BEFORE = "exchanged_trigger_id"


class Modals:
    """Opens forms and takes what was filled in."""

    def __init__(
        self,
        *,
        tasks: TaskService,
        dates: Dates,
        cards: Cards,
        replies: Replies,
        home: Home,
        audiences: Audiences,
        confirming: Confirming,
    ) -> None:
        self._tasks = tasks
        self._dates = dates
        self._cards = cards
        self._replies = replies
        self._home = home
        self._audiences = audiences
        self._confirming = confirming

    async def open_new(self, typed: Typed) -> None:
        """Open the empty form; nothing is waited for before it."""
        await open_view(typed, form.new(meta_of(typed.sender)))

    async def press_new(self, pressed: Pressed) -> None:
        """Open the empty form from a button."""
        await open_view(pressed, form.new(meta_of(pressed.sender)))

    async def open_filled(
        self, given: Opener, meta: Meta, values: Mapping[Field, Value], *, above: list[Json]
    ) -> None:
        """Open the form of a new task with what is known already."""
        await open_view(given, form.new(meta, values, above=above))

    async def open_edit(self, typed: Typed) -> None:
        """Open the form of a task; words behind its number stand there as its title."""
        number = on(typed, "edit")["number"]
        title = shown(pieces(split_first(typed.rest)[1])).strip()
        await self._open_task(typed, number, meta_of(typed.sender), EDITABLE, title=title)

    async def press(self, pressed: Pressed, fields: tuple[Field, ...] = EDITABLE) -> None:
        """Open the form of the task whose card it was, with all fields or some."""
        meta = replace(meta_of(pressed.sender), replace=True)
        await self._open_task(pressed, pressed.number, meta, fields)

    async def create(self, submitted: Submitted) -> Json | None:
        """Make the task of a filled form."""
        meta, filled = Meta.of(submitted.metadata), Filled(submitted.values)
        values: dict[Field, Value] = {}
        try:
            due, said = await self._due(filled, submitted.sender, meta)
            fields = tuple(name.value for name in form.NEW_FIELDS)
            values = filled.values(fields, due)
            audience = await self._audiences.of(submitted.sender)
            saved = await self._tasks.add(_new_task(submitted, values, audience.of, meta))
            said = (*audience.said, *said)
            if saved.repeated:
                saved = await self._amended(submitted, saved.task.number, values)
        except (Refused, BadField) as error:
            return _field_error(error, filled)
        except AlreadyAdded as error:
            return _again(error, values, meta)
        except EditClash as error:
            return _clashed(error, values, replace(meta, rev=FIRST_REV))
        self._announce(submitted, meta, saved, leads.added(saved), said)
        return None

    async def edit(self, submitted: Submitted) -> Json | None:
        """Save the form of a task, or show it again with what somebody changed meanwhile."""
        meta, filled = Meta.of(submitted.metadata), Filled(submitted.values)
        values: dict[Field, Value] = {}
        try:
            due, said = await self._due(filled, submitted.sender, meta)
            values = filled.values(meta.fields, due)
            saved = await self._edited(submitted, meta.number, meta.rev, values)
        except (Refused, BadField) as error:
            return _field_error(error, filled)
        except EditClash as error:
            return _clashed(error, values, meta)
        self._announce(submitted, meta, saved, leads.changed(saved, "Saved {}."), said)
        return None

    async def _open_task(
        self,
        given: Typed | Pressed,
        number: int,
        meta: Meta,
        fields: tuple[Field, ...],
        *,
        title: str = "",
    ) -> None:
        reading = asyncio.create_task(self._read(given.sender, number))
        await asyncio.wait({reading}, timeout=READ_SECONDS)
        if reading.done():
            await open_view(given, form.edit(reading.result(), meta, fields, title=title))
            return
        view = await open_view(given, form.waiting())
        if view:
            self._replies.later(_fill(given.web, view, reading, meta, fields, title=title))

    async def _read(self, sender: Sender, number: int) -> Task:
        """Return the task; NotRead in place of an error that speaks of saving."""
        asked = self._tasks.get(sender.team, number, by=sender.actor, presence=sender.presence)
        try:
            task = await asked
        except NotSaved as error:
            raise NotRead from error
        if task.deleted:
            raise TaskIsDeleted(task)
        return task

    async def _due(
        self, filled: Filled, sender: Sender, meta: Meta
    ) -> tuple[Due | None, tuple[str, ...]]:
        day, clock = filled.picked()
        if day is None:
            return None, ()
        zone, known = await self._zone(sender, meta) if clock else (ZoneInfo("UTC"), True)
        return due_of(day, clock, zone, meta), () if known else (UTC_SAID,)

    async def _zone(self, sender: Sender, meta: Meta) -> tuple[ZoneInfo, bool]:
        if meta.zone:
            return ZoneInfo(meta.zone), True
        zone = await self._dates.zone_of(sender)
        return zone or ZoneInfo("UTC"), zone is not None

    async def _amended(
        self, submitted: Submitted, number: int, values: Mapping[Field, Value]
    ) -> Saved:
        """Bring a task that the first try had saved to what the second one says.

        Between the two the person may have gone on typing, and others may have changed the task.
        """
        amended = await self._edited(submitted, number, FIRST_REV, values)
        return replace(amended, repeated=amended.repeated or not amended.changed)

    async def _edited(
        self, submitted: Submitted, number: int, rev: int, values: Mapping[Field, Value]
    ) -> Saved:
        """Save values that were filled in over those of `rev`. EditClash.

        What the same form has saved already, its answer lost, is nobody else's change.
        """
        try:
            return await self._tasks.edit(_change(submitted, number, rev, values))
        except EditClash as error:
            own = _own_change(error.task, submitted, rev)
            opened = error.task.at_rev(rev)
            if own is None or opened is None:
                raise
            mine = {step.field for step in own.fields}
            kept, _ = text.form(values)
            again = {n: v for n, v in values.items() if n in mine or kept[n] != opened.value(n)}
            return await self._tasks.edit(_change(submitted, number, own.rev, again))

    def _announce(
        self,
        submitted: Submitted,
        meta: Meta,
        saved: Saved,
        lead: Line,
        said: tuple[str, ...],
    ) -> None:
        sender, web = submitted.sender, submitted.web
        if meta.thread is not None:
            self._replies.later(self._confirming.tell(submitted, meta, saved, lead))
            return
        if meta.home:
            self._replies.later(self._home.publish(sender, web, meta.tab))
            return
        shown = self._cards.saved(saved, sender, lead, kind="view", said=said)
        self._replies.later(self._replies.answer(sender, web, shown, replace=meta.replace))


def meta_of(sender: Sender) -> Meta:
    """Return what a form has to know of where it was opened."""
    return Meta(
        channel=sender.channel,
        channel_name=sender.channel_name,
        response_url=sender.response_url,
        message=sender.message,
        unfurl=(sender.unfurl.ts, sender.unfurl.link) if sender.unfurl else (),
        home=sender.channel is None and sender.response_url is None,
        tab=sender.tab,
    )


async def open_view(given: Opener, view: Json) -> Json:
    """Open a modal and return it; FormTooLate. Opened by a repetition before us: nothing."""
    try:
        return await given.web.open_view(given.trigger_id, view)
    except SlackRefused as error:
        if error.code == _OPENED_BEFORE:
            return {}
        raise FormTooLate(expired=error.too_late) from error


async def _fill(
    web: Web,
    view: Json,
    reading: asyncio.Task[Task],
    meta: Meta,
    fields: tuple[Field, ...],
    *,
    title: str,
) -> None:
    try:
        found = form.edit(await reading, meta, fields, title=title)
    except (TaskError, NotRead) as error:
        found = form.notice("Not opened", (Lines((explain(error),)),))
    await web.update_view(str(view["id"]), found, hash_=view.get("hash"))


def _field_error(error: Refused | BadField, filled: Filled) -> Json:
    block = error.block if isinstance(error, BadField) else filled.block(error.field)
    return {"response_action": "errors", "errors": {block: str(error)}}


def _again(error: AlreadyAdded, values: Mapping[Field, Value], meta: Meta) -> Json:
    """Show the form once more: what was sent just now made a task a moment ago."""
    above = capture.already_added(error.task)
    view = form.new(replace(meta, anyway=True), values, above=above)
    return {"response_action": "update", "view": view}


def _said(values: Mapping[Field, Value], meta: Meta) -> str:
    """Return a form as words, so that two that say the same can be told."""
    found = sorted((name.value, str(value)) for name, value in values.items() if value)
    return repr((meta.source, found))


def _new_task(
    submitted: Submitted, values: Mapping[Field, Value], audience: str | None, meta: Meta
) -> AddTask:
    return AddTask(
        team=submitted.sender.team,
        by=submitted.sender.actor,
        key=submitted.view_id,
        channel=submitted.sender.channel,
        audience=audience,
        source=meta.source,
        author=meta.author,
        said="" if meta.anyway else _said(values, meta),
        **{name.value: value for name, value in values.items()},  # type: ignore[arg-type]  # Field names them
    )


def _change(submitted: Submitted, number: int, rev: int, values: Mapping[Field, Value]) -> EditTask:
    return EditTask(
        team=submitted.sender.team,
        number=number,
        by=submitted.sender.actor,
        key=_key_of(submitted, rev, values),
        expected_rev=rev,
        values=values,
        presence=submitted.sender.presence,
    )


def _own_change(task: Task, submitted: Submitted, rev: int) -> Change | None:
    """Return the latest change that this very form has made since `rev`."""
    own = (c for c in reversed(task.changes) if c.key.startswith(f"{submitted.view_id}/"))
    return next((change for change in own if change.rev > rev), None)


def _clashed(error: EditClash, values: Mapping[Field, Value], meta: Meta) -> Json:
    ours, _ = text.form(values)
    return {"response_action": "update", "view": clash.clashed(error, ours, meta)}


def _key_of(submitted: Submitted, rev: int, values: Mapping[Field, Value]) -> str:
    """Name a submission: the same view with other values is another action."""
    said = repr(sorted((name.value, repr(value)) for name, value in values.items()))
    return f"{submitted.view_id}/{rev}/{sha256(said.encode()).hexdigest()[:16]}"


def register(router: Router, *, modals: Modals, instrument: Instrument) -> None:
    """Listen to submitted forms."""
    router.on(Kind.FORM, Form.EDIT, instrument.form(modals.edit))
    router.on(Kind.FORM, Form.CREATE, instrument.form(modals.create))
