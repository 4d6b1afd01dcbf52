"""The REST API of the tasks: parse, one service call, render. `routes` is its entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TypedDict, cast

from aiohttp import web
from pydantic import BaseModel

from handlers.http.bulk_import import BulkImport
from handlers.http.docs import docs_routes
from handlers.http.fallback import not_allowed_routes, not_found_routes
from handlers.http.gate import Call, Gate, Serve, shown
from handlers.http.idempotency import action_key, fingerprint
from handlers.http.key_list import KeyList
from handlers.http.new_tasks import BY_API, add_task
from handlers.http.operations import OPERATIONS, TASKS
from handlers.http.preconditions import etag, not_modified
from handlers.http.queries import HistoryQuery, ListQuery
from handlers.http.reading import read_json
from handlers.http.rendering import history_out, task_out
from handlers.http.schemas import NewTask, TaskPage, TaskPatch
from handlers.http.targets import number_of, only_at, values_of
from tasks.commands import (
    CompleteTask,
    DeleteTask,
    EditTask,
    ListTasks,
    ReopenTask,
    RestoreTask,
    Saved,
)
from tasks.errors import StaleRevision, TaskIsDeleted
from tasks.model import Actor
from tasks.ports import ApiKeys, NewId
from tasks.service import TaskService

_FRESH = {"Cache-Control": "private, no-cache"}  # kept, but asked for again with its ETag


def routes(
    *, tasks: TaskService, keys: ApiKeys, gate: Gate, new_id: NewId, version: str
) -> Sequence[web.RouteDef]:
    """Return the routes of the REST API, its specification and its page."""
    handlers = Tasks(tasks, new_id=new_id)
    serve: Mapping[str, Serve] = {
        "list_tasks": handlers.list,
        "create_task": handlers.create,
        "import_tasks": BulkImport(tasks, new_id=new_id).serve,
        "get_task": handlers.get,
        "update_task": handlers.update,
        "delete_task": handlers.delete,
        "complete_task": handlers.complete,
        "reopen_task": handlers.reopen,
        "restore_task": handlers.restore,
        "get_task_history": handlers.history,
        "list_api_keys": KeyList(keys).serve,
    }
    return [
        # A route of GET answers HEAD as well.
        *(web.route(o.method, o.path, gate.behind(o, serve[o.id])) for o in OPERATIONS),
        *docs_routes(version),
        *not_allowed_routes(),
        *not_found_routes(),
    ]


class _OnTask(TypedDict):
    team: str
    number: int
    by: Actor
    key: str
    fingerprint: str
    only_at: int | None


class Tasks:
    """One method per operation."""

    def __init__(self, tasks: TaskService, *, new_id: NewId) -> None:
        self._tasks = tasks
        self._new_id = new_id

    async def list(self, call: Call) -> web.StreamResponse:
        """Show one page of a list."""
        query = cast("ListQuery", call.query)
        page = await self._tasks.list(
            ListTasks(
                team=call.caller.team,
                filter=query.filter,
                cursor=query.cursor,
                limit=query.limit,
                by=BY_API,
            )
        )
        return shown(TaskPage(tasks=[task_out(task) for task in page.tasks], next=page.next))

    async def create(self, call: Call) -> web.StreamResponse:
        """Make a task."""
        body = await read_json(call.request, NewTask, call.operation.body_types)
        key = action_key(call.key, self._new_id)
        saved = await self._tasks.add(add_task(body, team=call.caller.team, key=key))
        location = {"Location": f"{TASKS}/{saved.task.number}"}
        return _saved(saved, status=HTTPStatus.CREATED, headers=location)

    async def get(self, call: Call) -> web.StreamResponse:
        """Show a task, or that it is as the client has it."""
        task = await self._tasks.get(call.caller.team, number_of(call.request), by=BY_API)
        tags = call.request.headers.getall("If-None-Match", [])
        headers = {"ETag": etag(task), **_FRESH}
        if not_modified(", ".join(tags) if tags else None, task):
            return web.Response(status=HTTPStatus.NOT_MODIFIED.value, headers=headers)
        return shown(task_out(task), headers=headers)

    async def update(self, call: Call) -> web.StreamResponse:
        """Set the fields that are named."""
        body = await read_json(call.request, TaskPatch, call.operation.body_types)
        on_task = await self._on_task(call, body)
        request = EditTask(**on_task, expected_rev=None, values=values_of(body))
        return _saved(await self._tasks.edit(request))

    async def complete(self, call: Call) -> web.StreamResponse:
        """Tick it off."""
        return _saved(await self._tasks.complete(CompleteTask(**await self._on_task(call))))

    async def reopen(self, call: Call) -> web.StreamResponse:
        """Make it open again."""
        return _saved(await self._tasks.reopen(ReopenTask(**await self._on_task(call))))

    async def delete(self, call: Call) -> web.StreamResponse:
        """Put it away; twice is once."""
        request = DeleteTask(**await self._on_task(call))
        try:
            return _saved(await self._tasks.delete(request))
        except TaskIsDeleted as deleted:
            if request.only_at not in {None, deleted.task.rev}:
                raise StaleRevision(deleted.task) from None
            return _saved(Saved(task=deleted.task, changed=False))

    async def restore(self, call: Call) -> web.StreamResponse:
        """Bring it back."""
        return _saved(await self._tasks.restore(RestoreTask(**await self._on_task(call))))

    async def history(self, call: Call) -> web.StreamResponse:
        """Show its changes."""
        query = cast("HistoryQuery", call.query)
        page = await self._tasks.history(
            call.caller.team,
            number_of(call.request),
            before_rev=query.before_rev,
            limit=query.limit,
            by=BY_API,
        )
        return shown(history_out(page))

    async def _on_task(self, call: Call, body: BaseModel | None = None) -> _OnTask:
        team, number = call.caller.team, number_of(call.request)
        return {
            "team": team,
            "number": number,
            "by": BY_API,
            "key": action_key(call.key, self._new_id),
            "fingerprint": fingerprint(call.operation.id, body),
            "only_at": await only_at(call.request, self._tasks, team, number),
        }


def _saved(
    saved: Saved,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    replayed = {"Idempotency-Replayed": "true"} if saved.repeated else {}
    told = {"ETag": etag(saved.task), **replayed, **(headers or {})}
    return shown(task_out(saved.task), status=status, headers=told)
