"""From an HTTP request below `/api/` to a method and back."""

import base64
import json
import time
from dataclasses import dataclass
from urllib.parse import parse_qsl

from aiohttp import web

from playground.slack.core import Core
from playground.slack.errors import RateLimited, Refused
from playground.slack.faults import Fault
from playground.slack.journal import Exchange
from playground.slack.state import Installation
from playground.slack.web_api import (
    auth,
    chat,
    conversations,
    entities,
    functions,
    oauth,
    sockets,
    unfurls,
    users,
    views,
)
from playground.slack.web_api.calls import Call, Method
from playground.slack.wire import Json

METHODS: dict[str, Method] = {
    **auth.METHODS,
    **users.METHODS,
    **conversations.METHODS,
    **chat.METHODS,
    **unfurls.METHODS,
    **entities.METHODS,
    **views.METHODS,
    **sockets.METHODS,
    **oauth.METHODS,
    **functions.METHODS,
}
_NOT_FOR_THE_JOURNAL = {"token", "client_secret", "code", "refresh_token"}
_BLAMED = {
    *("invalid_blocks", "invalid_attachments", "invalid_blocks_format"),
    *("error_processing_metadata", "entity_metadata_does_not_match_trigger"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer on its way out."""

    body: Json
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


class WebApi:
    """Serves every method, one after the other fault."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call, with whatever fault is due."""
        started = time.perf_counter()
        method = request.match_info["method"]
        fault = self._core.faults.next(method)
        if fault is not None and fault.kind == "delay":
            await self._core.sleep(fault.seconds)
        args: Json = {}
        if fault is not None and fault.kind in {"drop_before", "status", "error", "ratelimit"}:
            reply = _without_effect(fault)
        else:
            args, reply = await self._reply(request, method)
        if fault is not None and fault.kind == "delay_after":
            await self._core.sleep(fault.seconds)
        self._record(method, args, reply, time.perf_counter() - started)
        if fault is not None and fault.kind in {"drop_before", "drop_after"}:
            return _cut(request)
        return _response(reply, cut_short=fault is not None and fault.kind == "truncate")

    async def _reply(self, request: web.Request, method: str) -> tuple[Json, Reply]:
        args: Json = {}
        try:
            args, token = await arguments(request)
            return args, self._call(method, args, token)
        except RateLimited as limited:
            headers = (("Retry-After", str(limited.retry_after)),)
            return args, Reply(body=limited.body(), status=429, headers=headers)
        except Refused as refused:
            self._blame(method, args, refused)
            return args, Reply(body=refused.body(), status=refused.status)

    def _call(self, name: str, args: Json, token: str | None) -> Reply:
        method = METHODS.get(name)
        if method is None:
            raise Refused("unknown_method", req_method=name)
        installation = auth.authorised(self._core, method, token)
        team_id = installation.team_id if installation else ""
        self._core.limits.spend(name, tier=method.tier, team_id=team_id)
        call = Call(method=name, args=args, installation=installation)
        body = method.handle(self._core, call)
        return Reply(body={"ok": True, **body}, headers=_scope_headers(method, installation))

    def _blame(self, method: str, args: Json, refused: Refused) -> None:
        about_views = refused.code == "invalid_arguments" and "errors" in refused.extra
        if refused.code in _BLAMED or about_views:
            detail = f"{method}: {refused.code} {refused.extra.get('errors', '')}"
            self._core.journal.blame(refused.code, detail, args)

    def _record(self, method: str, args: Json, reply: Reply, seconds: float) -> None:
        kept = {name: value for name, value in args.items() if name not in _NOT_FOR_THE_JOURNAL}
        self._core.journal.record(
            Exchange(
                at=self._core.now(),
                direction="to_slack",
                kind=method,
                request=kept,
                status=reply.status,
                answer=_without_tokens(reply.body),
                seconds=seconds,
                headers=dict(reply.headers),
            )
        )


def _without_tokens(body: Json) -> Json:
    return {k: v for k, v in body.items() if k not in {"access_token", "refresh_token"}}


async def arguments(request: web.Request) -> tuple[Json, str | None]:
    """Return the arguments and the token, wherever they stand."""
    args: Json = dict(request.query)
    raw = await request.read()
    if raw:
        args |= _body(request, raw)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else None
    if scheme.lower() == "basic":
        args |= _basic(request.headers["Authorization"])
    return args, bearer or (str(args["token"]) if args.get("token") else None)


def _basic(header: str) -> Json:
    """Return the app's own credentials, as the OAuth methods take them."""
    try:
        login, _, password = (
            base64.b64decode(header.rsplit(maxsplit=1)[-1], validate=True).decode().partition(":")
        )
    except ValueError:
        raise Refused("invalid_auth") from None
    return {"client_id": login, "client_secret": password}


def _body(request: web.Request, raw: bytes) -> Json:
    if "Content-Type" not in request.headers:
        raise Refused("missing_post_type")
    if request.content_type == "application/json":
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError):
            raise Refused("invalid_json") from None
        if not isinstance(body, dict):
            raise Refused("json_not_object")
        return {name: value for name, value in body.items() if value is not None}
    if request.content_type != "application/x-www-form-urlencoded":
        raise Refused("invalid_post_type")
    try:
        return dict(parse_qsl(raw.decode(), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        raise Refused("invalid_charset") from None


def _scope_headers(
    method: Method, installation: Installation | None
) -> tuple[tuple[str, str], ...]:
    if installation is None:
        return ()
    return (
        ("X-OAuth-Scopes", ",".join(sorted(installation.scopes))),
        ("X-Accepted-OAuth-Scopes", ",".join(method.scopes)),
    )


def _without_effect(fault: Fault) -> Reply:
    if fault.kind == "ratelimit":
        limited = RateLimited(fault.retry_after)
        headers = (("Retry-After", str(fault.retry_after)),)
        return Reply(body=limited.body(), status=429, headers=headers)
    if fault.kind == "status":
        return Reply(body={"ok": False, "error": "service_unavailable"}, status=fault.status)
    return Reply(body={"ok": False, "error": fault.code})


def _response(reply: Reply, *, cut_short: bool) -> web.Response:
    text = json.dumps(reply.body)
    return web.Response(
        text=text[: len(text) // 2] if cut_short else text,
        status=reply.status,
        content_type="application/json",
        headers=dict(reply.headers),
    )


def _cut(request: web.Request) -> web.Response:
    """Close the connection instead of answering."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
