"""Logs: one JSON object per line on standard output, free of secrets, tied to the request.

Everybody logs through `logging`; `event` is a constant to filter on, details go into `extra`.
"""

import json
import logging
import random
import sys
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar, Token
from typing import TextIO, TypeAlias

import structlog
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from observability.redaction import Redactor

# Below these levels the libraries log bodies, documents or every request.
_QUIET = {
    "slack_bolt": logging.ERROR,  # its warning about an unhandled request has the body in it
    "slack_sdk": logging.INFO,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "notion_client": logging.WARNING,
    "pymongo": logging.INFO,
    "motor": logging.INFO,
    "asyncio": logging.INFO,
    "aiohttp.access": logging.WARNING,
}
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"  # neither 0 nor 1, which look like letters
_PAIRS = [first + second for first in _LETTERS for second in _LETTERS]  # ten bits each
_IDS = random.Random()  # noqa: S311  # names of requests are no secrets; the system asks 5 µs for one
_FIRST_KEYS = ("time", "level", "event", "request_id", "team_id", "task")

_Fields: TypeAlias = Mapping[str, str | int]

# One variable, not structlog's one per field: this is on the path of every request.
_CONTEXT: ContextVar[_Fields] = ContextVar("log_context", default={})  # noqa: B039  # never changed, only replaced
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}
_CONTROLS |= {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}
_CONTROLS |= {code: f"\\u{code:04x}" for code in (0x2028, 0x2029)}
_IN_TRACEBACKS = {code: seen for code, seen in _CONTROLS.items() if code != ord("\n")}


def configure_logs(
    *,
    level: str = "info",
    console: bool = False,
    known_secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send all records, structlog's and `logging`'s, through one redacting formatter."""
    handler = _Handler(stream or sys.stdout)
    handler.addFilter(_loud_enough)
    handler.setFormatter(_formatter(console=console, redactor=Redactor(known_secrets)))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.captureWarnings(capture=True)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(max(quiet, logging.getLogger().level))
    structlog.configure(
        processors=[*_shared(), ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def new_request_id() -> str:
    """Return ten letters and digits that people can read to each other (50 random bits)."""
    bits = _IDS.getrandbits(50)
    return "".join([_PAIRS[bits >> shift & 1023] for shift in (0, 10, 20, 30, 40)])


def request_context(**fields: str | int | None) -> AbstractContextManager[None]:
    """Put `fields` (request_id, team_id, task …) on every line logged within, tasks included."""
    return _Context({name: value for name, value in fields.items() if value is not None})


class _Context:
    """A class because each request enters some, and a generator costs twice as much."""

    __slots__ = ("_fields", "_token")

    def __init__(self, fields: _Fields) -> None:
        self._fields = fields

    def __enter__(self) -> None:
        self._token: Token[_Fields] = _CONTEXT.set({**_CONTEXT.get(), **self._fields})

    def __exit__(self, *_: object) -> None:
        _CONTEXT.reset(self._token)


def current_request_id() -> str | None:
    """Return the id of the request being handled, for the sentence that a person sees."""
    found = _CONTEXT.get().get("request_id")
    return None if found is None else str(found)


def _loud_enough(record: logging.LogRecord) -> bool:
    """Hold the libraries' levels here too: Bolt's loggers take the root's level on themselves."""
    owners = (name for name in _QUIET if f"{record.name}.".startswith(f"{name}."))
    return all(record.levelno >= _QUIET[name] for name in owners)


def _formatter(*, console: bool, redactor: Redactor) -> ProcessorFormatter:
    def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {name: redactor.value(value, name=name) for name, value in event.items()}

    renderer: Processor = structlog.processors.JSONRenderer()  # ASCII: no control character passes
    last: list[Processor] = [_in_order, renderer]
    if console:
        colors = sys.stdout.isatty()
        last = [
            _escape_controls,
            structlog.dev.ConsoleRenderer(timestamp_key="time", colors=colors),
        ]
    return ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            *last,
        ],
    )


def _shared() -> list[Processor]:
    return [
        _with_context,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.StackInfoRenderer(),
    ]


def _with_context(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {**_CONTEXT.get(), **event}


def _in_order(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    first = {name: event[name] for name in _FIRST_KEYS if name in event}
    return first | dict(event)


def _escape_controls(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep a value from starting a line, or a colour, of its own; tracebacks stay readable."""
    return {
        name: _escaped(value, _IN_TRACEBACKS if name == "exception" else _CONTROLS)
        for name, value in event.items()
    }


def _escaped(value: object, table: dict[int, str]) -> object:
    if not isinstance(value, str):
        return value
    return value.encode("utf-8", "backslashreplace").decode().translate(table)


class _Handler(logging.StreamHandler[TextIO]):
    """Says that a line was lost without repeating it: unformatted, it may hold secrets."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's name
        lost = {"level": "error", "event": "log_line_lost", "logger": record.name}
        self.stream.write(json.dumps({**lost, "at": f"{record.filename}:{record.lineno}"}) + "\n")
