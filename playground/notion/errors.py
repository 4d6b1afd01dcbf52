"""Notion's refusals: HTTP status, code and the words seen in recorded traffic."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from playground.notion.json_types import JsonObject

CODE_OF_STATUS = {
    400: "validation_error",
    401: "unauthorized",
    403: "restricted_resource",
    404: "object_not_found",
    409: "conflict_error",
    413: "validation_error",
    429: "rate_limited",
    500: "internal_server_error",
    502: "bad_gateway",
    503: "service_unavailable",
    504: "gateway_timeout",
    529: "service_overload",
}


@dataclass(kw_only=True)
class Refusal(Exception):
    """A call answered with an error object."""

    status: int
    code: str
    message: str
    additional_data: JsonObject | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} {self.code}: {self.message}"

    def body(self) -> JsonObject:
        """Return the error object, without its `request_id`."""
        error: JsonObject = {
            "object": "error",
            "status": self.status,
            "code": self.code,
            "message": self.message,
        }
        if self.additional_data is not None:
            error["additional_data"] = self.additional_data
        return error


def validation_error(message: str) -> Refusal:
    """Say that the request does not fit the schema or the limits."""
    return Refusal(status=400, code="validation_error", message=message)


def invalid_request_url() -> Refusal:
    """Say that no such call exists."""
    return Refusal(status=400, code="invalid_request_url", message="Invalid request URL.")


def invalid_json() -> Refusal:
    """Say that the body is not JSON."""
    return Refusal(status=400, code="invalid_json", message="Error parsing JSON body.")


def missing_version() -> Refusal:
    """Say that the `Notion-Version` header is absent."""
    return Refusal(
        status=400,
        code="missing_version",
        message="Notion-Version header failed validation: Notion-Version header should be "
        "defined, instead was `undefined`.",
    )


def unauthorized() -> Refusal:
    """Say that the token is unknown or revoked."""
    return Refusal(status=401, code="unauthorized", message="API token is invalid.")


def restricted_resource() -> Refusal:
    """Say that the connection lacks the capability."""
    return Refusal(
        status=403,
        code="restricted_resource",
        message="Insufficient permissions for this endpoint.",
    )


def object_not_found(kind: str, object_id: str, *, connection: str, bot_id: str) -> Refusal:
    """Say that the object is gone or not shared; `kind` is the word Notion uses for it."""
    return Refusal(
        status=404,
        code="object_not_found",
        message=f"Could not find {kind} with ID: {object_id}. Make sure the relevant pages and "
        f'databases are shared with your integration "{connection}".',
        additional_data={"integration_id": bot_id},
    )


def archived_block() -> Refusal:
    """Say that a trashed page or block cannot be edited."""
    return validation_error(
        "Can't edit block that is archived. You must unarchive the block before editing."
    )
