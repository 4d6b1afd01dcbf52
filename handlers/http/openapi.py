"""OpenAPI 3.1, generated from the table of operations and the models of the bodies; pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, TypeAlias

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema
from pydantic_core import CoreSchema

from handlers.http import problems
from handlers.http.operations import EVERYWHERE, OPERATIONS, KeyRule, Operation
from handlers.http.problems import KINDS, Code
from handlers.http.reading import JSON, KEY_HEADER
from handlers.http.schemas import NewTask, ProblemOut

Json: TypeAlias = dict[str, Any]

_LINES = '{"title": "Book the venue"}\n{"title": "Order cake", "tags": ["offsite"]}\n'
_REF = "#/components/schemas/"
_ABOUT = """The tasks of a workspace, as in Slack and in Notion.

Send `Authorization: Bearer` and an API key (made with `python -m bot keys create`) or, where an
issuer is configured, an access token. Keys belong to one workspace and see nothing of others.

**Repeating.** A write with an `Idempotency-Key` has its effect once, however often it is sent:
after a timeout or a 503 send it again with the same key. It is needed where something is made.
The same key with another body is refused (422). What a key is compared with: that of a creation
with the workspace's creations, that of an import with its imports, that of a change with the last
50 changes of the task in the path. So one key on two tasks names two changes: take a fresh one for
each action.

**Changing what you saw.** The `ETag` of a task begins with its revision. Sent as `If-Match`, a
change is made at that revision only, else 412.

**Limits** count per key and per instance; a 429 says in `Retry-After` how long to wait.

**Errors** are problem details (RFC 9457). Programs go by `code`, people by `detail`.

A key, whatever its role, sees the tasks that the whole workspace sees: one made in a private
channel or a direct message is seen by those who are in it, which no key is, and answers here like
one that does not exist."""


class _Untitled(GenerateJsonSchema):
    """Leaves out titles that only repeat a field's name."""

    def field_title_should_be_set(self, schema: CoreSchema) -> bool:  # noqa: ARG002  # the base's signature
        return False


def document(version: str) -> Json:
    """Return the specification."""
    paths: dict[str, Json] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Taskbridge", "version": version, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key, or an access token of the configured issuer.",
                }
            },
        },
    }


def _operation(operation: Operation) -> Json:
    described: Json = {
        "operationId": operation.id,
        "summary": operation.summary,
        "description": f"{operation.description} Needs the role {operation.role}.".strip(),
        "parameters": [*_path_parameters(operation), *_query(operation), *_headers(operation)],
        "responses": {**_answers(operation), **_problems(operation)},
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": True,
            "content": {kind: _content(operation.body, kind) for kind in operation.body_types},
        }
    return described


def _path_parameters(operation: Operation) -> Iterable[Json]:
    if operation.on_task:
        yield {
            "name": "number",
            "in": "path",
            "required": True,
            "description": "The number of the task: 12 for T-12.",
            "schema": {"type": "integer", "minimum": 1, "maximum": 999_999_999},
        }


def _query(operation: Operation) -> Iterable[Json]:
    for name, schema in _properties(operation.query).items():
        described = _without_null(schema)
        text = described.pop("description", "")
        yield {"name": name, "in": "query", "description": text, "schema": described}


def _properties(query: type[BaseModel]) -> Json:
    found: Json = query.model_json_schema(schema_generator=_Untitled).get("properties", {})
    return found


def _without_null(schema: Json) -> Json:
    """Return the schema of an optional parameter: left out, never null."""
    kept = {name: value for name, value in schema.items() if (name, value) != ("default", None)}
    options = [one for one in kept.pop("anyOf", ()) if one != {"type": "null"}]
    if len(options) == 1:
        return {**options[0], **kept}
    return {**kept, "anyOf": options} if options else kept


def _headers(operation: Operation) -> Iterable[Json]:
    if operation.key is not KeyRule.NONE:
        yield _header(
            KEY_HEADER,
            "Names this action; a fresh UUID does.",
            r"^[!-~]{1,200}$",
            required=operation.key is KeyRule.REQUIRED,
        )
    if operation.conditional:
        name = "If-Match" if operation.writes else "If-None-Match"
        yield _header(name, "The ETag of the task as you saw it.", r'^"[0-9]+(-[0-9a-f]{8})?"$')


def _header(name: str, text: str, pattern: str, *, required: bool = False) -> Json:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": text,
        "schema": {"type": "string", "pattern": pattern},
    }


def _answers(operation: Operation) -> Json:
    headers: Json = {}
    if operation.conditional or operation.answer_status is HTTPStatus.CREATED:
        headers["ETag"] = _told("The revision, and a digest of what else is shown.")
    if operation.answer_status is HTTPStatus.CREATED:
        headers["Location"] = _told("Where the task is.")
    if operation.writes:
        headers["Idempotency-Replayed"] = {
            **_told("`true`: this key had its effect before."),
            "required": False,
        }
    kind = operation.answer_type
    answers: Json = {
        str(operation.answer_status.value): {
            "description": operation.answer_status.phrase,
            "headers": headers,
            "content": {kind: _content(operation.answer, kind)},
        }
    }
    if operation.conditional and not operation.writes:
        answers["304"] = {"description": "It is as you have it.", "headers": headers}
    return answers


def _told(text: str) -> Json:
    return {"description": text, "required": True, "schema": {"type": "string"}}


def _content(model: type[BaseModel], kind: str) -> Json:
    if kind in {JSON, problems.MEDIA_TYPE} or kind.endswith("+json"):
        return {"schema": _ref(model)}
    # OpenAPI 3.1 has no word for a sequence of JSON texts; 3.2 calls it itemSchema.
    text = f"One {_name(model)} per line."
    content: Json = {
        "schema": {"type": "string", "description": text},
        "x-itemSchema": _ref(model),
    }
    return content | ({"example": _LINES} if model is NewTask else {})


def _problems(operation: Operation) -> Json:
    by_status: dict[int, list[Code]] = {}
    for code in dict.fromkeys((*operation.problems, *EVERYWHERE)):
        by_status.setdefault(KINDS[code].status.value, []).append(code)
    return {str(status): _problem(codes) for status, codes in sorted(by_status.items())}


def _problem(codes: list[Code]) -> Json:
    lines = (f"- `{code}`: {KINDS[code].title}. {KINDS[code].advice}" for code in codes)
    described: Json = {
        "description": "\n".join(lines),
        "content": {problems.MEDIA_TYPE: {"schema": _ref(ProblemOut)}},
    }
    status = KINDS[codes[0]].status
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        described["headers"] = {"Retry-After": _told("Whole seconds to wait.")}
    if status is HTTPStatus.UNAUTHORIZED:
        described["headers"] = {"WWW-Authenticate": _told("How to authenticate (RFC 6750).")}
    return described


def _schemas() -> Json:
    models: dict[type[BaseModel], JsonSchemaMode] = {ProblemOut: "serialization"}
    for operation in OPERATIONS:
        models[operation.answer] = "serialization"
        if operation.body is not None:
            models[operation.body] = "validation"
    _, schema = models_json_schema(
        list(models.items()), ref_template=f"{_REF}{{model}}", schema_generator=_Untitled
    )
    found: Mapping[str, Any] = schema["$defs"]
    written = json.dumps(
        {_short(name): body | {"title": _short(name)} for name, body in found.items()}
    )
    for name in found:
        written = written.replace(f'"{_REF}{name}"', f'"{_REF}{_short(name)}"')
    shown: Json = json.loads(written)
    return shown


def _ref(model: type[BaseModel]) -> Json:
    return {"$ref": f"{_REF}{_name(model)}"}


def _name(model: type[BaseModel]) -> str:
    return _short(model.__name__)


def _short(name: str) -> str:
    return name.removesuffix("Out")
