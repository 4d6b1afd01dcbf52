import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from notion_client.errors import RequestTimeoutError, build_request_error

from notion_sync import errors
from notion_sync.errors import NotionError, Scope
from notion_sync.outcome import classified

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def _meaning(
    status: int, body: object = None, headers: dict[str, str] | None = None
) -> NotionError | None:
    text = body if isinstance(body, str) else json.dumps(body or {})
    response = httpx.Response(status, headers=headers, text=text)
    return classified(build_request_error(response, text), NOW)


def _error(code: str, message: str = "", **more: object) -> dict[str, object]:
    return {"object": "error", "code": code, "message": message, "request_id": "r1", **more}


@pytest.mark.parametrize(
    ("status", "body", "meaning"),
    [
        (400, _error("validation_error", "no"), errors.Refused),
        (400, _error("missing_version", "no"), errors.Refused),
        (400, _error("validation_error", "Can't edit block that is archived."), errors.InTrash),
        (401, _error("unauthorized"), errors.Unauthorised),
        (403, _error("restricted_resource"), errors.Forbidden),
        (404, _error("object_not_found"), errors.NotShared),
        (404, "<html>", errors.NotShared),
        (409, _error("conflict_error"), errors.UnknownOutcome),
        (413, "<html>", errors.Refused),
        (429, _error("rate_limited"), errors.RateLimited),
        (500, _error("internal_server_error"), errors.UnknownOutcome),
        (502, "<html>", errors.UnknownOutcome),
        (502, _error("bad_gateway"), errors.UnknownOutcome),
        (503, _error("database_connection_unavailable"), errors.UnknownOutcome),
        (
            503,
            _error("service_unavailable", additional_data={"committed_resource_id": "p"}),
            errors.Committed,
        ),
        (504, "", errors.UnknownOutcome),
        (529, _error("service_overload"), errors.RateLimited),
        (301, "", errors.UnknownOutcome),
    ],
    ids=range(18),
)
def test_an_answer_is_judged_by_its_status(
    status: int, body: object, meaning: type[NotionError]
) -> None:
    found = _meaning(status, body)
    assert type(found) is meaning
    assert found.answer.status == status


def test_the_request_id_is_taken_from_the_body_or_the_header() -> None:
    by_body = _meaning(529, _error("service_overload"))
    by_header = _meaning(502, "<html>", {"x-notion-request-id": "r2"})
    assert by_body is not None
    assert by_header is not None
    assert (by_body.answer.request_id, by_header.answer.request_id) == ("r1", "r2")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("12", 12),
        ("0", 1),
        ("300", 300),
        ("99999999", 3600),
        (None, 60),
        ("soon", 60),
        ("-5", 60),
        ("Mon, 23 Nov 2026 12:00:20 GMT", 20),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 1),
    ],
)
def test_retry_after_is_read_in_every_form(header: str | None, seconds: int) -> None:
    found = _meaning(429, _error("rate_limited"), {"Retry-After": header} if header else None)
    assert isinstance(found, errors.RateLimited)
    assert found.wait == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("reason", "scope"),
    [
        ("public_api_request_rate_limit", Scope.CONNECTION),
        ("public_api_space_request_rate_limit", Scope.WORKSPACE),
        ("public_api_endpoint_rate_limit", Scope.ENDPOINT),
        ("a_new_one", Scope.CONNECTION),
    ],
)
def test_a_429_tells_whose_limit_it_was(reason: str, scope: Scope) -> None:
    extra = {"rate_limit_reason": reason, "retry_after": "7"}
    found = _meaning(429, _error("rate_limited", additional_data=extra))
    assert isinstance(found, errors.RateLimited)
    assert (found.scope, found.wait) == (scope, timedelta(seconds=7))


def test_a_blocked_connection_is_told_apart() -> None:
    extra = {"rate_limit_reason": "public_api_request_blocked"}
    assert type(_meaning(429, _error("rate_limited", additional_data=extra))) is errors.Blocked


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (httpx.ConnectError("x"), errors.NotReached),
        (httpx.PoolTimeout("x"), errors.NotReached),
        (httpx.ReadError("x"), errors.UnknownOutcome),
        (httpx.RemoteProtocolError("x"), errors.UnknownOutcome),
        (TimeoutError(), errors.UnknownOutcome),
        (json.JSONDecodeError("x", "", 0), errors.UnknownOutcome),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_without_an_answer_only_a_failed_connection_is_surely_without_effect(
    error: Exception, meaning: type[NotionError]
) -> None:
    assert type(classified(error, NOW)) is meaning


@pytest.mark.parametrize(
    ("cause", "meaning"),
    [
        (httpx.ConnectTimeout("x"), errors.NotReached),
        (httpx.PoolTimeout("x"), errors.NotReached),
        (httpx.ReadTimeout("x"), errors.UnknownOutcome),
        (httpx.WriteTimeout("x"), errors.UnknownOutcome),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_a_timeout_of_the_sdk_is_judged_by_its_cause(
    cause: Exception, meaning: type[NotionError]
) -> None:
    error = RequestTimeoutError()
    error.__context__ = cause
    assert type(classified(error, NOW)) is meaning


def test_a_fault_of_our_own_is_none_of_notions() -> None:
    assert classified(KeyError("x"), NOW) is None
