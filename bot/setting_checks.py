"""How the text of a setting is read and judged."""

import re
from collections.abc import Callable
from typing import Any

from pydantic import BeforeValidator, SecretStr

from bot.keys import key_ring
from bot.notion_address import notion_id
from tasks.addresses import is_safe
from tasks.api_keys import configured

TOKEN = re.compile(r"[!-~]+")  # what fits into a header
URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")
SECRETS_MAX = 2
"""The new one and the old, during rotation."""
DATABASE = re.compile(r"[A-Za-z0-9_-]{1,38}")


class WrongBecause(ValueError):
    """A value cannot be used; the message says why, and nothing of the value."""


def matching(pattern: re.Pattern[str] | str) -> BeforeValidator:
    """Return what takes only values that match as a whole."""
    return _checked(lambda text: re.fullmatch(pattern, text) is not None)


def token(pattern: re.Pattern[str] | str = TOKEN) -> BeforeValidator:
    """Return what takes only tokens of that form, and tells of characters that none has."""

    def check(value: Any) -> Any:  # noqa: ANN401  # what was given, of any type
        text = _text(value)
        if not TOKEN.fullmatch(text):
            raise WrongBecause("there is a space in it, or another character that no token has")
        if not re.fullmatch(pattern, text):
            raise ValueError
        return value

    return BeforeValidator(check)


def _checked(is_good: Callable[[str], bool]) -> BeforeValidator:
    def check(value: Any) -> Any:  # noqa: ANN401  # what was given, of any type
        if not is_good(_text(value)):
            raise ValueError
        return value

    return BeforeValidator(check)


def _text(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _is_issuers(url: str) -> bool:
    return URL.fullmatch(url) is not None and is_safe(url)


ISSUERS = _checked(_is_issuers)
"""Takes an address that keys for access tokens may come from."""


def _public(value: Any) -> Any:  # noqa: ANN401  # what was given, of any type
    """Take an address that people can be sent to, without the slash at its end."""
    url = _text(value).rstrip("/")
    if re.fullmatch(URL, url) is None or "\\" in url or not is_safe(url):
        raise ValueError
    return url


PUBLIC = BeforeValidator(_public)
"""Takes where people reach the bot."""


def rest_keys(value: Any) -> Any:  # noqa: ANN401  # what was given, of any type
    """Take REST keys as they are, once they can be read."""
    try:
        configured(_text(value))
    except ValueError as error:
        raise WrongBecause(str(error)) from None
    return value


def secret_list(value: Any) -> Any:  # noqa: ANN401  # what was given, of any type
    """Read secrets that are separated by commas."""
    if not isinstance(value, str):
        return value
    found = [part.strip() for part in value.split(",")]
    if len(found) > SECRETS_MAX:
        raise WrongBecause(f"there are {len(found)}, separated by commas")
    if not all(found):
        raise WrongBecause("there is nothing beside a comma")
    if not all(TOKEN.fullmatch(secret) for secret in found):
        raise WrongBecause("there is a space in it, or another character that no secret has")
    return found


def keys(value: Any) -> Any:  # noqa: ANN401  # what was given, of any type
    """Read the key ring."""
    try:
        return key_ring(value) if isinstance(value, str) else value
    except ValueError as error:
        raise WrongBecause(str(error)) from None


def database_id(value: Any) -> str:  # noqa: ANN401  # what was given, of any type
    """Read the id of a database, or the URL that has it."""
    found = notion_id(str(value))
    if found is None:
        raise ValueError
    return found


def yes_or_no(value: Any) -> Any:  # noqa: ANN401  # what was given, of any type
    """Take `true` and `false` in any case, and no other word for them."""
    if isinstance(value, str) and value.lower() not in ("true", "false"):
        raise ValueError
    return value.lower() if isinstance(value, str) else value


def lower(value: Any) -> Any:  # noqa: ANN401  # what was given, of any type
    """Take words in any case."""
    return value.lower() if isinstance(value, str) else value
