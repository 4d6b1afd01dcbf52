"""What `keys create|list|revoke|renew` do; the command line only parses and prints."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tasks.api_keys import NAME_MAX, ApiKey, RandomBytes, Role, issue
from tasks.ports import ApiKeys


class NoSuchKey(Exception):
    """The workspace has no key with this id."""

    def __init__(self, team: str, key_id: str) -> None:
        super().__init__(f"{team} has no key {key_id}: `keys list` shows those it has.")


class KeyRefused(Exception):
    """The key cannot be made; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A new key and its token."""

    key: ApiKey
    token: str = field(repr=False)
    """To be shown this once; it is kept nowhere."""


async def create(
    keys: ApiKeys, *, team: str, role: Role, name: str, now: datetime, random: RandomBytes
) -> Issued:
    """Make a key. KeyRefused; NotSaved, OutcomeUnknown: show no token, make another."""
    if not team.strip():
        raise KeyRefused("A key belongs to a workspace: say which, such as T0123ABCD.")
    if not name.strip() or len(name) > NAME_MAX or not name.isprintable():
        raise KeyRefused(f"Say what the key is for, on one line of 1 to {NAME_MAX} characters.")
    key, token = issue(team=team.strip(), role=role, name=name.strip(), now=now, random=random)
    await keys.add(key)
    return Issued(key=key, token=token)


async def list_keys(keys: ApiKeys, *, team: str) -> tuple[ApiKey, ...]:
    """Return the keys of a workspace, the oldest first, ended ones too."""
    return await keys.of(team)


async def revoke(keys: ApiKeys, *, team: str, key_id: str, now: datetime) -> ApiKey:
    """End a key at once, on every instance. NoSuchKey."""
    key = await keys.expire(team, key_id, at=now)
    if key is None:
        raise NoSuchKey(team, key_id)
    return key


async def renew(
    keys: ApiKeys,
    *,
    team: str,
    key_id: str,
    now: datetime,
    random: RandomBytes,
    grace: timedelta = timedelta(0),
) -> Issued:
    """Make a successor with the same role and name; the old key ends after `grace`. NoSuchKey."""
    old = next((key for key in await keys.of(team) if key.id == key_id), None)
    if old is None:
        raise NoSuchKey(team, key_id)
    if not old.opens(now):
        raise KeyRefused(f"Key {key_id} has ended already: make a new one with `keys create`.")
    issued = await create(keys, team=team, role=old.role, name=old.name, now=now, random=random)
    await keys.expire(team, key_id, at=now + grace)
    return issued
