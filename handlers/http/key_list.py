"""GET /api/v1/keys: which keys the workspace has, and when each was last used."""

from __future__ import annotations

from aiohttp import web

from handlers.http.gate import Call, shown
from handlers.http.rendering import api_key_out
from handlers.http.schemas import ApiKeyList
from tasks.ports import ApiKeys


class KeyList:
    """Shows the caller's workspace's keys."""

    def __init__(self, keys: ApiKeys) -> None:
        self._keys = keys

    async def serve(self, call: Call) -> web.StreamResponse:
        """Show them."""
        keys = await self._keys.of(call.caller.team)
        return shown(ApiKeyList(keys=[api_key_out(key) for key in keys]))
