"""POST /api/v1/tasks/import: one task per line, one result per line, no line in another's way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from http import HTTPStatus

from aiohttp import web

from handlers.http.failures import problem_of
from handlers.http.gate import Call
from handlers.http.idempotency import action_key
from handlers.http.lines import LINE_MAX_BYTES, LINES_MAX, Line, TooMuch, lines_of
from handlers.http.new_tasks import add_task
from handlers.http.operations import NDJSON
from handlers.http.problems import Code, Problem
from handlers.http.reading import check_media_type, parse
from handlers.http.schemas import ImportedLine, NewTask
from tasks.errors import TaskError
from tasks.ports import NewId
from tasks.service import TaskService

_TOO_LONG = Problem(Code.BODY_TOO_LARGE, f"A line has at most {LINE_MAX_BYTES:,} bytes.")
_TOO_MUCH = Problem(
    Code.BODY_TOO_LARGE,
    f"An import takes {LINES_MAX:,} lines: this one and all behind it were not read."
    " Send them as another import, with another Idempotency-Key.",
)
_NOT_TRIED = Problem(
    Code.NOT_SAVED,
    "Not tried, since the database did not answer for a line before:"
    " send the whole import again with the same Idempotency-Key.",
)


class BulkImport:
    """Reads the body as it comes; the results are sent once it has been read.

    Results that are sent while the body still comes would stop both sides where the client does
    not read before it has written all.
    """

    def __init__(self, tasks: TaskService, *, new_id: NewId) -> None:
        self._tasks = tasks
        self._new_id = new_id
        self._running: set[str] = set()

    async def serve(self, call: Call) -> web.StreamResponse:
        """Import the lines of the body."""
        check_media_type(call.request, call.operation.body_types)
        with self._only_one(call.caller.id):
            results = [_written(result) async for result in self._results(call)]
        return web.Response(body=b"".join(results), content_type=NDJSON)

    @contextmanager
    def _only_one(self, caller: str) -> Iterator[None]:
        # The limit counts requests; an import is up to a thousand writes, one after the other.
        if caller in self._running:
            raise Problem(
                Code.IMPORT_RUNNING,
                "An import with this key is running: wait for its answer.",
                headers={"Retry-After": "5"},
            )
        self._running.add(caller)
        try:
            yield
        finally:
            self._running.discard(caller)

    async def _results(self, call: Call) -> AsyncIterator[ImportedLine]:
        is_reachable = True
        try:
            async with aclosing(lines_of(call.request)) as lines:
                async for line in lines:
                    if not is_reachable:
                        yield _failed(line.number, _NOT_TRIED)
                        continue
                    result = await self._result(call, line)
                    is_reachable = result.status != HTTPStatus.SERVICE_UNAVAILABLE
                    yield result
        except TooMuch as end:
            yield _failed(end.number, _TOO_MUCH)

    async def _result(self, call: Call, line: Line) -> ImportedLine:
        try:
            return await self._made(call, line)
        except Problem as problem:
            return _failed(line.number, problem)
        except TaskError as error:
            return _failed(line.number, problem_of(error, writes=True))

    async def _made(self, call: Call, line: Line) -> ImportedLine:
        if line.text is None:
            raise _TOO_LONG
        body = parse(line.text, NewTask)
        key = action_key(call.key, self._new_id, line=line.number)
        saved = await self._tasks.add(add_task(body, team=call.caller.team, key=key))
        return ImportedLine(
            line=line.number,
            status=HTTPStatus.CREATED.value,
            number=saved.task.number,
            id=saved.task.id,
            repeated=saved.repeated,
        )


def _failed(number: int, problem: Problem) -> ImportedLine:
    return ImportedLine(
        line=number, status=problem.status.value, code=problem.code.value, detail=problem.detail
    )


def _written(result: ImportedLine) -> bytes:
    return result.model_dump_json().encode() + b"\n"
