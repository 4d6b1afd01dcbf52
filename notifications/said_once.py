"""Says something once to a channel or a person, whatever crashes when.

What is about to be sent is kept with the turn first. Where its outcome is unknown, or a new owner
of the turn finds it, the conversation is read once Slack has had time to finish: a message names
itself in its metadata, and only where there is none of that name another one is sent. Where the
bot may not read there, it is sent a second time and no more: rather said twice than not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, MutableMapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from notifications.posts import NotPosted, Posts, PostUnknown
from tasks.ports import Now, Turn, Turns

SENDING = "sending"
"""The key under which a turn's state has what is about to be sent."""
SETTLED_AFTER = timedelta(seconds=20)
"""Within what time after it was sent a message is there, or never will be."""
EVENT = "taskbridge_told"
BLIND_SENDS = 2
LONGEST_WAIT = timedelta(minutes=5)
_BLIND = ("missing_scope", "not_allowed_token_type", "not_in_channel", "no_permission")
_SKEW = timedelta(minutes=5)
"""How far our clock may be from Slack's."""
_PAGE = 200
_PAGES_MAX = 10

log = logging.getLogger(__name__)

Kept = MutableMapping[str, object]
"""The state of a turn, as it was last saved or is to be."""


class NotYet(Exception):
    """It cannot be told before `wait` has passed whether it is there; its intent is kept."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait


class _Blind(Exception):
    """The conversation cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sending:
    """A message that may be there."""

    name: str
    to: str
    first: str
    """When it was first about to be sent."""
    at: str
    """When it last was."""
    sends: int

    @classmethod
    def of(cls, kept: Mapping[str, object]) -> _Sending | None:
        found = kept.get(SENDING)
        return cls(**found) if isinstance(found, dict) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidOnce:
    """The one way to say what nobody has asked for and must not be lost."""

    turns: Turns
    posts: Posts
    now: Now
    settled_after: timedelta = SETTLED_AFTER

    async def say(
        self, turn: Turn, kept: Kept, *, name: str, to: str, body: Mapping[str, Any]
    ) -> str:
        """Post it unless it is there; return the message, empty where it is not known which.

        `name` is for this message alone, for ever. What is kept of it in `kept` is the caller's to
        remove. NotPosted: Slack refuses it. NotYet, LeaseLost, StoreError.
        """
        before = _Sending.of(kept)
        if before is not None and (before.name, before.to) != (name, to):
            before = None
        if before is not None:
            earlier = await self._earlier(turn.team, before)
            if earlier is not None:
                return earlier
        now = self.now().isoformat()
        sending = _Sending(
            name=name,
            to=to,
            first=before.first if before else now,
            at=now,
            sends=before.sends + 1 if before else 1,
        )
        kept[SENDING] = asdict(sending)
        await self.turns.save(turn, kept)  # and see that the turn is still ours
        marked = {"event_type": EVENT, "event_payload": {"name": name}}
        try:
            return await self.posts.post(turn.team, to, {**body, "metadata": marked}) or ""
        except PostUnknown as error:
            log.warning("perhaps told", extra={"action": turn.work})
            raise NotYet(min(self.settled_after * sending.sends, LONGEST_WAIT)) from error

    async def _earlier(self, team: str, before: _Sending) -> str | None:
        """Return the message of an earlier attempt; None: there is none, or nobody can tell."""
        wait = datetime.fromisoformat(before.at) + self.settled_after - self.now()
        if wait > timedelta(0):
            raise NotYet(wait)
        try:
            return await self._found(team, before)
        except _Blind:
            log.warning("perhaps told twice", extra={"action": "tell", "team": team})
            return "" if before.sends >= BLIND_SENDS else None
        except PostUnknown as error:
            raise NotYet(self.settled_after) from error
        except NotPosted as refused:
            if not refused.passes:
                raise  # nobody is there any more
            wait = timedelta(seconds=refused.wait_seconds)
            raise NotYet(max(self.settled_after, wait)) from refused

    async def _found(self, team: str, before: _Sending) -> str | None:
        token, channel = await self.posts.token(team), before.to
        try:
            if before.to[:1] in {"U", "W"}:  # a person
                opened = await self.posts.call("conversations.open", token, {"users": before.to})
                channel = str((opened.get("channel") or {}).get("id"))
            since = datetime.fromisoformat(before.first) - _SKEW
            asked: dict[str, Any] = {
                "channel": channel,
                "oldest": f"{since.timestamp():.6f}",
                "include_all_metadata": "true",
                "limit": _PAGE,
            }
            for _ in range(_PAGES_MAX):
                answer = await self.posts.call("conversations.history", token, asked)
                for message in answer.get("messages") or ():
                    if _named(message) == before.name:
                        return str(message["ts"])
                cursor = (answer.get("response_metadata") or {}).get("next_cursor")
                if not cursor:
                    return None
                asked = {**asked, "cursor": cursor}
        except NotPosted as refused:
            if refused.code in _BLIND:
                raise _Blind from refused
            raise
        raise _Blind  # more was said there than can be looked through


def _named(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT:
        return None
    return (metadata.get("event_payload") or {}).get("name")
