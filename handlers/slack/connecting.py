"""`/task connect`: an admin picks the database, maps its columns, looks at some rows, and starts.

Slack wants its answer within three seconds and Notion may take longer: then the form says so, with
a button that looks again. Nothing is pushed into a form that was answered with `Looking …`: it
could overtake that answer.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, TypeAlias

from handlers.slack.blocks import connect as shown
from handlers.slack.blocks.connect import LOOK, MAP, MEAN, PICK, Plan
from handlers.slack.explain import sentence
from handlers.slack.ids import Act, Form, Input
from handlers.slack.incoming import Pressed, Searched, Sender, Submitted, Typed
from handlers.slack.instrument import Instrument, OnAction, OnSearch
from handlers.slack.memberships import Kept
from handlers.slack.modals import open_view
from handlers.slack.replies import Replies
from handlers.slack.router import Kind, Router
from handlers.slack.web import SlackRefused, Web
from tasks.errors import TaskError
from tasks.permissions import Standing
from tasks.ports import CannotConnect, Connecting, Connections, People, Wanted

Json = dict[str, Any]
Found: TypeAlias = Json | TaskError
"""The next view, or why there is none."""
OPEN_SECONDS = 0.5
ANSWER_SECONDS = 1.5
"""So long Notion is waited for before a form is answered without it."""
SEARCH_SECONDS = 2.0
KEEP_SECONDS = 5.0
"""How long what was looked up holds for whoever looks again."""
NOT_SET_UP = (
    "Notion is not set up here: whoever runs me has to set NOTION_TOKEN, and start me again."
)
NOT_ADMIN = "Only admins and owners of this workspace can connect Notion: ask one of them."
WHO_ARE_YOU = "Slack cannot tell me right now who you are: try again in a moment."
NOT_PICKED = "Pick a database from the list: type a part of its name."


class Connect:
    """Goes through the steps with somebody."""

    def __init__(
        self,
        *,
        connecting: Connecting | None,
        connections: Connections,
        people: People,
        replies: Replies,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take what asks Notion; None where it is not set up."""
        self._connecting = connecting
        self._connections = connections
        self._people = people
        self._replies = replies
        self._found: Kept[tuple[str, str, str], Found] = Kept(clock=clock, size=200)

    def actions(self) -> Mapping[str, OnAction]:
        """Return what its buttons do."""
        return {Act.CONNECT_LOOK: self.again, Act.CONNECT_MEND: self.mend}

    def searches(self) -> Mapping[str, OnSearch]:
        """Return what its menu offers."""
        return {Input.TABLE: self.tables}

    async def open(self, typed: Typed) -> None:
        """Open the first step."""
        await self._open(typed, PICK, Plan())

    async def mend(self, pressed: Pressed) -> None:
        """Open the mapping of the database that is connected, or turn an open form to it."""
        if pressed.view:
            await self._turn(pressed, MAP, Plan(turn=_plan(pressed.view).turn + 1))
        else:
            await self._open(pressed, MAP, Plan())

    async def again(self, pressed: Pressed) -> None:
        """Look once more, at the step that the button names."""
        plan = _plan(pressed.view)
        if pressed.value == PICK:
            plan = plan.next(table=None, columns={}, meanings={})
        else:
            plan = plan.next()
        await self._turn(pressed, pressed.value, plan)

    async def tables(self, searched: Searched) -> list[Json]:
        """Return the databases that Notion shows us; none to those who may not choose."""
        if self._connecting is None or await self._refusal(searched.sender) is not None:
            return []
        finding = asyncio.create_task(self._connecting.find(searched.sender.team, searched.words))
        await asyncio.wait({finding}, timeout=SEARCH_SECONDS)
        if not finding.done():
            self._replies.later(_ended(finding))  # it is remembered for the next letter
            return [shown.unpickable("Notion is slow: type on, or close and open this list")]
        try:
            return shown.options(finding.result())
        except CannotConnect as error:
            return [shown.unpickable(str(error))]

    async def picked(self, submitted: Submitted) -> Json | None:
        """Go on to the mapping of what was picked."""
        table = shown.picked(submitted.values)
        if not table or table == shown.NOTHING:
            return _error(submitted, NOT_PICKED)
        plan = Plan.of(submitted.metadata)
        return await self._answer(submitted, MAP, plan.next(table=table, columns={}, meanings={}))

    async def mapped(self, submitted: Submitted) -> Json | None:
        """Go on to the rows as they would be."""
        if wrong := shown.twice(submitted.values):
            return {"response_action": "errors", "errors": wrong}
        before, columns = Plan.of(submitted.metadata), shown.mapped(submitted.values)
        kept = {
            key: ids
            for key, ids in before.meanings.items()
            if columns.get(name := key.partition(":")[0]) == before.columns.get(name)
        }
        return await self._answer(submitted, LOOK, before.next(columns=columns, meanings=kept))

    async def meant(self, submitted: Submitted) -> Json | None:
        """Go on to the rows as they would be, by what options stand for now."""
        if wrong := shown.ambiguous(submitted.values):
            return {"response_action": "errors", "errors": wrong}
        plan = Plan.of(submitted.metadata).next(meanings=shown.meant(submitted.values))
        if not plan.fits:
            return {"response_action": "errors", "errors": shown.too_many(submitted.values)}
        return await self._answer(submitted, LOOK, plan)

    async def started(self, submitted: Submitted) -> Json | None:
        """Begin to mirror there."""
        sentence_ = await self._refusal(submitted.sender)
        if sentence_ is not None or self._connecting is None:
            return _error(submitted, sentence_ or NOT_SET_UP)
        plan, takes_all = Plan.of(submitted.metadata), shown.takes_all(submitted.values)
        said = json.dumps([submitted.view_id, replace(plan, turn=0).dumps(), takes_all])
        sender = submitted.sender
        await self._connecting.start(
            sender.team,
            _wanted(plan),
            name=sha256(said.encode()).hexdigest()[:12],
            takes_all=takes_all,
            by=sender.user,
        )
        self._found.clear()  # what was looked up before is of the mapping before
        return {"response_action": "update", "view": shown.started(takes_all=takes_all)}

    async def _open(self, given: Typed | Pressed, step: str, plan: Plan) -> None:
        flight = self._flight(given.sender, step, plan)
        await asyncio.wait({flight}, timeout=OPEN_SECONDS)
        if flight.done():
            await open_view(given, _view(flight.result(), step, plan))
            return
        view = await open_view(given, shown.looking(plan, step))
        if view:
            self._replies.later(_fill(given.web, view, flight, step, plan))

    async def _turn(self, pressed: Pressed, step: str, plan: Plan) -> None:
        """Let an open form show another step, as soon as Notion has answered."""
        flight = self._flight(pressed.sender, step, plan)
        view = pressed.view
        await asyncio.wait({flight}, timeout=OPEN_SECONDS)
        if not flight.done():
            waiting = shown.looking(plan, step, again=True)
            try:
                view = await pressed.web.update_view(
                    str(view["id"]), waiting, hash_=view.get("hash")
                )
            except SlackRefused:  # closed meanwhile, or a newer view stands there
                return
        self._replies.later(_fill(pressed.web, view, flight, step, plan))

    async def _answer(self, submitted: Submitted, step: str, plan: Plan) -> Json:
        flight = self._flight(submitted.sender, step, plan)
        await asyncio.wait({flight}, timeout=ANSWER_SECONDS)
        if not flight.done():
            self._replies.later(_ended(flight))
            return {"response_action": "update", "view": shown.looking(plan, step)}
        found = flight.result()
        if isinstance(found, TaskError):
            return _error(submitted, _said(found))
        return {"response_action": "update", "view": found}

    def _flight(self, sender: Sender, step: str, plan: Plan) -> asyncio.Task[Found]:
        # Without the turn: who looks again wants what was asked for before.
        key = (f"{sender.team}/{sender.user}", step, replace(plan, turn=0).dumps())
        if (hit := self._found.fresh(key)) is not None:
            return asyncio.create_task(_at_once(hit[0]))
        return self._found.flight(key, lambda: self._next(sender, step, plan), _lasts)

    async def _next(self, sender: Sender, step: str, plan: Plan) -> Found:
        sentence_ = await self._refusal(sender)
        if sentence_ is not None:
            return shown.refused(sentence_)
        if self._connecting is None:
            return shown.refused(NOT_SET_UP)
        try:
            return await self._step(self._connecting, sender.team, step, plan)
        except TaskError as error:
            return error

    async def _step(self, connecting: Connecting, team: str, step: str, plan: Plan) -> Json:
        if step == PICK:
            is_connected = await self._connections.of(team) is not None
            return shown.pick(plan, is_connected=is_connected)
        if step == MAP:
            return shown.mapping(await connecting.look(team, plan.table), plan)
        if step == MEAN:
            return shown.meaning(await connecting.meanings(team, _wanted(plan)), plan)
        return shown.preview(await connecting.preview(team, _wanted(plan)), plan)

    async def _refusal(self, sender: Sender) -> str | None:
        """Return why somebody may not; None: they may."""
        if sender.is_stranger:
            return NOT_ADMIN
        profile = await self._people.profile(sender.team, sender.user)
        if profile is None:
            return WHO_ARE_YOU
        return None if profile.standing is Standing.ADMIN else NOT_ADMIN


async def _fill(web: Web, view: Json, flight: asyncio.Task[Found], step: str, plan: Plan) -> None:
    found = _view(await flight, step, plan)
    await web.update_view(str(view["id"]), found, hash_=view.get("hash"))


async def _ended(finding: asyncio.Task[Any]) -> None:
    await asyncio.wait({finding})
    if (error := finding.exception()) is not None and not isinstance(error, TaskError):
        raise error


async def _at_once(found: Found) -> Found:
    return found


def _lasts(found: Found) -> float:
    return 0.0 if isinstance(found, TaskError) else KEEP_SECONDS


def _view(found: Found, step: str, plan: Plan) -> Json:
    return shown.failed(plan, step, _said(found)) if isinstance(found, TaskError) else found


def _said(error: TaskError) -> str:
    return str(error) if isinstance(error, CannotConnect) else sentence(error)


def _wanted(plan: Plan) -> Wanted:
    return Wanted(table=plan.table or "", columns=plan.columns, meanings=plan.meanings)


def _plan(view: Json) -> Plan:
    try:
        found = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        found = {}
    return Plan.of(found if isinstance(found, dict) else {})


def _error(submitted: Submitted, sentence: str) -> Json:
    block = next(iter(submitted.values))
    return {"response_action": "errors", "errors": {block: sentence}}


def register(router: Router, *, connect: Connect, instrument: Instrument) -> None:
    """Listen to each step's form."""
    router.on(Kind.FORM, Form.CONNECT_PICK, instrument.form(connect.picked))
    router.on(Kind.FORM, Form.CONNECT_MAP, instrument.form(connect.mapped))
    router.on(Kind.FORM, Form.CONNECT_MEAN, instrument.form(connect.meant))
    router.on(Kind.FORM, Form.CONNECT_START, instrument.form(connect.started))
