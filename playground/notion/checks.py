"""Reading a request body strictly: each reader returns the value or refuses it by its path."""

import json

from playground.notion import ids
from playground.notion.errors import Refusal, validation_error
from playground.notion.json_types import JsonObject


def mismatch(path: str, expected: str, found: object) -> Refusal:
    """Return the refusal of a value at `path`, in the words of Notion's validator."""
    shown = "undefined" if found is None else json.dumps(found, ensure_ascii=False)[:200]
    return validation_error(
        f"body failed validation: {path} should be {expected}, instead was `{shown}`."
    )


def an_object(value: object, path: str) -> JsonObject:
    """Read a JSON object."""
    if not isinstance(value, dict):
        raise mismatch(path, "an object", value)
    return value


def a_list(value: object, path: str, *, most: int | None = None) -> list[object]:
    """Read an array of at most `most` elements."""
    if not isinstance(value, list):
        raise mismatch(path, "an array", value)
    if most is not None and len(value) > most:
        raise validation_error(
            f"body failed validation: {path}.length should be ≤ `{most}`, "
            f"instead was `{len(value)}`."
        )
    return value


def a_string(value: object, path: str, *, most: int | None = None) -> str:
    """Read a string of at most `most` UTF-16 units (the strictest reading of "characters")."""
    if not isinstance(value, str):
        raise mismatch(path, "a string", value)
    length = len(value.encode("utf-16-le", errors="surrogatepass")) // 2
    if most is not None and length > most:
        raise validation_error(
            f"body failed validation: {path}.length should be ≤ `{most}`, instead was `{length}`."
        )
    return value


def a_boolean(value: object, path: str) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise mismatch(path, "a boolean", value)
    return value


def a_number(value: object, path: str) -> int | float:
    """Read a number; booleans are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise mismatch(path, "a number", value)
    return value


def an_id(value: object, path: str) -> str:
    """Read an id, with or without dashes."""
    found = ids.parsed(value) if isinstance(value, str) else None
    if found is None:
        raise mismatch(path, "a valid uuid", value)
    return found


def one_of(value: object, path: str, allowed: tuple[str, ...]) -> str:
    """Read one of some words."""
    if not isinstance(value, str) or value not in allowed:
        raise mismatch(path, " or ".join(f'`"{word}"`' for word in allowed), value)
    return value


def only_keys(value: JsonObject, path: str, allowed: frozenset[str]) -> None:
    """Refuse a body with a field no one knows."""
    for key in value:
        if key not in allowed:
            raise mismatch(f"{path}.{key}", "not present", value[key])
