"""Entity tags and conditions (RFC 9110, section 13); pure.

An ETag is `"<rev>-<digest>"`: what a task's people changed, and what is known of its row, which
changes without a new revision. Changes are judged by the revision alone, so that `If-Match: "12"`
holds as well, and a row that was synced meanwhile spoils nobody's edit.
"""

from __future__ import annotations

import re
from hashlib import sha256

from handlers.http.problems import Code, Problem
from tasks.model import Task

ANY = "*"

_TAG = r'(?:W/)?"[\x21\x23-\x7e]*"'
_TAGS = re.compile(rf"\s*{_TAG}(?:\s*,\s*{_TAG})*\s*")
_ONE = re.compile(_TAG)
_OURS = re.compile(r'"(0|[1-9][0-9]{0,14})(?:-[0-9a-f]{8})?"')
_SHOULD = 'such as "12", as the ETag of the task says, or *'


def etag(task: Task) -> str:
    """Return the strong entity tag of a task as it is shown."""
    digest = sha256(repr(task.sync).encode()).hexdigest()[:8]
    return f'"{task.rev}-{digest}"'


def not_modified(header: str | None, task: Task) -> bool:
    """Tell whether `If-None-Match` names what would be sent. Problem."""
    if header is None:
        return False
    if header.strip() == ANY:
        return True
    return etag(task) in {tag.removeprefix("W/") for tag in _tags("If-None-Match", header)}


def revisions(header: str | None) -> frozenset[int] | None:
    """Return the revisions that `If-Match` lets pass; None: any. Problem.

    A weak tag, or one that never was ours, lets nothing pass.
    """
    if header is None or header.strip() == ANY:
        return None
    matches = (_OURS.fullmatch(tag) for tag in _tags("If-Match", header))
    return frozenset(int(match[1]) for match in matches if match)


def _tags(name: str, header: str) -> list[str]:
    if not _TAGS.fullmatch(header):
        raise Problem(Code.BAD_HEADER, f"{name} takes entity tags in double quotes, {_SHOULD}.")
    return _ONE.findall(header)
