"""The door: who calls, may they now, what goes wrong on purpose, and the answer."""

import json
import logging

from aiohttp import web

from playground.notion.access import Connection
from playground.notion.arrivals import Arrival
from playground.notion.cuts import Cut
from playground.notion.emulator import NotionEmulator
from playground.notion.errors import Refusal, unauthorized
from playground.notion.faults import REASONS, Armed, rate_limited
from playground.notion.journal import Entry
from playground.notion.json_types import JsonObject

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
            connection = self._admit(authorization)
            arrival = Arrival(request=request, raw=raw, connection=connection)
            answer = await self._answer(arrival, entry)
        except Refusal as refusal:
            answer = self._refused(refusal, entry)
        except Exception:  # noqa: BLE001 - a fault of ours must not look like a lost connection
            _log.exception("the emulator failed at %s %s", request.method, request.path)
            broken = Refusal(status=500, code="internal_server_error", message="A bug of ours.")
            answer = self._refused(broken, entry)
        entry.status = None if isinstance(answer, Cut) else answer.status
        return answer

    def _note(self, request: web.Request, raw: bytes, token: str) -> Entry:
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
                body=_noted(raw),
            )
        )

    def _admit(self, authorization: str | None) -> Connection:
        emulator = self._emulator
        connection = emulator.connections.of_header(authorization)
        if connection is None:
            raise unauthorized()
        for limit, key, reason in (
            (emulator.connection_limit, connection.token, REASONS["connection"]),
            (emulator.workspace_limit, connection.workspace.id, REASONS["workspace"]),
        ):
            wait = None if limit is None else limit.spend(key)
            if wait is not None:
                emulator.pauses.announce(key, wait)
                raise rate_limited(reason, wait)
        return connection

    async def _answer(self, arrival: Arrival, entry: Entry) -> web.StreamResponse:
        request = arrival.request
        armed = self._emulator.faults.take(request.method, request.path, arrival.connection.token)
        if armed is None:
            return self._told(arrival.carry_out())
        entry.fault = armed.fault.match
        return await self._troubled(arrival, armed)

    async def _troubled(self, arrival: Arrival, armed: Armed) -> web.StreamResponse:
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
            return self._failed(armed, known, arrival.connection)
        told = self._told(arrival.carry_out() if known is None else known)
        return Cut(told=told) if fault.truncated else told

    def _failed(
        self, armed: Armed, known: JsonObject | None, connection: Connection
    ) -> web.StreamResponse:
        fault = armed.fault
        refusal = fault.refusal(known)
        if refusal.status in _PAUSING and isinstance(fault.retry_after, int):
            of_workspace = fault.reason == "workspace" and refusal.code == "rate_limited"
            key = connection.workspace.id if of_workspace else connection.token
            self._emulator.pauses.announce(key, fault.retry_after)
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


def _noted(raw: bytes) -> JsonObject | None:
    """Return a body for the journal, None where there is none to read."""
    try:
        body = json.loads(raw)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
