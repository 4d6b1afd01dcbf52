"""Recorded traffic: interactions, and what can be told of them without replaying."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

UUID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])"
)
FULL_OBJECTS = frozenset({"page", "database", "data_source", "block", "comment", "user"})
_PARTIAL = 2
_NOT_EMULATED = ("views", "file_uploads", "custom_emojis")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    file: str
    method: str
    path: str
    query: str | None
    version: str
    body: Any
    status: int
    answer: dict[str, Any]

    @property
    def endpoint(self) -> str:
        return self.path.split("/")[2]

    @property
    def is_emulated(self) -> bool:
        return self.endpoint not in _NOT_EMULATED and not self.path.endswith("/markdown")

    @property
    def is_of_an_older_shape(self) -> bool:
        """Tell whether rows hang on databases, as they did before data sources."""
        return any(
            (thing["object"] == "database" and "properties" in thing)
            or (thing["object"] == "page" and thing["parent"]["type"] == "database_id")
            for thing in objects_in(self.answer)
        )

    @property
    def creates(self) -> bool:
        if self.status != 200:
            return False
        made = self.method == "POST" and not self.path.endswith(("/query", "/search", "/move"))
        return made or (self.method == "PATCH" and self.path.endswith("/children"))

    @property
    def writes(self) -> bool:
        changes = self.method in ("PATCH", "DELETE") or self.path.endswith("/move")
        return self.creates or changes

    def is_made_at(self, path: str) -> bool:
        """Tell whether it made something by a POST there."""
        return self.creates and self.path == path

    @property
    def shows_rows_in_part(self) -> bool:
        """Tell whether only some properties were asked for."""
        return "filter_properties" in (self.query or "")


def dashed(found: str) -> str:
    bare = found.replace("-", "")
    return "-".join((bare[:8], bare[8:12], bare[12:16], bare[16:20], bare[20:]))


def dicts_in(value: object) -> Iterator[dict[str, Any]]:
    """Yield every object within a value, outer ones first."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from dicts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from dicts_in(inner)


def objects_in(value: object) -> Iterator[dict[str, Any]]:
    """Yield every full object in an answer, outer ones first."""
    return (
        inner
        for inner in dicts_in(value)
        if inner.get("object") in FULL_OBJECTS and len(inner) > _PARTIAL
    )


def ids_in(value: object) -> Iterator[str]:
    """Yield every id in a body, with dashes."""
    if isinstance(value, str):
        for found in UUID.findall(value):
            yield dashed(found)
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from ids_in(inner)


def load(path: Path) -> dict[str, list[Interaction]]:
    """Return the interactions of a repository by file, those of unknown requests left out."""
    files: dict[str, list[Interaction]] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            raw = json.loads(line)
            if raw["method"] is None:
                continue
            files.setdefault(raw["file"], []).append(
                Interaction(
                    file=raw["file"],
                    method=raw["method"],
                    path=raw["path"],
                    query=raw["query"],
                    version=raw["notion_version"],
                    body=raw["request_body"],
                    status=raw["status"],
                    answer=raw["response_body"],
                )
            )
    return files
