import asyncio
import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from bot.embedded import DirectoryInUse, EmbeddedMongod, NoMongod, embedded_mongod, find_mongod

LOG = logging.getLogger("test")
LOOPBACK = "127.0.0.1"

HOLDER = """
import asyncio, logging, sys
from pathlib import Path
from bot.embedded import embedded_mongod

async def main():
    async with embedded_mongod(Path(sys.argv[1]), log=logging.getLogger()) as mongo:
        print(mongo.pid, mongo.uri, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@contextlib.contextmanager
def holder(data_dir: Path) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    """Run another process that holds `data_dir`; yield it with its mongod's pid and URI."""
    command = [sys.executable, "-c", HOLDER, str(data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own script
        assert process.stdout is not None
        pid, uri = process.stdout.readline().split()
        try:
            yield process, int(pid), uri
        finally:
            process.kill()


async def count_after_insert(uri: str) -> int:
    async with AsyncMongoClient[dict[str, Any]](uri, w="majority") as client:
        await client.db.things.insert_one({})
        return await client.db.things.count_documents({})


def is_alive(pid: int) -> bool:
    """Ask ps: an ended process that nobody has waited for yet still has its pid."""
    asked = ("ps", "-o", "stat=", "-p", str(pid))
    state = subprocess.run(asked, check=False, capture_output=True, text=True).stdout  # noqa: S603  # constant
    return bool(state.strip()) and not state.startswith("Z")


async def test_it_takes_majority_writes_on_loopback_and_ends_with_the_context(
    tmp_path: Path,
) -> None:
    async with embedded_mongod(tmp_path / "mongodb", log=LOG) as mongo:
        assert mongo.uri.startswith("mongodb://127.0.0.1:")
        assert await count_after_insert(mongo.uri) == 1
    assert not is_alive(mongo.pid)


async def test_data_and_port_survive_a_restart(tmp_path: Path) -> None:
    ports = []
    for already_there in range(2):
        async with embedded_mongod(tmp_path / "mongodb", log=LOG) as mongo:
            assert await count_after_insert(mongo.uri) == already_there + 1
            ports.append(mongo.port)
    assert ports[0] == ports[1]


async def test_it_moves_to_another_port_when_the_old_one_is_taken(tmp_path: Path) -> None:
    async with embedded_mongod(tmp_path / "mongodb", log=LOG) as first:
        await count_after_insert(first.uri)
    async with (
        await asyncio.start_server(lambda _, writer: writer.close(), LOOPBACK, first.port),
        embedded_mongod(tmp_path / "mongodb", log=LOG) as second,
    ):
        assert second.port != first.port
        assert await count_after_insert(second.uri) == 2


async def test_a_killed_mongod_leaves_a_stale_lock_that_does_not_matter(tmp_path: Path) -> None:
    async with embedded_mongod(tmp_path / "mongodb", log=LOG) as mongo:
        await count_after_insert(mongo.uri)
        os.kill(mongo.pid, signal.SIGKILL)
    async with embedded_mongod(tmp_path / "mongodb", log=LOG) as again:
        assert await count_after_insert(again.uri) == 2


async def test_a_second_holder_is_told_who_holds_the_directory(tmp_path: Path) -> None:
    with holder(tmp_path / "mongodb") as (process, _, _), pytest.raises(DirectoryInUse) as refusal:
        async with embedded_mongod(tmp_path / "mongodb", log=LOG):
            pass
    assert f"held by process {process.pid}" in str(refusal.value)


async def test_a_stranger_mongod_on_the_directory_is_named_and_left_alone(
    tmp_path: Path, mongod: EmbeddedMongod
) -> None:
    stranger = Path(_option_of(mongod.pid, "--dbpath"))
    note = stranger.with_name(stranger.name + ".lock")
    with (tmp_path / "elsewhere").open("w") as free:
        free.write(note.read_text())
    linked = tmp_path / "mongodb"
    linked.symlink_to(stranger)  # the same data under a name whose lock is free
    with pytest.raises(DirectoryInUse, match=f"held by process {mongod.pid}"):
        async with embedded_mongod(linked, log=LOG):
            pass
    assert is_alive(mongod.pid)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
async def test_mongod_ends_with_a_killed_parent_and_the_next_start_finds_everything(
    tmp_path: Path,
) -> None:
    with holder(tmp_path / "mongodb") as (process, pid, uri):
        await count_after_insert(uri)
        process.kill()
        process.wait()
    async with embedded_mongod(tmp_path / "mongodb", log=LOG) as mongo:
        assert not is_alive(pid)
        assert await count_after_insert(mongo.uri) == 2


async def test_an_orphan_that_nobody_told_is_ended_by_the_next_start(tmp_path: Path) -> None:
    directory = tmp_path / "mongodb"
    async with embedded_mongod(directory, log=LOG) as orphan:
        note = directory.with_name("mongodb.lock")
        assert json.loads(note.read_text())["mongod"] == orphan.pid
        note.rename(tmp_path / "as if its holder were gone")
        note.write_text((tmp_path / "as if its holder were gone").read_text())
        async with embedded_mongod(directory, log=LOG) as mongo:
            assert not is_alive(orphan.pid)
            assert await count_after_insert(mongo.uri) == 1


async def test_without_a_mongod_that_runs_the_message_says_what_to_do(tmp_path: Path) -> None:
    broken = tmp_path / "mongod"
    broken.write_text("#!/bin/sh\necho 'libcurl.so.4: cannot open shared object file'; exit 127\n")
    broken.chmod(0o755)
    old = tmp_path / "old"
    old.write_text("#!/bin/sh\necho 'db version v4.4.1'\n")
    old.chmod(0o755)
    with pytest.raises(NoMongod) as refusal:
        await find_mongod([tmp_path / "absent", broken, old])
    message = str(refusal.value)
    assert "set MONGODB_URI" in message
    assert "libcurl.so.4: cannot open" in message
    assert "is too old: 4.4" in message
    assert "\n" not in message


class Heard(logging.Handler):
    """Sets an event once a record with the awaited message comes by."""

    def __init__(self, awaited: str) -> None:
        super().__init__()
        self.awaited = awaited
        self.came = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == self.awaited:
            self.came.set()


async def test_the_end_of_mongod_while_in_use_is_reported(tmp_path: Path) -> None:
    heard = Heard("mongod_ended")
    log = logging.getLogger("test.reported")
    log.addHandler(heard)
    async with embedded_mongod(tmp_path / "mongodb", log=log) as mongo:
        os.kill(mongo.pid, signal.SIGKILL)
        await heard.came.wait()


def _option_of(pid: int, name: str) -> str:
    """Read an option of a running process, portably enough for Linux and macOS."""
    asked = ("ps", "-ww", "-o", "args=", "-p", str(pid))
    words = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()  # noqa: S603  # constant
    return words[words.index(name) + 1]
