"""Who holds a mongod data directory: one of us at a time, and what the last one left behind."""

import asyncio
import contextlib
import fcntl
import json
import os
import signal
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

_ORPHAN_STOP_SECONDS = 20.0
_POLL_SECONDS = 0.05


class DirectoryInUse(Exception):
    """Another process works on this data directory."""

    def __init__(self, directory: Path, *, pid: int | None, port: int | None = None) -> None:
        holder = f"process {pid}" if pid else "another process"
        super().__init__(
            f"{directory} is held by {holder}: stop it first,"
            " or set MONGODB_URI to share one database between processes"
        )
        self.directory = directory
        self.pid = pid
        self.port = port
        """Where the holder's mongod listens, once it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The note in the lock file: our pid, and the mongod started with its port."""

    pid: int
    mongod: int | None = None
    port: int | None = None


class Hold:
    """An exclusive hold on a data directory, let go by the kernel when the process ends."""

    def __init__(self, file: IO[str], previous: Holder | None) -> None:
        self._file = file
        self.previous = previous

    def note(self, holder: Holder) -> None:
        """Write down who holds the directory, for the message of whoever comes second."""
        self._file.seek(0)
        self._file.truncate()
        json.dump(asdict(holder), self._file)
        self._file.flush()


@contextlib.contextmanager
def hold(directory: Path) -> Iterator[Hold]:
    """Hold `directory` (made if missing) for this process. DirectoryInUse: somebody else does."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory.with_name(directory.name + ".lock")
    with path.open("a+", encoding="utf-8") as file:
        file.seek(0)
        previous = _read(file.read())
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pid, port = (previous.pid, previous.port) if previous else (None, None)
            raise DirectoryInUse(directory, pid=pid, port=port) from None
        yield Hold(file, previous)


async def end_orphan(directory: Path, previous: Holder | None) -> None:
    """Wait for, or stop, a mongod whose starter was killed; any other one is left alone.

    The lock of mongod itself tells: as long as it is held, the pid in its file is a living mongod,
    so no stranger who inherited a pid can be hit.
    """
    pid = _mongod_at_work(directory)
    if pid is None:
        return
    if previous is None or previous.mongod != pid:
        raise DirectoryInUse(directory, pid=pid)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    for _ in range(int(_ORPHAN_STOP_SECONDS / _POLL_SECONDS)):
        if _mongod_at_work(directory) is None:
            return
        await asyncio.sleep(_POLL_SECONDS)
    raise DirectoryInUse(directory, pid=pid)


def _mongod_at_work(directory: Path) -> int | None:
    """Return the pid of the mongod that has `directory` open; a stale lock file counts as none."""
    try:
        with (directory / "mongod.lock").open("r+", encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return int(file.read().strip() or 0)
    except FileNotFoundError:
        pass
    return None


def _read(text: str) -> Holder | None:
    try:
        return Holder(**json.loads(text))
    except (ValueError, TypeError):
        return None
