"""Notion over HTTP: who calls, may they now, what goes wrong on purpose, and the answer."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from playground.notion.access import Connection
from playground.notion.calls import Call, Version
from playground.notion.cuts import Cut
from playground.notion.emulator import NotionEmulator
from playground.notion.errors import (
    Refusal,
    missing_version,
    restricted_resource,
    unauthorized,
    validation_error,
)
from playground.notion.faults import REASONS, Armed
from playground.notion.journal import Entry
from playground.notion.json_types import JsonObject
from playground.notion.limits import MOST_BYTES, read_body
from playground.notion.routes import find_route
from playground.notion.versions import as_of

_log = logging.getLogger(__name__)
_HTML = (
    "<html><head><title>{status}</title></head><body><h1>{status}</h1><hr>cloudflare</body></html>"
)
_PAUSING = frozenset({429, 529})


def create_app(emulator: NotionEmulator) -> web.Application:
    """Return the application that serves the emulator under `/v1`."""
    app = web.Application(client_max_size=4 * MOST_BYTES)
    app.router.add_route("*", "/{path:.*}", _Door(emulator).handle)
    return app


@asynccontextmanager
async def serving(
    emulator: NotionEmulator, *, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[str]:
    """Serve the emulator and yield its base URL, without `/v1`; port 0 takes a free one."""
    runner = web.AppRunner(create_app(emulator), access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        bound = runner.addresses[0][1]
        yield f"http://{host}:{bound}"
    finally:
        emulator.faults.clear()
        await runner.cleanup()


class _Door:
    """Takes every request to the emulator."""

    def __init__(self, emulator: NotionEmulator) -> None:
        self._emulator = emulator

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request and note it in the journal."""
        authorization = request.headers.get("Authorization")
        token = (authorization or "").partition(" ")[2].strip()
        raw = await request.read()
        entry = self._note(request, token)
        try:
            connection = self._admit(authorization)
            answer = await self._answer(request, raw, connection, entry)
        except Refusal as refusal:
            answer = self._refused(refusal, entry)
        except Exception:  # noqa: BLE001 - a fault of ours must not look like a lost connection
            _log.exception("the emulator failed at %s %s", request.method, request.path)
            answer = self._refused(
                Refusal(status=500, code="internal_server_error", message="Unexpected error."),
                entry,
            )
        entry.status = answer.status if not isinstance(answer, Cut) else None
        return answer

    def _note(self, request: web.Request, token: str) -> Entry:
        emulator = self._emulator
        connection = emulator.connections.named(token)
        keys = [token] if connection is None else [token, connection.workspace.id]
        return emulator.journal.add(
            Entry(
                at=emulator.monotonic(),
                time=emulator.now(),
                method=request.method,
                path=request.path,
                token=token,
                inside_pause=emulator.pauses.active(*keys),
            )
        )

    def _admit(self, authorization: str | None) -> Connection:
        connection = self._emulator.connections.of_header(authorization)
        if connection is None:
            raise unauthorized()
        self._spend(connection)
        return connection

    def _spend(self, connection: Connection) -> None:
        emulator = self._emulator
        for limit, key, reason in (
            (emulator.connection_limit, connection.token, REASONS["connection"]),
            (emulator.workspace_limit, connection.workspace.id, REASONS["workspace"]),
        ):
            wait = None if limit is None else limit.spend(key)
            if wait is not None:
                emulator.pauses.announce(key, wait)
                raise Refusal(
                    status=429,
                    code="rate_limited",
                    message="You have been rate limited. Please try again in a few minutes.",
                    additional_data={"rate_limit_reason": reason, "retry_after": str(wait)},
                    headers={"Retry-After": str(wait)},
                )

    async def _answer(
        self, request: web.Request, raw: bytes, connection: Connection, entry: Entry
    ) -> web.StreamResponse:
        armed = self._emulator.faults.take(request.method, request.path, connection.token)
        if armed is None:
            return _json(200, self._operate(request, raw, connection, entry), self._request_id())
        entry.fault = armed.fault.match
        return await self._faulty(request, raw, connection, entry, armed)

    def _operate(
        self, request: web.Request, raw: bytes, connection: Connection, entry: Entry
    ) -> JsonObject:
        version = _version(request)
        route, parameters = find_route(request.method, request.rel_url.raw_path)
        if route.capability is not None and route.capability not in connection.capabilities:
            raise restricted_resource()
        body = read_body(raw) if request.method in ("POST", "PATCH") else {}
        entry.body = body
        query = request.rel_url.query
        answer = route.answer(
            Call(
                workspace=connection.workspace,
                author=connection.bot_id,
                connection=connection,
                version=version,
                path=parameters,
                query={name: query.getall(name) for name in query},
                body=body,
            )
        )
        return as_of(version, answer)

    async def _faulty(
        self,
        request: web.Request,
        raw: bytes,
        connection: Connection,
        entry: Entry,
        armed: Armed,
    ) -> web.StreamResponse:
        fault = armed.fault
        if fault.delay_seconds:
            await self._emulator.sleep(fault.delay_seconds)
        known = self._operate(request, raw, connection, entry) if fault.saved else None
        armed.reached.set()
        if fault.hang:
            await armed.release.wait()
        elif fault.reset:
            return Cut()
        elif fault.status is not None and not fault.truncated:
            return self._failed(armed, known, connection)
        answer = self._operate(request, raw, connection, entry) if known is None else known
        request_id = self._request_id()
        if fault.truncated:
            return Cut(told=_json(200, answer, request_id))
        return _json(200, answer, request_id)

    def _failed(
        self, armed: Armed, known: JsonObject | None, connection: Connection
    ) -> web.StreamResponse:
        fault = armed.fault
        refusal = fault.refusal(known)
        if refusal.status in _PAUSING and isinstance(fault.retry_after, int):
            of_workspace = fault.reason == "workspace" and refusal.status == 429  # noqa: PLR2004 - too many requests
            key = connection.workspace.id if of_workspace else connection.token
            self._emulator.pauses.announce(key, fault.retry_after)
        if fault.html:
            return web.Response(
                status=refusal.status,
                text=_HTML.format(status=refusal.status),
                content_type="text/html",
                headers=refusal.headers,
            )
        raise refusal

    def _refused(self, refusal: Refusal, entry: Entry) -> web.Response:
        entry.code = refusal.code
        answer = _json(refusal.status, refusal.body(), self._request_id())
        answer.headers.update(refusal.headers)
        return answer

    def _request_id(self) -> str:
        return self._emulator.ids.uuid()


def _version(request: web.Request) -> Version:
    given = request.headers.get("Notion-Version")
    if given is None:
        raise missing_version()
    try:
        return Version(given)
    except ValueError:
        raise validation_error(
            f"Notion-Version header failed validation: unknown version `{given}`."
        ) from None


def _json(status: int, body: JsonObject, request_id: str) -> web.Response:
    return web.Response(
        status=status,
        # Recorded: the list of templates is the one answer that does not name its request.
        text=json.dumps(
            body if "templates" in body else body | {"request_id": request_id}, ensure_ascii=False
        ),
        content_type="application/json",
        charset="utf-8",
        headers={"x-notion-request-id": request_id},
    )
