"""What can be typed after `keys`, and the values it is read into."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from bot.help_texts import told
from tasks.api_keys import Role

GRACE = timedelta(hours=24)
"""How long a renewed key's old token still opens, unless told otherwise."""
GRACE_MAX = timedelta(days=90)

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"([0-9]{1,6})([smhd])|0")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateKey:
    """Make a key of the REST API."""

    team: str
    role: Role
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKeys:
    """Show a workspace's keys."""

    team: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeKey:
    """End a key now."""

    team: str
    key_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewKey:
    """Give a key a new token; the old one ends after `grace`."""

    team: str
    key_id: str
    grace: timedelta = GRACE


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateRing:
    """Seal all stored tokens anew under the newest of ENCRYPTION_KEYS."""


KeyOrder: TypeAlias = CreateKey | ListKeys | RevokeKey | RenewKey | RotateRing


def duration(text: str) -> timedelta:
    """Read 30m, 24h, 7d or 0. ValueError."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(text)
    found = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match[1] else timedelta(0)
    if found > GRACE_MAX:
        raise ValueError(text)
    return found


def add_keys(keys: argparse.ArgumentParser) -> None:
    """Teach a parser what comes after `keys`."""
    actions = keys.add_subparsers(dest="action", required=True, metavar="action")
    workspace = argparse.ArgumentParser(add_help=False)
    workspace.add_argument("--team", required=True, metavar="T…", help="the Slack workspace's id")
    of_one = argparse.ArgumentParser(add_help=False, parents=[workspace])
    of_one.add_argument("key_id", metavar="ID", help="as `keys list` shows it")
    create = actions.add_parser("create", parents=[workspace], **told("make a key, show its token"))
    create.add_argument("--role", required=True, choices=[role.value for role in Role])
    create.add_argument("--name", required=True, help="what the key is for")
    actions.add_parser("list", parents=[workspace], **told("show the keys and their last use"))
    actions.add_parser("revoke", parents=[of_one], **told("end a key at once"))
    renew = actions.add_parser("renew", parents=[of_one], **told("make a new token for a key"))
    renew.add_argument(
        "--grace",
        type=duration,
        default=GRACE,
        metavar="24h",
        help="how long the old token still opens, such as 30m, 24h, 7d or 0 (default: 24h)",
    )
    actions.add_parser(
        "rotate", **told("encrypt stored tokens anew, with the newest ENCRYPTION_KEYS")
    )


def key_order(typed: argparse.Namespace) -> KeyOrder:
    """Return what was typed."""
    match typed.action:
        case "create":
            return CreateKey(team=typed.team, role=Role(typed.role), name=typed.name)
        case "list":
            return ListKeys(team=typed.team)
        case "revoke":
            return RevokeKey(team=typed.team, key_id=typed.key_id)
        case "renew":
            return RenewKey(team=typed.team, key_id=typed.key_id, grace=typed.grace)
        case _:
            return RotateRing()
