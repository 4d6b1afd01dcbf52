"""OAuth: the consent page that agrees at once, and the calls for tokens."""

from collections.abc import Callable
from typing import Literal
from urllib.parse import urlencode

from playground.notion.errors import Refusal
from playground.notion.grants import Grant, Grants
from playground.notion.integrations import Integration, Integrations
from playground.notion.json_types import JsonObject
from playground.notion.limits import read_body
from playground.notion.state import User
from playground.notion.users import full_user
from playground.notion.workspace import Workspace

AUTHORIZE_PATH = "/v1/oauth/authorize"
# Documentation and reports show both: `{error, error_description}` and the usual error object.
ErrorShape = Literal["oauth", "envelope"]
_MESSAGES = {
    "invalid_client": "Invalid client credentials.",
    "invalid_grant": "The grant is invalid, expired, revoked or was issued to another client.",
    "invalid_request": "The request is missing a parameter or holds a wrong one.",
    "unsupported_grant_type": "The grant type is not supported.",
}
_UNAUTHORIZED = 401
_BAD_REQUEST = 400


class OAuthRefusal(Refusal):
    """A refusal in the words of OAuth itself."""

    def body(self) -> JsonObject:
        """Return the error as RFC 6749 shapes it."""
        return {"error": self.code, "error_description": self.message}


class OAuth:
    """The server's side; `error_shape` and `agrees` are for tests to change."""

    def __init__(
        self,
        *,
        integrations: Integrations,
        grants: Grants,
        chosen: Callable[[], tuple[Workspace, User]],
    ) -> None:
        self.error_shape: ErrorShape = "oauth"
        self.agrees = True
        self._integrations = integrations
        self._grants = grants
        self._chosen = chosen

    def authorize(self, query: dict[str, str]) -> str:
        """Return where the consent page sends the browser; refused before it knows a client."""
        integration = self._integrations.named(query.get("client_id"))
        if integration is None:
            raise self._refusal("invalid_client")
        redirect_uri = query.get("redirect_uri")
        if redirect_uri not in integration.redirect_uris:
            raise self._refusal("invalid_request")
        given = {"state": query["state"]} if "state" in query else {}
        if query.get("response_type") != "code" or query.get("owner") != "user":
            raise self._refusal("invalid_request")
        if not self.agrees:
            return _with(redirect_uri, {"error": "access_denied"} | given)
        workspace, person = self._chosen()
        code = self._grants.new_code(integration, workspace, person, redirect_uri)
        return _with(redirect_uri, {"code": code} | given)

    def carry_out(
        self, method: str, path: str, authorization: str | None, raw: bytes
    ) -> JsonObject:
        """Answer a call of a client; the effect happens here."""
        integration = self._integrations.of_header(authorization)
        if integration is None:
            raise self._refusal("invalid_client", status=_UNAUTHORIZED)
        calls = {
            "/v1/oauth/token": self._token,
            "/v1/oauth/introspect": self._introspect,
            "/v1/oauth/revoke": self._revoke,
        }
        answer = calls.get(path) if method == "POST" else None
        if answer is None:
            raise self._refusal("invalid_request")
        return answer(integration, read_body(raw))

    def _token(self, integration: Integration, body: JsonObject) -> JsonObject:
        match body.get("grant_type"):
            case "authorization_code":
                code = self._required(body, "code")
                grant = self._grants.exchange(integration, code, body.get("redirect_uri"))
            case "refresh_token":
                token = self._required(body, "refresh_token")
                grant = self._grants.refresh(integration, token)
            case _:
                raise self._refusal("unsupported_grant_type")
        if grant is None:
            raise self._refusal("invalid_grant")
        return _shown(grant)

    def _introspect(self, integration: Integration, body: JsonObject) -> JsonObject:
        grant = self._grants.living(integration, self._required(body, "token"))
        if grant is None:
            return {"active": False}
        words = sorted(each.name.lower() for each in grant.connection.capabilities)
        return {
            "active": True,
            "scope": " ".join(words),
            "iat": int(grant.issued_at.timestamp()),
        }

    def _revoke(self, integration: Integration, body: JsonObject) -> JsonObject:
        self._grants.revoke(integration, self._required(body, "token"))
        return {}

    def _required(self, body: JsonObject, name: str) -> str:
        value = body.get(name)
        if not isinstance(value, str) or not value:
            raise self._refusal("invalid_request")
        return value

    def _refusal(self, code: str, *, status: int = _BAD_REQUEST) -> Refusal:
        kind = OAuthRefusal if self.error_shape == "oauth" else Refusal
        return kind(status=status, code=code, message=_MESSAGES[code])


def _with(address: str, parameters: dict[str, str]) -> str:
    return address + ("&" if "?" in address else "?") + urlencode(parameters)


def _shown(grant: Grant) -> JsonObject:
    connection = grant.connection
    owner = None if connection.owner is None else connection.owner.id
    return {
        "access_token": grant.access_token,
        "token_type": "bearer",
        "refresh_token": grant.refresh_token,
        "bot_id": connection.bot_id,
        "workspace_name": connection.workspace.name,
        "workspace_icon": None,
        "workspace_id": connection.workspace.id,
        "owner": {"type": "user", "user": full_user(connection.workspace, owner or "")},
        "duplicated_template_id": None,
    }
