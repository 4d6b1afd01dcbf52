"""Servers as processes of their own: started, waited for, looked at, stopped by their id."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from asyncio.subprocess import DEVNULL, STDOUT
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.requests import request
from benchmarks.wire import Client

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60.0
STOP_SECONDS = 30.0

_OURS = ("SLACK_", "NOTION_", "MONGODB_", "LOG_", "API_KEYS", "OAUTH_", "METRICS_TOKEN")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
_OK = 200
_KIB = 1024
TICKS = os.sysconf("SC_CLK_TCK")


class DidNotStart(Exception):
    """A server ended, or never answered; the message has its last words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server that answers."""

    name: str
    pid: int
    port: int
    log: Path


@contextlib.asynccontextmanager
async def running(
    name: str,
    arguments: Sequence[str],
    *,
    port: int,
    environ: Mapping[str, str],
    folder: Path,
    ready: str = "/",
) -> AsyncIterator[Running]:
    """Run `python arguments…` in `folder` until the context ends. DidNotStart.

    Nothing of the developer's own settings reaches it: no variable and no `.env`.
    """
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            cwd=folder,
            env={**clean(os.environ), "PYTHONPATH": str(ROOT), **environ},
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
        )
    try:
        try:
            async with asyncio.timeout(READY_SECONDS):
                await _answering(process, port, ready)
        except (TimeoutError, _Ended) as error:
            raise DidNotStart(f"{name} did not start: {_last_words(log)}") from error
        yield Running(name=name, pid=process.pid, port=port, log=log)
        if process.returncode is not None:
            raise DidNotStart(f"{name} ended with {process.returncode}: {_last_words(log)}")
    finally:
        await _stop(process)


def clean(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without settings of the bot and without proxies."""
    return {
        name: value
        for name, value in environ.items()
        if not name.startswith(_OURS) and name.lower() not in _PROXIES
    }


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class _Ended(Exception):
    """The process is gone."""


async def _answering(process: asyncio.subprocess.Process, port: int, path: str) -> None:
    client = Client(port, timeout=5.0)
    ask = request("GET", path, {"Connection": "close"}, b"")
    try:
        while process.returncode is None:
            with contextlib.suppress(OSError):
                if (await client.send(ask)).status == _OK:
                    return
            await asyncio.sleep(0.05)
    finally:
        client.close()
    raise _Ended


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _last_words(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return " | ".join(lines[-5:]) or "it said nothing"


def cpu_seconds(pid: int) -> float | None:
    """Return the processor time a process has used; None where the system does not tell."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_bytes(pid: int) -> int:
    """Return how much memory a process holds. ProcessLookupError: it is gone."""
    asked = subprocess.run(  # noqa: S603  # our own process id
        ["ps", "-o", "rss=", "-p", str(pid)],  # noqa: S607  # wherever it is: it is on every Unix
        capture_output=True,
        text=True,
        check=False,
    )
    if not asked.stdout.strip():
        raise ProcessLookupError(pid)
    return int(asked.stdout) * _KIB


def open_files(pid: int) -> int | None:
    """Return how many files and sockets a process holds; None where the system does not tell."""
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except OSError:
        return None
