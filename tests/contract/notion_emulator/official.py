"""Notion's official types, as JSON Schema: what an answer or webhook has to look like."""

import json
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

from tests.contract.notion_emulator.replay.recordings import objects_in
from tests.shared_data import shared_path

_DEFINITIONS = {
    "page": "PageObjectResponse",
    "data_source": "DataSourceObjectResponse",
    "database": "DatabaseObjectResponse",
    "block": "BlockObjectResponse",
    "comment": "CommentObjectResponse",
    "user": "UserObjectResponse",
}
# Columns the official types know no configuration of, as the data's own description says.
_UNTYPED = frozenset({"place", "verification"})


def are_here() -> bool:
    """Tell whether the types are on this machine."""
    return _path().exists()


def faults_in_answer(answer: object, *, most: int | None = None) -> list[str]:
    """Return the full objects (the first `most`) that are not as the types say."""
    found = []
    for thing in islice(objects_in(answer), most):
        untyped = thing["object"] == "data_source" and _is_untyped(thing)
        if not untyped and not validator(_DEFINITIONS[thing["object"]]).is_valid(thing):
            found.append(json.dumps(thing)[:300])
    return found


def faults_in_event(event: dict[str, Any]) -> list[str]:
    """Return what is not as the types say in a webhook's payload."""
    kind, verb = event["type"].split(".")
    words = [*kind.split("_"), *verb.split("_")]
    name = "".join(word.capitalize() for word in words) + "WebhookPayload"
    return list(faults_as(name, event))


def faults_as(name: str, value: object) -> Iterator[str]:
    """Yield what is not as a definition of the types says."""
    for error in validator(name).iter_errors(value):
        yield f"{name}: {error.json_path}: {error.message[:200]}"


@cache
def validator(name: str) -> Draft7Validator:
    """Return the validator of one definition."""
    return Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": _definitions()})


@cache
def _definitions() -> dict[str, Any]:
    definitions: dict[str, Any] = json.loads(_path().read_text(encoding="utf-8"))["definitions"]
    return definitions


def _path() -> Path:
    return shared_path("notion", "schemas", "loose.schema.json")


def _is_untyped(table: dict[str, Any]) -> bool:
    return any(column["type"] in _UNTYPED for column in table["properties"].values())
