"""HTTP by hand: headers twice, odd bytes and broken framing, which no client library would send."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Headers = Sequence[tuple[str | bytes, str | bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:  # noqa: ANN401  # whatever was answered
        return json.loads(self.body)


async def request(
    port: int, method: str, path: str, *, headers: Headers = (), body: bytes = b""
) -> Answer:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(_head(method, path, headers, len(body)) + body)
        raw = await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()
    head, _, answered = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    return Answer(
        status=int(first.split()[1]),
        headers={name.lower(): value for name, value in (line.split(": ", 1) for line in lines)},
        body=answered.decode(),
    )


def _head(method: str, path: str, headers: Headers, length: int) -> bytes:
    lines = [f"{method} {path} HTTP/1.1".encode(), b"Host: x", b"Connection: close"]
    lines += [_bytes(name) + b": " + _bytes(value) for name, value in headers]
    if length:
        lines.append(f"Content-Length: {length}".encode())
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8")
