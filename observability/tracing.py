"""Spans for OpenTelemetry, where the extra `otel` is installed and told where to send them.

Off by default: nothing of OpenTelemetry is loaded, and a span costs nothing to speak of.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
"""Turns tracing on; OpenTelemetry reads this and its other variables itself."""

log = logging.getLogger(__name__)
_running: list[Tracer] = []  # at most one: spans are made wherever, and exported in one place


def span(name: str, **attributes: str) -> AbstractContextManager[object]:
    """Return a span around some work, to be entered; attributes are ids, never what people wrote.

    An exception that leaves it is not recorded: its message may hold text of people.
    """
    if not _running:
        return nullcontext()
    return _running[-1].start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    )


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
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider
