"""One operation on the database: its deadline, its second try, its time, its faults by name."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias, TypeVar

import pymongo
from bson.errors import BSONError
from pymongo.errors import (
    AutoReconnect,
    DuplicateKeyError,
    ExecutionTimeout,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
    WriteConcernError,
)

from tasks.errors import NotSaved, OutcomeUnknown, StoreError

T = TypeVar("T")
Observe: TypeAlias = Callable[[str, float], None]
"""Is told the name of an operation and how many seconds a try of it took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long whoever asks can wait."""

    each_seconds: float
    """For one try, waiting for a connection and for the majority included."""
    whole_seconds: float
    """For everything that is asked within."""
    tries: int


REQUEST = Patience(each_seconds=1.0, whole_seconds=2.2, tries=2)
"""A person waits; the answer has to be there after 2.4 s, and what is around it takes time, too."""
WORKER = Patience(each_seconds=10.0, whole_seconds=10.0, tries=1)
_LEAST_SECONDS = 0.05  # less is no try


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    ends: float
    patience: Patience


_SPAN: ContextVar[_Span | None] = ContextVar("storage_span", default=None)


@contextlib.contextmanager
def within(patience: Patience) -> Iterator[None]:
    """Give all operations inside one deadline together; of nested ones the earliest counts."""
    ends = time.monotonic() + patience.whole_seconds
    outer = _SPAN.get()
    if outer is not None:
        ends = min(ends, outer.ends)
    token = _SPAN.set(_Span(ends=ends, patience=patience))
    try:
        yield
    finally:
        _SPAN.reset(token)


class Effect(Enum):
    """What is known of an operation that failed."""

    NONE = auto()
    """It never left, and can be tried again."""
    REFUSED = auto()
    """It was judged, and would be judged so again."""
    UNKNOWN = auto()
    """It left, and no answer came."""


def effect_of(error: Exception) -> Effect:
    """Return what is known of an operation that ended with `error`.

    The driver reports the failure of server selection only where nothing had been sent before:
    after a lost connection it raises that one's error.
    """
    if isinstance(error, ServerSelectionTimeoutError | WaitQueueTimeoutError):
        return Effect.NONE
    if isinstance(error, AutoReconnect | ExecutionTimeout | WriteConcernError):
        return Effect.UNKNOWN
    if isinstance(error, PyMongoError) and (
        error.timeout or error.has_error_label("RetryableWriteError")
    ):
        return Effect.UNKNOWN
    return Effect.REFUSED


class Operations:
    """Runs operations; every one has a deadline, and no error of a driver leaves but duplicates."""

    def __init__(self, observe: Observe | None = None) -> None:
        self._observe = observe
        self.under_way = 0
        """Operations that wait for an answer."""

    async def read(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        """Return what `call` finds. NotSaved: it could not be read."""
        return await self._run(name, call, writes=False)

    async def write(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        """Do what `call` does, twice at most. NotSaved, OutcomeUnknown, DuplicateKeyError."""
        return await self._run(name, call, writes=True)

    async def _run(self, name: str, call: Callable[[], Awaitable[T]], *, writes: bool) -> T:
        span = _SPAN.get()
        if span is None:
            raise RuntimeError(f"{name} has no deadline: ask it `within` a patience")
        cause: Exception | None = None
        unknown = False
        for _ in range(span.patience.tries):
            seconds = min(span.patience.each_seconds, span.ends - time.monotonic())
            if seconds < _LEAST_SECONDS:
                break
            try:
                return await self._try(name, call, seconds)
            except DuplicateKeyError:
                raise
            except (PyMongoError, BSONError, UnicodeError) as error:
                cause, effect = error, effect_of(error)
                unknown |= writes and effect is Effect.UNKNOWN
                if effect is Effect.REFUSED:
                    break
        raise _fault(unknown=unknown) from cause

    async def _try(self, name: str, call: Callable[[], Awaitable[T]], seconds: float) -> T:
        began, task = time.monotonic(), asyncio.current_task()
        cancelled = 0 if task is None else task.cancelling()
        self.under_way += 1
        try:
            with pymongo.timeout(seconds):
                return await call()
        finally:
            self.under_way -= 1
            if self._observe is not None:
                self._observe(name, time.monotonic() - began)
            if task is not None and task.cancelling() > cancelled:
                # The driver loses one cancellation in six: whoever is to end would go on.
                raise asyncio.CancelledError


def _fault(*, unknown: bool) -> StoreError:
    return OutcomeUnknown() if unknown else NotSaved()
