"""The least of Slack that a bot under load calls: `python -m benchmarks.slack_stub PORT`.

Quick and lax on purpose: what is measured is the bot. The strict Slack is in `playground`.
"""

from __future__ import annotations

import itertools
import sys
from typing import Any

from aiohttp import web

_views = itertools.count(1)


async def api(request: web.Request) -> web.Response:
    """Answer a method of the Web API."""
    sent = await request.json() if request.content_type == "application/json" else {}
    match request.match_info["method"]:
        case "auth.test":
            found: dict[str, Any] = {"team_id": "T0000", "user_id": "U0000BOT", "bot_id": "B0000"}
        case "users.info":
            user = request.query.get("user") or sent.get("user", "")
            found = {"user": _user(str(user))}
        case "users.lookupByEmail":
            return web.json_response({"ok": False, "error": "users_not_found"})
        case "conversations.info":
            found = {"channel": {"id": request.query.get("channel"), "is_private": False}}
        case "users.conversations":
            found = {"channels": []}
        case "views.open" | "views.update":
            found = {"view": {"id": f"V{next(_views)}", "hash": "1.a"}}
        case _:
            found = {"ts": "1700000000.000100", "channel": "C1"}
    return web.json_response({"ok": True, **found})


def _user(user: str) -> dict[str, Any]:
    profile = {"real_name": user, "display_name": user, "email": f"{user}@example.com"}
    return {"id": user, "name": user, "tz": "Europe/Berlin", "profile": profile}


async def hook(request: web.Request) -> web.Response:
    """Take an answer that was sent to a response URL."""
    await request.read()
    return web.Response(text="ok")


async def ready(_request: web.Request) -> web.Response:
    """Say that it is up."""
    return web.Response(text="ok")


def application() -> web.Application:
    """Return all of it."""
    app = web.Application()
    app.router.add_get("/", ready)
    app.router.add_route("*", "/api/{method}", api)
    app.router.add_post("/commands/{team}/{number}/{secret}", hook)
    return app


if __name__ == "__main__":
    web.run_app(application(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
