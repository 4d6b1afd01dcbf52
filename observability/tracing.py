"""Spans for OpenTelemetry, where the extra `otel` is installed and told where to send them.

Off by default: nothing of OpenTelemetry is loaded, and a span costs nothing to speak of.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from contextvars import ContextVar
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.id_generator import IdGenerator
    from opentelemetry.trace import Link, Tracer

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
"""Turns tracing on; OpenTelemetry reads this and its other variables itself."""

log = logging.getLogger(__name__)
_running: list[Tracer] = []  # at most one: spans are made wherever, and exported in one place
_request: ContextVar[str | None] = ContextVar("span_of_request", default=None)


def request_span(
    name: str, *, request_id: str, **attributes: str
) -> AbstractContextManager[object]:
    """Return the span of a request; its ids follow from the request's, so that jobs can link it.

    The change that a request makes is worked off later, often by another process: all that is
    kept of the request with the change is its id.
    """
    if not _running:
        return nullcontext()
    token = _request.set(request_id)
    try:
        made = _running[-1].start_span(name, attributes={"request_id": request_id, **attributes})
    finally:
        _request.reset(token)
    from opentelemetry.trace import use_span  # noqa: PLC0415  # an extra

    return use_span(made, end_on_exit=True, record_exception=False, set_status_on_exception=False)


def span(
    name: str, *, caused_by: Sequence[str] = (), **attributes: str
) -> AbstractContextManager[object]:
    """Return a span around some work, to be entered; attributes are ids, never what people wrote.

    It links the spans of the requests whose ids are in `caused_by`. An exception that leaves it is
    not recorded: its message may hold text of people.
    """
    if not _running:
        return nullcontext()
    return _running[-1].start_as_current_span(
        name,
        links=[_link(request_id) for request_id in caused_by],
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    )


def _link(request_id: str) -> Link:
    from opentelemetry.trace import Link, SpanContext, TraceFlags  # noqa: PLC0415  # an extra

    trace, own = _ids(request_id)
    flags = TraceFlags(TraceFlags.SAMPLED)
    return Link(SpanContext(trace_id=trace, span_id=own, is_remote=True, trace_flags=flags))


def _ids(request_id: str) -> tuple[int, int]:
    """Return the trace id and the span id of a request: 16 and 8 bytes that nothing else has."""
    digest = sha256(b"taskbridge request" + request_id.encode()).digest()
    return int.from_bytes(digest[:16]), int.from_bytes(digest[16:24])


def _id_generator() -> IdGenerator:
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator  # noqa: PLC0415  # an extra

    class Ids(RandomIdGenerator):
        """Random ids, but for the span of a request."""

        def generate_trace_id(self) -> int:
            request_id = _request.get()
            return super().generate_trace_id() if request_id is None else _ids(request_id)[0]

        def generate_span_id(self) -> int:
            request_id = _request.get()
            return super().generate_span_id() if request_id is None else _ids(request_id)[1]

    return Ids()


@asynccontextmanager
async def exporting(environ: Mapping[str, str], *, version: str) -> AsyncIterator[bool]:
    """Send spans while the context lasts; yield whether it does. At its end the last are sent."""
    if not environ.get(ENDPOINT):
        yield False
        return
    try:
        provider = _provider(environ, version)
    except ImportError:
        log.warning("tracing_off", extra={"reason": "the extra `otel` is not installed"})
        yield False
        return
    _running.append(provider.get_tracer("taskbridge", version))
    try:
        yield True
    finally:
        _running.clear()
        await asyncio.to_thread(provider.shutdown)  # it sends, and waits for the answer


def _provider(environ: Mapping[str, str], version: str) -> TracerProvider:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415  # an extra
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  # an extra
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415  # an extra
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415  # an extra

    name = environ.get("OTEL_SERVICE_NAME", "taskbridge")
    resource = Resource.create({"service.name": name, "service.version": version})
    provider = TracerProvider(
        resource=resource, shutdown_on_exit=False, id_generator=_id_generator()
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider
