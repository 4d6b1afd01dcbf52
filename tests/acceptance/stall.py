"""Makes the database slow for the bot."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo import MongoClient


@contextmanager
def stall(uri: str, commands: list[str], *, milliseconds: int) -> Iterator[None]:
    """Make these commands of the bot hang in the server while the context lasts."""
    data = {
        "failCommands": commands,
        "blockConnection": True,
        "blockTimeMS": milliseconds,
        "appName": "taskbridge",
    }
    with MongoClient[dict[str, Any]](uri) as client:
        client.admin.command("configureFailPoint", "failCommand", mode="alwaysOn", data=data)
        try:
            yield
        finally:
            client.admin.command("configureFailPoint", "failCommand", mode="off")
