"""The specification as JSON, and as a page that needs no network, no script and no key."""

from __future__ import annotations

import json
from collections.abc import Sequence

from aiohttp import web
from aiohttp.typedefs import Handler

from handlers.http.docs_page import CSS, page
from handlers.http.docs_style import STYLE
from handlers.http.openapi import document
from handlers.http.operations import BASE

PAGE = "/api/docs"
SPECIFICATION = f"{BASE}/openapi.json"
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"


def docs_routes(version: str) -> Sequence[web.RouteDef]:
    """Return the three routes; what they answer is made once."""
    specification = document(version)
    written = json.dumps(specification, ensure_ascii=False)
    return [
        web.get(SPECIFICATION, _always(written, "application/json")),
        web.get(PAGE, _always(page(specification), "text/html")),
        web.get(CSS, _always(STYLE, "text/css")),
    ]


def _always(text: str, content_type: str) -> Handler:
    body = text.encode()
    charset = "utf-8" if content_type.startswith("text/") else None

    async def handle(_request: web.Request) -> web.StreamResponse:
        return web.Response(
            body=body,
            content_type=content_type,
            charset=charset,
            headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"},
        )

    return handle
