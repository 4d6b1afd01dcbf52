"""Runs a request through Bolt and answers in time, whatever happens: HTTP and Socket Mode alike."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import cache, partial
from typing import Any, Protocol, TypeAlias, TypeVar

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.slack_body import Json, kind_of, team_of
from observability.admission import Admission
from observability.logs import current_request_id, new_request_id, request_context
from observability.metrics import Metrics
from observability.tracing import request_span

DEADLINE_SECONDS = 2.4  # Slack hangs up at 3 s; the rest is for the way there and back
LEAST_SECONDS = 0.2  # whoever comes after a stall may be done at once all the same
_ASKS_FOR_RETRY = 500  # for an event, Slack then sends it again

T = TypeVar("T")
log = logging.getLogger(__name__)

Answer: TypeAlias = Callable[[Json], BoltResponse]
"""Words an immediate answer to a body; must neither wait nor fail."""

Afterwards: TypeAlias = Callable[[Json, BoltResponse], Awaitable[None]]
"""Takes the real answer of a request whose deadline has passed (to post it to response_url)."""


class Bolt(Protocol):
    """The part of AsyncApp that is used."""

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Run the listeners."""


class SlackDispatch:
    """Answers a verified body within the deadline.

    What is too much is turned away by `busy` before anything is done.

    Work that takes longer goes on: cancelled, its write would be unknown instead of late. The
    user gets `late` at once, and `afterwards` gets the answer when it is there. What raises is
    logged and answered by `failed`.
    """

    def __init__(
        self,
        *,
        bolt: Bolt,
        late: Answer,
        failed: Answer,
        busy: Answer,
        afterwards: Afterwards,
        admission: Admission,
        metrics: Metrics,
        deadline: float = DEADLINE_SECONDS,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._bolt = bolt
        self._late = late
        self._failed = failed
        self._busy = busy
        self._afterwards = afterwards
        self._admission = admission
        self._metrics = metrics
        self._requests = cache(metrics.slack_requests.labels)  # halves what a count costs
        self._ack_duration = cache(metrics.slack_ack_duration.labels)
        self._deadline = deadline
        self._clock = clock
        self._running: set[asyncio.Task[Any]] = set()  # strong: the loop keeps only weak ones
        self._app: str | None = None

    @property
    def app(self) -> str | None:
        """The app's own id, once Slack has sent something."""
        return self._app

    async def __call__(self, body: Json, headers: Mapping[str, str]) -> BoltResponse:
        """Return what to answer Slack with."""
        since, kind = self._clock(), kind_of(body)
        self._app = str(body.get("api_app_id") or "") or self._app
        request_id = current_request_id() or new_request_id()
        with (
            request_context(request_id=request_id, team_id=team_of(body), surface=kind),
            request_span("slack request", kind=kind, request_id=request_id),
        ):
            response, outcome = await self._answered(body, kind, headers)
        if outcome is None:
            return response
        self._requests(kind, outcome).inc()
        self._ack_duration(kind).observe(self._clock() - since)
        return response

    async def drain(self, seconds: float) -> int:
        """Wait for all that runs, late answers included; return how much is still running."""
        ends = self._clock() + seconds
        while self._running and (left := ends - self._clock()) > 0:
            await asyncio.wait(self._running, timeout=left)
        return len(self._running)

    async def _answered(
        self, body: Json, kind: str, headers: Mapping[str, str]
    ) -> tuple[BoltResponse, str | None]:
        """Return the answer and how it came about; None: turned away, which is counted already."""
        at_once = self._without_bolt(body)
        if at_once is not None:
            return at_once, "answered"
        if not self._admission.enter(kind):
            return self._busy(body), None
        task = self._keep(self._dispatched(body, kind, headers), self._is_over)
        if not await self._in_time(task):
            log.warning("slack_answer_late", extra={"kind": kind})
            _ = self._keep(self._finished(task, body, kind), self._running.discard)
            return self._late(body), "late"
        response = task.result()
        if response is None:
            return self._failed(body), "failed"
        return response, "answered" if _is_answer(response) else "failed"

    async def _in_time(self, task: asyncio.Task[Any]) -> bool:
        """Wait until a task is done; False: its time is over first.

        Half-way it is looked how late the loop is by then: it may have been in time before.
        """
        ends = self._clock() + self._deadline
        await asyncio.sleep(0)
        if task.done():  # it waited for nobody: to set an alarm would only cost
            return True
        left = ends - self._clock()
        half = max(LEAST_SECONDS, self._admission.left(left) / 2)
        if await _is_done(task, within=min(half, left)):
            return True
        left = self._admission.left(ends - self._clock())
        return left > 0 and await _is_done(task, within=left)

    def _without_bolt(self, body: Json) -> BoltResponse | None:
        """Answer what Bolt does not know or asks others about first."""
        if body.get("ssl_check") == "1":
            return BoltResponse(status=200)
        match body.get("type"):
            case "url_verification":
                return BoltResponse(status=200, body={"challenge": str(body.get("challenge", ""))})
            case "app_rate_limited":
                log.warning("slack_events_rate_limited")
                self._metrics.rate_limit_hits.labels("slack").inc()
                return BoltResponse(status=200)
            case _:
                return None

    async def _dispatched(
        self, body: Json, kind: str, headers: Mapping[str, str]
    ) -> BoltResponse | None:
        """Run Bolt; None: it raised or had no answer, which is logged without the body."""
        try:
            request = AsyncBoltRequest(mode="socket_mode", body=body, headers=dict(headers))
            response = await self._bolt.async_dispatch(request)
        except Exception:
            log.exception("slack_request_failed", extra={"kind": kind})
            return None
        if _is_answer(response) or (kind == "event" and response.status >= _ASKS_FOR_RETRY):
            return response
        log.error("slack_request_unanswered", extra={"kind": kind, "status": response.status})
        return None

    async def _finished(
        self, task: asyncio.Task[BoltResponse | None], body: Json, kind: str
    ) -> None:
        response = await task or self._failed(body)
        try:
            await self._afterwards(body, response)
        except Exception:
            log.exception("slack_late_answer_lost", extra={"kind": kind})

    def _is_over(self, task: asyncio.Task[BoltResponse | None]) -> None:
        self._admission.leave()
        self._running.discard(task)

    def _keep(
        self, work: Coroutine[None, None, T], when_done: Callable[[asyncio.Task[T]], object]
    ) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(when_done)
        return task


async def _is_done(task: asyncio.Task[Any], *, within: float) -> bool:
    """Wait for a task, so many seconds at most: `asyncio.wait` for one, at half its price."""
    loop = asyncio.get_running_loop()
    woken: asyncio.Future[None] = loop.create_future()
    alarm = loop.call_later(within, _wake, woken)
    task.add_done_callback(partial(_wake, woken))
    try:
        await woken
    finally:
        alarm.cancel()
    return task.done()


def _wake(woken: asyncio.Future[None], _task: asyncio.Task[Any] | None = None) -> None:
    if not woken.done():
        woken.set_result(None)


def _is_answer(response: BoltResponse) -> bool:
    return 200 <= response.status < 300  # noqa: PLR2004  # what Slack calls an answer
