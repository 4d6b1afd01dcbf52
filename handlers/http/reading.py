"""Reads what a client sent: bodies with a bound in size and time, values by their schema."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from aiohttp import web
from multidict import MultiMapping
from pydantic import BaseModel, ValidationError

from handlers.http.problems import Code, Problem
from handlers.http.wrong_values import sentence

BODY_MAX_BYTES = 512 * 1024
BODY_SECONDS = 10.0
ERRORS_MAX = 20
"""Most wrong values that are told at once."""
KEY_HEADER = "Idempotency-Key"
JSON = "application/json"

_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_TAGS = {"DueDay", "DueMoment"}
_NOT_JSON = "json_invalid"
_NAME_MAX = 100  # an unknown name is told back, but not all of a long one

Model = TypeVar("Model", bound=BaseModel)


async def read_json(request: web.Request, model: type[Model], media_types: Sequence[str]) -> Model:
    """Return the body as a `model`. Problem."""
    check_media_type(request, media_types)
    return parse(await _read(request), model)


def check_media_type(request: web.Request, accepted: Sequence[str]) -> None:
    """Raise a Problem unless the body is said to be one of `accepted`, in UTF-8, uncompressed."""
    if "Content-Encoding" in request.headers:
        raise Problem(Code.WRONG_MEDIA_TYPE, "Send the body without a Content-Encoding.")
    charset = (request.charset or "utf-8").lower()
    if request.content_type not in accepted or charset not in {"utf-8", "utf8", "us-ascii"}:
        named = " or ".join(accepted)
        raise Problem(Code.WRONG_MEDIA_TYPE, f"Send the body as {named}, in UTF-8.")


def parse(raw: bytes, model: type[Model]) -> Model:
    """Return JSON as a `model`. Problem."""
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        if any(one["type"] == _NOT_JSON for one in found):
            raise Problem(
                Code.MALFORMED_JSON, "The body is not JSON: send one object in UTF-8."
            ) from None
        errors = [
            {"pointer": _pointer(one["loc"]), "detail": sentence(one)} for one in found[:ERRORS_MAX]
        ]
        raise Problem(Code.INVALID, _summary(errors), errors=errors) from None


def read_query(query: MultiMapping[str], model: type[Model]) -> Model:
    """Return the query parameters as a `model`. Problem: also for one it does not know."""
    twice = sorted({name for name in query if len(query.getall(name)) > 1})
    errors = [
        {"pointer": n[:_NAME_MAX], "detail": "It stands there twice: send it once."} for n in twice
    ]
    if not errors:
        try:
            return model.model_validate(dict(query))
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
            errors = [
                {"pointer": str((*one["loc"], "")[0])[:_NAME_MAX], "detail": sentence(one)}
                for one in found[:ERRORS_MAX]
            ]
    raise Problem(Code.BAD_PARAMETER, _summary(errors), errors=errors)


def idempotency_key(request: web.Request, *, required: bool) -> str | None:
    """Return the key of the action, None where it may be and is missing. Problem."""
    given = request.headers.getall(KEY_HEADER, [])
    if not given:
        if required:
            raise Problem(
                Code.IDEMPOTENCY_KEY_MISSING,
                "Send an Idempotency-Key, such as a fresh UUID: with it you can repeat the"
                " request without making a second task.",
            )
        return None
    if len(given) > 1 or not _KEY.fullmatch(given[0]):
        raise Problem(
            Code.BAD_HEADER, "Idempotency-Key is one text of 1 to 200 visible ASCII characters."
        )
    return given[0]


async def _read(request: web.Request) -> bytes:
    too_large = Problem(Code.BODY_TOO_LARGE, f"A body has at most {BODY_MAX_BYTES:,} bytes.")
    if (request.content_length or 0) > BODY_MAX_BYTES:
        raise too_large
    raw = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_any():
                raw += chunk
                if len(raw) > BODY_MAX_BYTES:
                    raise too_large
    except TimeoutError:
        raise Problem(
            Code.SLOW_BODY, f"The body took longer than {BODY_SECONDS:.0f} s: send it again."
        ) from None
    except (web.RequestPayloadError, ConnectionError):
        raise Problem(Code.BROKEN_BODY, "The body broke off: send it again.") from None
    return bytes(raw)


def _pointer(loc: Sequence[int | str]) -> str:
    steps = (str(step)[:_NAME_MAX] for step in loc if step not in _TAGS)
    return "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in steps)


def _summary(errors: Sequence[Mapping[str, str]]) -> str:
    first = errors[0]
    where = f"{first['pointer'].lstrip('/')}: " if first["pointer"] else ""
    more = f" ({len(errors) - 1} more in errors)" if len(errors) > 1 else ""
    return f"{where}{first['detail']}{more}"
