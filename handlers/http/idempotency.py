"""From a client's Idempotency-Key to the key and fingerprint that the store compares; pure.

The key is the team's, not the API key's: a retry holds after the API key was rotated. Two of
its programs that choose the same key for different things are told so (422).
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from pydantic import BaseModel


def action_key(given: str | None, new_id: Callable[[], str], *, line: int | None = None) -> str:
    """Name the action: by the client's key, and of an import by its line; else by a fresh id."""
    name = new_id() if given is None else given
    kind = "rest-once" if given is None else "rest"
    return f"{kind}:{name}" if line is None else f"rest-line:{line}:{name}"


def fingerprint(operation: str, body: BaseModel | None = None) -> str:
    """Return what tells two requests apart: what is asked, and the body without its spelling."""
    said = "" if body is None else body.model_dump_json(exclude_unset=True)
    return sha256(f"{operation}\n{said}".encode()).hexdigest()[:32]
