"""What an older version of the API sees differently."""

from playground.notion.calls import Version
from playground.notion.json_types import JsonObject

_WITH_ARCHIVED = frozenset({"page", "database", "data_source", "block"})


def as_of(version: Version, answer: JsonObject) -> JsonObject:
    """Return the answer as a version shows it: until 2025-09-03 objects end with `archived`."""
    if version is Version.V2026_03_11:
        return answer
    if answer.get("object") == "list":
        return answer | {"results": [as_of(version, result) for result in answer["results"]]}
    if answer.get("object") in _WITH_ARCHIVED:
        return answer | {"archived": answer["in_trash"]}
    return answer
