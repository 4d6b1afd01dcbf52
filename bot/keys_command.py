"""`python -m bot keys …`: the keys of the REST API, and those that stored tokens are sealed with.

A token goes to standard output, alone on its line, so that a script can take it; all that is said
about it goes to standard error.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TextIO

from bot import api_keys
from bot.api_keys import Issued, KeyRefused, NoSuchKey
from bot.clock_and_ids import utc_now
from bot.command_database import command_database
from bot.config import Settings
from bot.key_orders import CreateKey, KeyOrder, ListKeys, RenewKey, RevokeKey, RotateRing
from bot.parts import DATA, key_ring
from storage.api_keys import MongoApiKeys
from storage.client import Database
from storage.resealing import Resealed, reseal
from storage.sealing import KeyRing
from tasks.api_keys import ApiKey
from tasks.errors import StoreError
from tasks.ports import ApiKeys

OK, FAILED, WRONG_USE = 0, 1, 2
_HEADS = ("ID", "ROLE", "CREATED", "LAST USED", "ENDS", "NAME")


async def keys(
    settings: Settings,
    order: KeyOrder,
    *,
    data_dir: Path = DATA,
    out: TextIO | None = None,
    err: TextIO | None = None,
) -> int:
    """Carry out one order; return 0, else 1 or 2 with a sentence on `err`."""
    out, err = out or sys.stdout, err or sys.stderr
    try:
        async with command_database(settings, data_dir) as database:
            if isinstance(order, RotateRing):
                return await _rotate(database, key_ring(settings), out, err)
            await _obey(order, MongoApiKeys(database), out, err)
    except (KeyRefused, NoSuchKey, StoreError) as refused:
        err.write(f"{refused}\n")
        return FAILED
    if isinstance(order, CreateKey) and settings.api_keys is None and not settings.oauth_issuer:
        err.write("The REST API is off: set API_KEYS=stored and start the bot anew.\n")
    return OK


async def _obey(
    order: CreateKey | ListKeys | RevokeKey | RenewKey, kept: ApiKeys, out: TextIO, err: TextIO
) -> None:
    now, random = utc_now(), secrets.token_bytes
    match order:
        case CreateKey(team=team, role=role, name=name):
            made = await api_keys.create(
                kept, team=team, role=role, name=name, now=now, random=random
            )
            _show(made, out, err)
        case ListKeys(team=team):
            out.writelines(_table(await api_keys.list_keys(kept, team=team), now))
        case RevokeKey(team=team, key_id=key_id):
            ended = await api_keys.revoke(kept, team=team, key_id=key_id, now=now)
            err.write(f"{_named(ended)} opens nothing any more.\n")
        case RenewKey(team=team, key_id=key_id, grace=grace):
            made = await api_keys.renew(
                kept, team=team, key_id=key_id, now=now, random=random, grace=grace
            )
            _show(made, out, err)
            err.write(f"The token of {key_id} opens until {_minute(now + grace)}.\n")


def _show(made: Issued, out: TextIO, err: TextIO) -> None:
    err.write(f"{_named(made.key)}. Its token is shown this once:\n")
    err.flush()
    out.write(f"{made.token}\n")
    out.flush()


def _named(key: ApiKey) -> str:
    return f"Key {key.id} ({key.role}, {key.team}, {key.name})"


def _table(found: Sequence[ApiKey], now: datetime) -> Iterable[str]:
    rows = [_HEADS, *(_row(key, now) for key in found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"{'  '.join(cells).rstrip()}\n"


def _row(key: ApiKey, now: datetime) -> tuple[str, ...]:
    ends = "never" if key.expires_at is None else _minute(key.expires_at)
    used = "never" if key.last_used_at is None else _minute(key.last_used_at)
    return (
        *(key.id, key.role.value, _minute(key.created_at), used),
        ends if key.opens(now) else f"ended {ends}",
        key.name,
    )


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


async def _rotate(database: Database, ring: KeyRing | None, out: TextIO, err: TextIO) -> int:
    if ring is None:
        err.write("ENCRYPTION_KEYS: found nothing, expected the key ring, newest first.\n")
        return WRONG_USE
    done = await reseal(database, ring)
    out.writelines(_report(done))
    if done.broken:
        err.write("Some tokens cannot be opened: put their key back, or connect them anew.\n")
        return FAILED
    out.write(
        "Older keys can be taken out of ENCRYPTION_KEYS once no bot runs that seals by one.\n"
    )
    return OK


def _report(done: Resealed) -> Iterable[str]:
    moved = sum(done.moved.values())
    yield f"key {done.newest} (newest): {done.current} before, {done.current + moved} now\n"
    for kid in sorted({*done.moved, *done.broken}):
        left = done.broken.get(kid, 0)
        yield f"key {kid}: {done.moved.get(kid, 0) + left} before, {left} now\n"
