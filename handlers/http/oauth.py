"""The addresses of installing by OAuth, which is not there yet: whoever opens one is told so."""

from __future__ import annotations

from aiohttp import web

INSTEAD = {
    "slack": (
        "Installing Taskbridge by OAuth is not there yet: one bot serves one Slack workspace, "
        "whose token is its setting SLACK_BOT_TOKEN."
    ),
    "notion": (
        "Connecting Notion by OAuth is not there yet: set NOTION_TOKEN to the token of an "
        "internal integration, then choose the database by /task connect in Slack."
    ),
}
_PAGES = "tail:install|oauth_redirect"
"""By the name `tail` they are counted with all that is not there, and make no series."""


def routes() -> list[web.RouteDef]:
    """Return the four routes."""
    return [
        web.get(f"/slack/{{{_PAGES}}}", _slack),
        web.get(f"/notion/{{{_PAGES}}}", _notion),
    ]


async def _slack(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=404, text=f"{INSTEAD['slack']}\n")


async def _notion(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=404, text=f"{INSTEAD['notion']}\n")
