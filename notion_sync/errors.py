"""What a call to Notion can come to, by what it means for the next step.

Nothing here holds a token or a person's text: `detail` is Notion's own sentence and goes to the
card of the task, never to a log.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What Notion said, as far as it said anything."""

    status: int | None = None
    code: str = ""
    detail: str = ""
    request_id: str | None = None


class SyncError(Exception):
    """A row could not be brought up to date."""


class NotionError(SyncError):
    """Notion did not do it."""

    def __init__(self, answer: Answer | None = None) -> None:
        super().__init__(answer)
        self.answer = answer or Answer()

    def __str__(self) -> str:
        said = self.answer
        status = f" (HTTP {said.status} {said.code}".rstrip() + ")" if said.status else ""
        return f"{(type(self).__doc__ or '').splitlines()[0]}{status}"


class NoEffect(NotionError):
    """Surely nothing happened; the same call may be sent again."""


class NotReached(NoEffect):
    """No connection to Notion came about."""


class Throttled(NoEffect):
    """Our own budget of calls is spent: nothing was sent."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait


class Scope(StrEnum):
    """Whose limit was met."""

    CONNECTION = "connection"
    WORKSPACE = "workspace"
    ENDPOINT = "endpoint"
    SERVICE = "service"


class RateLimited(NoEffect):
    """Notion asks to wait."""

    def __init__(self, answer: Answer, *, scope: Scope, wait: timedelta) -> None:
        super().__init__(answer)
        self.scope = scope
        self.wait = wait


class Blocked(NoEffect):
    """Notion blocks this connection; nothing may be retried."""


class Refused(NoEffect):
    """Notion refuses the request as it is, and would refuse it again."""


class InTrash(Refused):
    """The page lies in the trash and cannot be edited there."""


class Unauthorised(NoEffect):
    """Notion does not accept the token."""


class Forbidden(NoEffect):
    """The connection lacks a capability, or the workspace is out of blocks."""


class MayNotCreate(Forbidden):
    """The connection may not insert content, or the workspace is out of blocks."""


class NotShared(NoEffect):
    """It does not exist, or is not shared with the connection; the two look alike."""


class UnknownOutcome(NotionError):
    """It may or may not have happened."""


class Committed(UnknownOutcome):
    """The write was saved though the answer was lost; `resource` is the id of what it made."""

    def __init__(self, answer: Answer, *, resource: str) -> None:
        super().__init__(answer)
        self.resource = resource


class Pending(UnknownOutcome):
    """A page may have been made; after `wait` it can be looked for."""

    def __init__(self, answer: Answer | None = None, *, wait: timedelta) -> None:
        super().__init__(answer)
        self.wait = wait


class Unusable(SyncError):
    """The database cannot take rows as it is; the message tells the installer what to do."""


class NoKeyColumn(Unusable):
    """The column that keeps a page from being made twice is missing: none is made."""


class PageGone(SyncError):
    """The row is not there any more; the message is for the card."""
