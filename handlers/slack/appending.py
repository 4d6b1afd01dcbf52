"""Adding what a message says to a task there is: its notes go on with it."""

from __future__ import annotations

import json
from typing import Any

from handlers.slack.aloud import Aloud
from handlers.slack.blocks import capture
from handlers.slack.blocks.form import Meta
from handlers.slack.blocks.words import ref
from handlers.slack.confirming import Confirming
from handlers.slack.explain import sentence
from handlers.slack.filled import BadField, Filled
from handlers.slack.ids import Form, Input
from handlers.slack.incoming import Pressed, Submitted
from handlers.slack.instrument import Instrument
from handlers.slack.replies import Replies
from handlers.slack.router import Kind, Router
from handlers.slack.text import number_of
from handlers.slack.troubles import FormTooLate
from handlers.slack.web import SlackRefused
from tasks import text
from tasks.commands import EditTask, Saved
from tasks.errors import (
    CannotTell,
    EditClash,
    NoSuchTask,
    NotAllowed,
    NotSaved,
    TaskError,
    TaskIsDeleted,
)
from tasks.model import Field, Task
from tasks.service import TaskService

Json = dict[str, Any]
TRIES = 4


class Appending:
    """Turns the form of a new task into that of an addition, and takes what was filled in."""

    def __init__(
        self, *, tasks: TaskService, aloud: Aloud, confirming: Confirming, replies: Replies
    ) -> None:
        self._tasks = tasks
        self._aloud = aloud
        self._confirming = confirming
        self._replies = replies

    async def turn(self, pressed: Pressed) -> None:
        """Show the form of an addition in place of the one the button stands in."""
        view = pressed.view
        meta = Meta.of(json.loads(view.get("private_metadata") or "{}"))
        state = (view.get("state") or {}).get("values") or {}
        filled = Filled({block: next(iter(found.values()), {}) for block, found in state.items()})
        values = filled.values((Field.TITLE.value, Field.NOTES.value), None)
        title, notes = (str(values[name] or "").strip() for name in (Field.TITLE, Field.NOTES))
        is_cut = title.endswith("…") and notes.startswith(title.removesuffix("…"))
        whole = notes if is_cut else f"{title}\n{notes}".strip()
        form = capture.append(meta, whole, await self._picked(pressed))
        try:
            await pressed.web.update_view(str(view.get("id")), form, hash_=view.get("hash"))
        except SlackRefused as error:
            raise FormTooLate(expired=error.too_late) from error

    async def _picked(self, pressed: Pressed) -> Task | None:
        """Return the task that the button names, where the person may see it."""
        sender = pressed.sender
        if not pressed.number:
            return None
        try:
            task = await self._tasks.get(
                sender.team, pressed.number, by=sender.actor, presence=sender.presence
            )
        except TaskError:
            return None  # the menu finds what there is
        return None if task.deleted else task

    async def append(self, submitted: Submitted) -> Json | None:
        """Add to the notes of the task that was picked."""
        meta, filled = Meta.of(submitted.metadata), Filled(submitted.values)
        block = filled.block_of(Input.TASK)
        try:
            number = number_of(filled.picked_option(Input.TASK) or "")
            if number is None:
                return _error(block, "Pick a task.")
            saved = await self._added(submitted, number, meta, filled.text_of(Input.TEXT))
        except (NoSuchTask, CannotTell, TaskIsDeleted, NotAllowed) as error:
            return _error(block, sentence(error))
        except BadField as error:
            return _error(error.block, str(error))
        lead = (f"Added to {ref(saved.task)}.",)
        self._replies.later(self._confirming.tell(submitted, meta, saved, lead, is_new=False))
        return None

    async def _added(self, submitted: Submitted, number: int, meta: Meta, added: str) -> Saved:
        sender = submitted.sender
        added = f"{text.clean(added)}\n{await self._origin(sender.team, meta)}".strip()
        for _ in range(TRIES):
            task = await self._tasks.get(
                sender.team, number, by=sender.actor, presence=sender.presence
            )
            if task.deleted:
                raise TaskIsDeleted(task)
            if any(change.key == submitted.view_id for change in task.changes):
                return Saved(task=task, repeated=True)
            notes = f"{task.notes}\n\n{added}".strip()
            if len(notes) > text.NOTES_MAX:
                raise BadField(
                    _block(submitted, Input.TEXT),
                    f"The notes of {ref(task)} would be longer than {text.NOTES_MAX:,} "
                    "characters: cut what is added.",
                )
            try:
                return await self._tasks.edit(
                    EditTask(
                        team=sender.team,
                        number=number,
                        by=sender.actor,
                        key=submitted.view_id,
                        expected_rev=task.rev,
                        values={Field.NOTES: notes},
                        presence=sender.presence,
                    )
                )
            except EditClash:
                continue  # somebody wrote notes meanwhile: below theirs, then
        raise NotSaved("Its notes change too fast right now: try again in a moment.")

    async def _origin(self, team: str, meta: Meta) -> str:
        """Return `— @sam, https://…`: whose words these are, and where they can be read."""
        names = await self._aloud.names(team, [meta.author] if meta.author else [])
        who = [f"@{name}" for name in names.values()]
        found = ", ".join([*who, *([meta.source] if meta.source else [])])
        return f"— {found}" if found else ""


def _block(submitted: Submitted, name: Input) -> str:
    return Filled(submitted.values).block_of(name)


def _error(block: str, said: str) -> Json:
    return {"response_action": "errors", "errors": {block: said}}


def register(router: Router, *, appending: Appending, instrument: Instrument) -> None:
    """Listen to the submitted form."""
    router.on(Kind.FORM, Form.APPEND, instrument.form(appending.append))
