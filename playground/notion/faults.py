"""Scripted faults: what goes wrong, at which call, and whether the effect happened first."""

import asyncio
from dataclasses import dataclass
from typing import Literal

from playground.notion.errors import CODE_OF_STATUS, Refusal
from playground.notion.json_types import JsonObject
from playground.notion.patterns import matches

Reason = Literal["connection", "workspace", "endpoint", "blocked"]
REASONS: dict[Reason, str] = {
    "connection": "public_api_request_rate_limit",
    "workspace": "public_api_space_request_rate_limit",
    "endpoint": "public_api_endpoint_rate_limit",
    "blocked": "public_api_request_blocked",
}
_MESSAGES = {
    409: "Conflict occurred while saving. Please try again.",
    429: "You have been rate limited. Please try again in a few minutes.",
    500: "Unexpected error occurred.",
    503: "Notion is unavailable, please try again later.",
    504: "Notion timed out while building the response.",
    529: "Notion is overloaded. Please try again later.",
}
SAVED_MESSAGE = (
    "The change was saved, but the response could not be built in time. "
    "Read the object again instead of repeating the write."
)
_SAVED_GUIDANCE = [
    "Read the object again to confirm the saved change.",
    "Do not repeat the write.",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong at the calls that `match`, after `skip` of them, `times` times.

    `saved` lets the call take effect first. Then comes the first of these that is set: `hang`
    (until released), `reset` of the connection, `truncated` body of the true answer, `status`
    with an error object or, with `html`, a page of a gateway. With none of them the call is only
    delayed. A `hang` without `saved` takes effect when it is released.
    """

    match: str
    times: int | None = 1
    skip: int = 0
    token: str | None = None
    saved: bool = False
    committed_id: bool = False
    hang: bool = False
    reset: bool = False
    truncated: bool = False
    status: int | None = None
    code: str | None = None
    message: str | None = None
    additional_data: JsonObject | None = None
    html: bool = False
    retry_after: int | str | None = None
    reason: Reason = "connection"
    delay_seconds: float = 0

    def refusal(self, answer: JsonObject | None) -> Refusal:
        """Return the error object; `answer` is the true one if the effect happened."""
        status = self.status or 500
        data = self._additional_data(answer)
        saved = self.saved and status == 503  # noqa: PLR2004 - service unavailable
        message = self.message or (SAVED_MESSAGE if saved else _MESSAGES.get(status, "Error."))
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return Refusal(
            status=status,
            code=self.code or CODE_OF_STATUS.get(status, "internal_server_error"),
            message=message,
            additional_data=data or None,
            headers=headers,
        )

    def _additional_data(self, answer: JsonObject | None) -> JsonObject:
        data: JsonObject = {}
        if self.status == 429:  # noqa: PLR2004 - too many requests
            data["rate_limit_reason"] = REASONS[self.reason]
            if isinstance(self.retry_after, int):
                data["retry_after"] = str(self.retry_after)
        if self.status == 503 and self.saved:  # noqa: PLR2004 - service unavailable
            data["retry_guidance"] = list(_SAVED_GUIDANCE)
            if self.committed_id and answer is not None:
                data |= _committed(answer)
        return data | (self.additional_data or {})


def _committed(answer: JsonObject) -> JsonObject:
    if answer.get("object") != "list":
        return {"committed_resource_id": answer["id"]}
    blocks = answer["results"]
    parent = blocks[0]["parent"] if blocks else {"type": "", "": None}
    return {
        "committed_resource_id": parent[parent["type"]],
        "committed_child_ids": [block["id"] for block in blocks],
    }


def rate_limited(reason: str, seconds: int) -> Refusal:
    """Refuse a call beyond a limit, telling when the window ends."""
    return Refusal(
        status=429,
        code="rate_limited",
        message=_MESSAGES[429],
        additional_data={"rate_limit_reason": reason, "retry_after": str(seconds)},
        headers={"Retry-After": str(seconds)},
    )


class Armed:
    """A fault in place; tests wait for `reached` and let a hanging call go on by `release`."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.seen = 0
        self.hits = 0
        self.reached = asyncio.Event()
        self.release = asyncio.Event()

    def takes(self, method: str, path: str, token: str) -> bool:
        """Tell whether this call is to go wrong, counting it."""
        fault = self.fault
        if not matches(fault.match, method, path) or fault.token not in (None, token):
            return False
        self.seen += 1
        spent = fault.times is not None and self.hits >= fault.times
        if spent or self.seen <= fault.skip:
            return False
        self.hits += 1
        return True


class Faults:
    """The faults in place; the first that fits a call gets it."""

    def __init__(self) -> None:
        self._armed: list[Armed] = []

    def add(self, fault: Fault) -> Armed:
        """Put a fault in place."""
        armed = Armed(fault)
        self._armed.append(armed)
        return armed

    def take(self, method: str, path: str, token: str) -> Armed | None:
        """Return the fault of this call."""
        return next((each for each in self._armed if each.takes(method, path, token)), None)

    def remove(self, armed: Armed) -> None:
        """Take a fault away, letting go what it held."""
        armed.release.set()
        self._armed.remove(armed)

    def clear(self) -> None:
        """Take all faults away, letting go what they held."""
        for armed in self._armed:
            armed.release.set()
        self._armed.clear()
