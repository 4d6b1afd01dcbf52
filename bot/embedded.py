"""A real mongod for development and tests, started on loopback and stopped with this process."""

import asyncio
import contextlib
import importlib.util
import logging
import os
import re
import shutil
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot import replica_set
from bot.data_directory import DirectoryInUse, Hold, Holder, end_orphan, hold

__all__ = ["DirectoryInUse", "EmbeddedMongod", "MongodDidNotStart", "NoMongod", "embedded_mongod"]

_OLDEST_VERSION = (5, 0)  # what the storage's update pipelines need
_READY_SECONDS = 60.0
_STOP_SECONDS = 20.0
_START_ATTEMPTS = 3  # a free port can be taken between our look and mongod's bind
_EXIT_ADDRESS_IN_USE = 48
_VERSION = re.compile(r"db version v(\d+)\.(\d+)")

# mongod has to end with the bot even after kill -9, and only the child itself can ask for that.
# The kernel means the *thread* that started it: the context has to be entered in a lasting one.
_DIE_WITH_PARENT = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""


class NoMongod(Exception):
    """No mongod that works here was found; the message says what to install."""


class MongodDidNotStart(Exception):
    """A mongod was found and started, but never took writes; the message has its last words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedMongod:
    """A running one-node replica set on loopback."""

    uri: str
    pid: int
    port: int


@contextlib.asynccontextmanager
async def embedded_mongod(
    data_dir: Path, *, log: logging.Logger, options: Sequence[str] = ()
) -> AsyncIterator[EmbeddedMongod]:
    """Run mongod on `data_dir` while the context lasts; it takes writes when the body starts.

    Raises NoMongod, DirectoryInUse or MongodDidNotStart, each with one sentence for a person.
    """
    binary = await find_mongod(mongod_candidates())
    with hold(data_dir) as held:
        await end_orphan(data_dir, held.previous)
        process, port = await _start(binary, data_dir, held, options)
        try:
            mongo = await _ready(process, port, data_dir)
            log.info("mongod_started", extra={"pid": mongo.pid, "port": port, "path": str(binary)})
            watch = asyncio.create_task(_report_end(process, data_dir, log))
            try:
                yield mongo
            finally:
                watch.cancel()
        finally:
            await _stop(process)


def mongod_candidates() -> Iterable[Path]:
    """Yield the mongod on PATH, then the one in the wheel of the `embedded` extra."""
    if on_path := shutil.which("mongod"):
        yield Path(on_path)
    wheel = importlib.util.find_spec("fiftyone")  # a namespace package: nothing is executed
    for folder in (wheel and wheel.submodule_search_locations) or ():
        yield Path(folder) / "db" / "bin" / "mongod"


async def find_mongod(candidates: Iterable[Path]) -> Path:
    """Return the first candidate that runs here and is new enough. NoMongod: there is none."""
    findings = []
    for path in candidates:
        fault = await _fault_of(path)
        if fault is None:
            return path
        findings.append(f"{path} {fault}")
    tried = f" (tried: {'; '.join(findings)})" if findings else ""
    raise NoMongod(
        "No usable mongod was found: set MONGODB_URI, or put mongod"
        f" {_OLDEST_VERSION[0]}.{_OLDEST_VERSION[1]} or newer on PATH, or install the extra"
        f" `embedded` (Linux x86-64 with libcurl4 and OpenSSL 3, or macOS){tried}"
    )


async def _fault_of(path: Path) -> str | None:
    try:
        asked = await asyncio.create_subprocess_exec(
            path, "--version", stdin=DEVNULL, stdout=PIPE, stderr=STDOUT
        )
    except OSError as error:
        return f"cannot be run: {error.strerror}"
    output = (await asked.communicate())[0].decode(errors="replace")
    version = _VERSION.search(output)
    if asked.returncode or not version:
        return f"cannot be run: {output.strip().splitlines()[0] if output.strip() else 'no output'}"
    found = (int(version[1]), int(version[2]))
    return f"is too old: {found[0]}.{found[1]}" if found < _OLDEST_VERSION else None


async def _start(
    binary: Path, data_dir: Path, held: Hold, options: Sequence[str]
) -> tuple[Process, int]:
    """Start mongod; the port of the last time is kept where it is free."""
    port = _free_port(held.previous.port if held.previous else None)
    attempts_left = _START_ATTEMPTS
    while True:
        process = await _spawn(_command(binary, data_dir, port, options), _log_path(data_dir))
        held.note(Holder(pid=os.getpid(), mongod=process.pid, port=port))
        try:
            if not await _ends_at_once(process):
                return process, port
        except asyncio.CancelledError:
            await _stop(process)
            raise
        attempts_left -= 1
        if process.returncode != _EXIT_ADDRESS_IN_USE or not attempts_left:
            raise _did_not_start(process, data_dir)
        port = _free_port(None)


async def _ends_at_once(process: Process) -> bool:
    """Tell whether mongod gives up; it takes its port, or fails to, within a fraction of this."""
    try:
        await asyncio.wait_for(asyncio.shield(process.wait()), timeout=0.3)
    except TimeoutError:
        return False
    return True


async def _ready(process: Process, port: int, data_dir: Path) -> EmbeddedMongod:
    member = f"127.0.0.1:{port}"
    uri = f"mongodb://{member}/?directConnection=true"
    ready = asyncio.create_task(replica_set.become_primary(uri, member, seconds=_READY_SECONDS))
    ended = asyncio.create_task(process.wait())
    try:
        await asyncio.wait({ready, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done() or ready.exception():
            raise _did_not_start(process, data_dir)
    finally:
        for task in (ready, ended):
            task.cancel()
        await asyncio.gather(ready, ended, return_exceptions=True)
    return EmbeddedMongod(uri=uri, pid=process.pid, port=port)


async def _report_end(process: Process, data_dir: Path, log: logging.Logger) -> None:
    code = await process.wait()
    log.critical("mongod_ended", extra={"exit": code, "log_file": str(_log_path(data_dir))})


async def _stop(process: Process) -> None:
    """Ask mongod to end, and end it if it does not; both by the pid that we started."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(asyncio.shield(process.wait()), _STOP_SECONDS)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def _spawn(command: Sequence[str | Path], log_path: Path) -> Process:
    if sys.platform == "linux":
        launcher = (sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid()))
        command = (*launcher, *command)
    with log_path.open("wb") as output:
        # Its own session: Ctrl-C in a terminal is for the bot, which still has things to save.
        return await asyncio.create_subprocess_exec(
            *command, stdin=DEVNULL, stdout=output, stderr=STDOUT, start_new_session=True
        )


def _command(
    binary: Path, data_dir: Path, port: int, options: Sequence[str]
) -> tuple[str | Path, ...]:
    return (
        binary,
        *("--dbpath", data_dir, "--port", str(port), "--bind_ip", "127.0.0.1"),
        *("--replSet", replica_set.NAME, "--oplogSize", "128", "--nounixsocket"),
        *("--wiredTigerCacheSizeGB", "0.25"),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        *options,
    )


def _free_port(wanted: int | None) -> int:
    with contextlib.suppress(OSError), socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", wanted or 0))
        return int(taken.getsockname()[1])
    return _free_port(None)


def _log_path(data_dir: Path) -> Path:
    return data_dir.with_name(data_dir.name + ".log")


def _did_not_start(process: Process, data_dir: Path) -> MongodDidNotStart:
    path = _log_path(data_dir)
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    errors = [line for line in lines if '"s":"E"' in line or '"s":"F"' in line] or lines[-1:]
    words = errors[-1][:500] if errors else "it said nothing"
    state = "still runs" if process.returncode is None else f"exit code {process.returncode}"
    return MongodDidNotStart(f"mongod did not start ({state}): {words} (full log: {path})")
