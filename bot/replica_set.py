"""Makes a lone mongod the one member of its own replica set.

pymongo is used here, in the composition layer, because this is a talk with the server's admin
commands before there is any storage; nothing of the bot's data passes.
"""

import asyncio
from typing import Any

import pymongo
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError

NAME = "taskbridge"
_NOT_YET_INITIALIZED = 94
_INVALID_REPLICA_SET_CONFIG = 93  # the stored member has another port: not a member of itself
_POLL_SECONDS = 0.02


async def become_primary(uri: str, member: str, *, seconds: float) -> None:
    """Return once `member` (host:port) takes writes. TimeoutError: it did not within `seconds`."""
    async with (
        AsyncMongoClient[dict[str, Any]](uri, serverSelectionTimeoutMS=500) as client,
        asyncio.timeout(seconds),
    ):
        while not await _is_writable(client, member):  # noqa: ASYNC110  # a server sets no Event
            await asyncio.sleep(_POLL_SECONDS)


async def _is_writable(client: AsyncMongoClient[dict[str, Any]], member: str) -> bool:
    try:
        with pymongo.timeout(2.0):
            await _configure(client, member)
            hello = await client.admin.command("hello")
    except PyMongoError:  # not listening yet, or between two states: asked again
        return False
    return bool(hello.get("isWritablePrimary"))


async def _configure(client: AsyncMongoClient[dict[str, Any]], member: str) -> None:
    try:
        await client.admin.command("replSetGetStatus")
    except OperationFailure as error:
        if error.code == _NOT_YET_INITIALIZED:
            config: dict[str, Any] = {"_id": NAME, "members": [{"_id": 0, "host": member}]}
            await client.admin.command("replSetInitiate", config)
        elif error.code == _INVALID_REPLICA_SET_CONFIG:
            await _move(client, member)
        else:
            raise


async def _move(client: AsyncMongoClient[dict[str, Any]], member: str) -> None:
    config = (await client.admin.command("replSetGetConfig"))["config"]
    config["members"][0]["host"] = member
    config["version"] += 1
    await client.admin.command("replSetReconfig", config, force=True)
