"""The table of REST operations: what is routed and what is specified, said once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus

from pydantic import BaseModel

from handlers.http.problems import KINDS, Code
from handlers.http.queries import HistoryQuery, ListQuery, NoQuery
from handlers.http.reading import JSON
from handlers.http.schemas import (
    ApiKeyList,
    HistoryOut,
    ImportedLine,
    NewTask,
    TaskOut,
    TaskPage,
    TaskPatch,
)
from tasks.api_keys import Role

BASE = "/api/v1"
TASKS = f"{BASE}/tasks"
TASK = f"{TASKS}/{{number}}"
MERGE_PATCH = "application/merge-patch+json"
NDJSON = "application/x-ndjson"


class KeyRule(StrEnum):
    """Whether an operation takes an Idempotency-Key."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that can be asked."""

    id: str
    method: str
    path: str
    summary: str
    description: str = ""
    role: Role
    query: type[NoQuery] = NoQuery
    body: type[BaseModel] | None = None
    body_types: Sequence[str] = (JSON,)
    key: KeyRule = KeyRule.NONE
    conditional: bool = False
    """Takes If-Match where it changes, If-None-Match where it reads."""
    answer: type[BaseModel]
    answer_status: HTTPStatus = HTTPStatus.OK
    answer_type: str = JSON
    problems: Sequence[Code] = field(default=())
    """Beside those that every operation has."""

    @property
    def methods(self) -> tuple[str, ...]:
        """What it is reached with: what can be read can be asked about."""
        return ("GET", "HEAD") if self.method == "GET" else (self.method,)

    @property
    def on_task(self) -> bool:
        """Whether it is about one task."""
        return self.path.startswith(TASK)

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return self.method not in {"GET", "HEAD"}

    @property
    def statuses(self) -> frozenset[int]:
        """What it may be answered with."""
        told = {KINDS[code].status for code in (*EVERYWHERE, *self.problems)}
        unchanged = {HTTPStatus.NOT_MODIFIED} if self.conditional and not self.writes else set()
        return frozenset(status.value for status in {self.answer_status, *told, *unchanged})


EVERYWHERE = (
    Code.BAD_PARAMETER,
    Code.UNAUTHENTICATED,
    Code.ROLE_TOO_SMALL,
    Code.NO_WORKSPACE,
    Code.TOO_MANY_REQUESTS,
    Code.INTERNAL,
    Code.UNAVAILABLE,
    Code.BUSY,
)
_UNSURE = (Code.NOT_SAVED, Code.OUTCOME_UNKNOWN)
_BODY = (
    Code.MALFORMED_JSON,
    Code.BROKEN_BODY,
    Code.SLOW_BODY,
    Code.BODY_TOO_LARGE,
    Code.WRONG_MEDIA_TYPE,
    Code.INVALID,
)
_CHANGE = (
    Code.BAD_HEADER,
    Code.NO_SUCH_TASK,
    Code.CHANGED_MEANWHILE,
    Code.KEY_REUSED,
    *_UNSURE,
)


def _action(name: str, summary: str, *more: Code, description: str = "") -> Operation:
    return Operation(
        id=f"{name}_task",
        method="POST",
        path=f"{TASK}/{name}",
        summary=summary,
        description=description,
        role=Role.WRITE,
        key=KeyRule.OPTIONAL,
        conditional=True,
        answer=TaskOut,
        problems=(*_CHANGE, *more),
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        id="list_tasks",
        method="GET",
        path=TASKS,
        summary="List tasks",
        description="A page at a time; `next` is the cursor of the page that follows.",
        role=Role.READ,
        query=ListQuery,
        answer=TaskPage,
        problems=(Code.BAD_CURSOR,),
    ),
    Operation(
        id="create_task",
        method="POST",
        path=TASKS,
        summary="Make a task",
        description="The same Idempotency-Key with the same body makes no second task and is"
        " answered with the first, as it is then, and the header `Idempotency-Replayed: true`.",
        role=Role.WRITE,
        body=NewTask,
        key=KeyRule.REQUIRED,
        answer=TaskOut,
        answer_status=HTTPStatus.CREATED,
        problems=(
            Code.BAD_HEADER,
            Code.IDEMPOTENCY_KEY_MISSING,
            Code.KEY_REUSED,
            *_BODY,
            *_UNSURE,
        ),
    ),
    Operation(
        id="import_tasks",
        method="POST",
        path=f"{TASKS}/import",
        summary="Make many tasks",
        description="One task per line, as for `create_task`; one result per line, in order. Each"
        " line stands for itself and has a key of its own, made of the Idempotency-Key and its"
        " line number, so the whole body can be sent again. Up to 1,000 lines.",
        role=Role.WRITE,
        body=NewTask,
        body_types=(NDJSON, "application/ndjson", "application/jsonl"),
        key=KeyRule.REQUIRED,
        answer=ImportedLine,
        answer_type=NDJSON,
        problems=(
            Code.BAD_HEADER,
            Code.IDEMPOTENCY_KEY_MISSING,
            Code.BROKEN_BODY,
            Code.SLOW_BODY,
            Code.WRONG_MEDIA_TYPE,
            Code.IMPORT_RUNNING,
        ),
    ),
    Operation(
        id="get_task",
        method="GET",
        path=TASK,
        summary="Read a task",
        description="Deleted or not. The ETag begins with the revision.",
        role=Role.READ,
        conditional=True,
        answer=TaskOut,
        problems=(Code.BAD_HEADER, Code.NO_SUCH_TASK),
    ),
    Operation(
        id="update_task",
        method="PATCH",
        path=TASK,
        summary="Change a task",
        description="Sets the fields that are named and leaves the rest (RFC 7396). With"
        " `If-Match` it is changed only at that revision, else 412. Without, the named fields are"
        " set whatever they are now; the history keeps what they were.",
        role=Role.WRITE,
        body=TaskPatch,
        body_types=(JSON, MERGE_PATCH),
        key=KeyRule.OPTIONAL,
        conditional=True,
        answer=TaskOut,
        problems=(*_CHANGE, *_BODY, Code.TASK_DELETED),
    ),
    Operation(
        id="delete_task",
        method="DELETE",
        path=TASK,
        summary="Delete a task",
        description="It can be restored. Deleting it again changes nothing.",
        role=Role.WRITE,
        key=KeyRule.OPTIONAL,
        conditional=True,
        answer=TaskOut,
        problems=(*_CHANGE, Code.TASK_DELETED),
    ),
    _action("complete", "Tick a task off", Code.TASK_DELETED),
    _action("reopen", "Open a task again", Code.TASK_DELETED),
    _action(
        "restore", "Bring a deleted task back", description="Of a task that is there: nothing."
    ),
    Operation(
        id="get_task_history",
        method="GET",
        path=f"{TASK}/history",
        summary="Read what happened to a task",
        description="Newest first.",
        role=Role.READ,
        query=HistoryQuery,
        answer=HistoryOut,
        problems=(Code.NO_SUCH_TASK,),
    ),
    Operation(
        id="list_api_keys",
        method="GET",
        path=f"{BASE}/keys",
        summary="List the workspace's API keys",
        description="With their last use. Keys are made and revoked on the command line.",
        role=Role.ADMIN,
        answer=ApiKeyList,
    ),
)
