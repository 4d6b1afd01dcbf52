"""Socket Mode: envelopes over websockets that the bot has opened."""

import asyncio
import itertools
import json
import time
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from playground.slack.core import Core
from playground.slack.delivery import Ack, Parcel
from playground.slack.wire import Json

CONNECTIONS_LIMIT = 10
_HOST = "applink-simulator"
_CONNECTION_SECONDS = 18_060  # what Slack says a connection will last


@dataclass(slots=True, kw_only=True, eq=False)
class Connection:
    """One websocket of the bot and the envelopes it has not yet acknowledged."""

    socket: web.WebSocketResponse
    transport: asyncio.Transport | None
    leaving: bool = False  # told to come back on a new connection: gets nothing more
    waiting: dict[str, "asyncio.Future[Json]"] = field(default_factory=dict)


class Sockets:
    """All live connections; envelopes go to each in turn."""

    def __init__(self, *, core: Core, ack_seconds: float) -> None:
        self._core = core
        self._ack_seconds = ack_seconds
        self._turn = itertools.count()
        self.connections: list[Connection] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one websocket; its ticket works once."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._core.tickets:
            return web.Response(status=404, text="unknown or used ticket")
        self._core.tickets.discard(ticket)
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        connection = Connection(socket=socket, transport=request.transport)
        self.connections.append(connection)
        try:
            if len(self.connections) > CONNECTIONS_LIMIT:
                await self._dismiss(connection, "too_many_websockets")
            await socket.send_json(self._hello())
            self._core.journal.changed()
            await self._read(connection)
        finally:
            self._gone(connection)
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {
                "host": _HOST,
                "build_number": 1,
                "approximate_connection_time": _CONNECTION_SECONDS,
            },
            "connection_info": {"app_id": self._core.app_id},
        }

    async def _read(self, connection: Connection) -> None:
        async for frame in connection.socket:
            if frame.type != WSMsgType.TEXT:
                continue
            try:
                answer = json.loads(frame.data)
                waiting = connection.waiting.pop(str(answer["envelope_id"]), None)
            except (ValueError, TypeError, KeyError):
                self._core.journal.blame("socket_mode", "not an acknowledgement", frame.data)
                continue
            if waiting is not None and not waiting.done():
                waiting.set_result(answer)

    def _gone(self, connection: Connection) -> None:
        self.connections.remove(connection)
        for waiting in connection.waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionResetError("the bot's socket is gone"))
        self._core.journal.changed()

    async def send(self, parcel: Parcel) -> Ack:
        """Send one envelope to the next connection and wait for its acknowledgement."""
        live = [connection for connection in self.connections if not connection.leaving]
        if not live:
            return Ack(status=None, trouble="unreachable")
        connection = live[next(self._turn) % len(live)]
        envelope_id = self._core.ids.secret(32)
        waiting = connection.waiting[envelope_id] = asyncio.get_running_loop().create_future()
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self._ack_seconds):
                await connection.socket.send_json(_envelope(parcel, envelope_id))
                answer = await waiting
        except TimeoutError:
            return Ack(status=None, seconds=self._ack_seconds, trouble="timeout")
        except ConnectionError:
            return Ack(status=None, seconds=time.perf_counter() - started, trouble="unreachable")
        finally:
            connection.waiting.pop(envelope_id, None)
        return _ack(parcel, answer, time.perf_counter() - started)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to come back on a new one, as Slack does every few hours."""
        for connection in list(self.connections):
            await self._dismiss(connection, reason)

    async def _dismiss(self, connection: Connection, reason: str) -> None:
        connection.leaving = True
        await connection.socket.send_json(
            {"type": "disconnect", "reason": reason, "debug_info": {"host": _HOST}}
        )

    def drop(self) -> None:
        """Cut every connection without a word."""
        for connection in self.connections:
            if connection.transport is not None:
                connection.transport.abort()


def _envelope(parcel: Parcel, envelope_id: str) -> Json:
    envelope: Json = {
        "envelope_id": envelope_id,
        "payload": parcel.body,
        "type": parcel.kind,
        "accepts_response_payload": parcel.wants_payload,
    }
    if parcel.kind == "events_api":
        envelope |= {"retry_attempt": parcel.retry_num, "retry_reason": parcel.retry_reason}
    return envelope


def _ack(parcel: Parcel, answer: Json, seconds: float) -> Ack:
    payload = answer.get("payload") if parcel.wants_payload else None
    if payload is None:
        return Ack(status=200, seconds=seconds)
    return Ack(
        status=200, text=json.dumps(payload), content_type="application/json", seconds=seconds
    )
