"""The door: who calls, may they now, what goes wrong on purpose, and the answer."""

import json
import logging
from http import HTTPStatus

from aiohttp import web

from playground.notion.access import Connection
from playground.notion.arrivals import ApiArrival, Arrival, OAuthArrival
from playground.notion.cuts import Cut
from playground.notion.emulator import NotionEmulator
from playground.notion.errors import Refusal, unauthorized
from playground.notion.faults import REASONS, Armed, rate_limited
from playground.notion.journal import Entry
from playground.notion.json_types import JsonObject
from playground.notion.oauth import AUTHORIZE_PATH
from playground.notion.pauses import Timing

_log = logging.getLogger(__name__)
_HTML = (
    "<html><head><title>{status}</title></head><body><h1>{status}</h1><hr>cloudflare</body></html>"
)
_PAUSING = frozenset({429, 529})


class Door:
    """Takes every request to the emulator."""

    def __init__(self, emulator: NotionEmulator) -> None:
        self._emulator = emulator

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request and note it in the journal."""
        raw = await request.read()
        authorization = request.headers.get("Authorization")
        entry = self._note(request, raw, (authorization or "").partition(" ")[2].strip())
        try:
            answer = await self._met(request, raw, entry)
        except Refusal as refusal:
            answer = self._refused(refusal, entry)
        except Exception:  # noqa: BLE001 - a fault of ours must not look like a lost connection
            _log.exception("the emulator failed at %s %s", request.method, request.path)
            broken = Refusal(status=500, code="internal_server_error", message="A bug of ours.")
            answer = self._refused(broken, entry)
        entry.status = None if isinstance(answer, Cut) else answer.status
        return answer

    async def _met(self, request: web.Request, raw: bytes, entry: Entry) -> web.StreamResponse:
        if request.path == AUTHORIZE_PATH:
            where = self._emulator.oauth.authorize(dict(request.rel_url.query))
            return web.Response(status=HTTPStatus.FOUND, headers={"Location": where})
        if request.path.startswith("/v1/oauth/"):
            oauth = self._emulator.oauth
            arrival: Arrival = OAuthArrival(
                request=request, raw=raw, oauth=oauth, token=entry.token
            )
        else:
            connection = self._admit(request.headers.get("Authorization"), _line(request))
            arrival = ApiArrival(request=request, raw=raw, connection=connection, token=entry.token)
        return await self._answer(arrival, request, entry)

    def _note(self, request: web.Request, raw: bytes, token: str) -> Entry:
        emulator = self._emulator
        connection = emulator.connections.named(token)
        keys = [] if connection is None else [connection.bot_id, connection.workspace.id]
        timing = emulator.pauses.timing(_line(request), *keys)
        return emulator.journal.add(
            Entry(
                at=emulator.monotonic(),
                time=emulator.now(),
                method=request.method,
                path=request.path,
                token=token,
                inside_pause=timing is Timing.INSIDE,
                crossed_pause=timing is Timing.CROSSING,
                body=_noted(raw),
            )
        )

    def _admit(self, authorization: str | None, line: object) -> Connection:
        emulator = self._emulator
        connection = emulator.connections.of_header(authorization)
        if connection is None:
            raise unauthorized()
        for limit, key, reason in (
            (emulator.connection_limit, connection.bot_id, REASONS["connection"]),
            (emulator.workspace_limit, connection.workspace.id, REASONS["workspace"]),
        ):
            wait = None if limit is None else limit.spend(key)
            if wait is not None:
                emulator.pauses.announce(key, wait, line=line)
                raise rate_limited(reason, wait)
        return connection

    async def _answer(
        self, arrival: Arrival, request: web.Request, entry: Entry
    ) -> web.StreamResponse:
        armed = self._emulator.faults.take(request.method, request.path, arrival.token)
        if armed is None:
            return self._told(arrival.carry_out())
        entry.fault = armed.fault.match
        return await self._troubled(arrival, armed, _line(request))

    async def _troubled(self, arrival: Arrival, armed: Armed, line: object) -> web.StreamResponse:
        fault = armed.fault
        if fault.delay_seconds:
            await self._emulator.sleep(fault.delay_seconds)
        known = arrival.carry_out() if fault.saved else None
        armed.reached.set()
        if fault.hang:
            await armed.release.wait()
        elif fault.reset:
            return Cut()
        elif fault.status is not None and not fault.truncated:
            return self._failed(armed, known, arrival, line)
        told = self._told(arrival.carry_out() if known is None else known)
        return Cut(told=told) if fault.truncated else told

    def _failed(
        self, armed: Armed, known: JsonObject | None, arrival: Arrival, line: object
    ) -> web.StreamResponse:
        fault = armed.fault
        refusal = fault.refusal(known)
        if refusal.status in _PAUSING and isinstance(fault.retry_after, int):
            of_workspace = fault.reason == "workspace" and refusal.code == "rate_limited"
            key = arrival.pause_keys.get("workspace" if of_workspace else "connection")
            if key is not None:
                self._emulator.pauses.announce(key, fault.retry_after, line=line)
        if not fault.html:
            raise refusal
        return web.Response(
            status=refusal.status,
            text=_HTML.format(status=refusal.status),
            content_type="text/html",
            headers=refusal.headers,
        )

    def _refused(self, refusal: Refusal, entry: Entry) -> web.Response:
        entry.code = refusal.code
        answer = self._told(refusal.body(), status=refusal.status)
        answer.headers.update(refusal.headers)
        return answer

    def _told(self, body: JsonObject, *, status: int = 200) -> web.Response:
        request_id = self._emulator.ids.uuid()
        # Recorded: the list of templates is the one answer that does not name its request.
        named = body if "templates" in body else body | {"request_id": request_id}
        return web.Response(
            status=status,
            text=json.dumps(named, ensure_ascii=False),
            content_type="application/json",
            charset="utf-8",
            headers={"x-notion-request-id": request_id},
        )


def _line(request: web.Request) -> object:
    """Return what tells one network connection from another."""
    return None if request.transport is None else request.transport.get_extra_info("peername")


def _noted(raw: bytes) -> JsonObject | None:
    """Return a body for the journal, None where there is none to read."""
    try:
        body = json.loads(raw)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
