"""Gets the token issuer's public keys: bounded in time and size, following nobody elsewhere."""

from __future__ import annotations

from http import HTTPStatus

import aiohttp

from handlers.http.issuer_keys import Fetch, IssuerUnreachable

FETCH_SECONDS = 2.0
BYTES_MAX = 1024 * 1024


def issuer_fetch(session: aiohttp.ClientSession) -> Fetch:
    """Return what `IssuerKeys` asks with."""

    async def fetch(url: str) -> bytes:
        try:
            async with session.get(
                url,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=FETCH_SECONDS),
                headers={"Accept": "application/json"},
            ) as answer:
                if answer.status != HTTPStatus.OK:
                    raise IssuerUnreachable(f"it answered {answer.status}")
                return await _bounded(answer.content)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise IssuerUnreachable(type(error).__name__) from error

    return fetch


async def _bounded(content: aiohttp.StreamReader) -> bytes:
    found = bytearray()
    async for piece in content.iter_any():
        found += piece
        if len(found) > BYTES_MAX:
            raise IssuerUnreachable("its answer is too large")
    return bytes(found)
