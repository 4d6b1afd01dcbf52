"""Ids as Notion makes them: seeded, so that a run can be repeated."""

import random
import re
import string
import uuid
from urllib.parse import quote, unquote

from playground.notion.errors import validation_error

# From ':' to '~', what recorded property ids are made of.
_PROPERTY_ALPHABET = "".join(chr(code) for code in range(ord(":"), ord("~") + 1))
_PROPERTY_LENGTH = 4
_TOKEN_ALPHABET = string.ascii_letters + string.digits
_TOKEN_LENGTH = 43
# What JavaScript's encodeURIComponent leaves alone beside letters and digits.
_UNRESERVED = "-_.!~*'()"
_UUID = re.compile(
    r"[0-9a-f]{8}-?[0-9a-f]{4}-?[1-8][0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}"
    r"|0{8}-?0{4}-?0{4}-?0{4}-?0{12}",
    re.IGNORECASE,
)


class Ids:
    """The source of every id of an emulator."""

    def __init__(self, seed: int | str) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable ids, no secrets

    def uuid(self) -> str:
        """Return a new id of a page, block, database, option, user or request."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def token(self) -> str:
        """Return the random part of a new secret: 43 letters and digits."""
        return "".join(self._random.choices(_TOKEN_ALPHABET, k=_TOKEN_LENGTH))

    def property_id(self) -> str:
        """Return a new property id, decoded: four characters."""
        return "".join(self._random.choices(_PROPERTY_ALPHABET, k=_PROPERTY_LENGTH))


def encoded(property_id: str) -> str:
    """Write a property id as answers show it."""
    return quote(property_id, safe=_UNRESERVED)


def decoded(property_id: str) -> str:
    """Read a property id given encoded or plain."""
    return unquote(property_id)


def property_order(property_id: str) -> tuple[int, str]:
    """Return the sort key of `properties`: usual ids in ASCII order, the title, special ids."""
    if property_id == "title":
        return 1, ""
    return (0 if len(property_id) == _PROPERTY_LENGTH else 2), property_id


def parsed(value: str) -> str | None:
    """Return the id with dashes, None if it is no RFC 4122 UUID (the nil one counts)."""
    return str(uuid.UUID(value)) if _UUID.fullmatch(value) else None


def path_id(value: str, name: str) -> str:
    """Return the id of a path with dashes, or refuse it in Notion's words."""
    found = parsed(value)
    if found is None:
        raise validation_error(
            f'path failed validation: path.{name} should be a valid uuid, instead was `"{value}"`.'
        )
    return found


def compact(object_id: str) -> str:
    """Write an id as URLs hold it."""
    return object_id.replace("-", "")
