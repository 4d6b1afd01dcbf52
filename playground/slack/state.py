"""Workspaces and what lives in them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from playground.slack import render
from playground.slack.pings import pings
from playground.slack.wire import Json

ChannelKind = Literal["public", "private", "im", "mpim"]
TokenState = Literal["active", "revoked", "inactive", "expired"]


@dataclass(slots=True, kw_only=True)
class User:
    """A person or a bot of one workspace."""

    id: str
    team_id: str
    name: str
    real_name: str
    email: str | None = None
    tz: str = "Europe/Berlin"
    locale: str = "en-US"
    is_bot: bool = False
    is_guest: bool = False
    is_single_channel_guest: bool = False
    is_stranger: bool = False
    """Of another workspace: met in a channel that is shared with it."""
    is_admin: bool = False
    deleted: bool = False

    @property
    def is_full_member(self) -> bool:
        """Tell whether every public channel is open to them."""
        return not (self.is_guest or self.is_single_channel_guest or self.is_stranger)

    def tz_offset(self, now: float) -> int:
        """Return the seconds east of Greenwich at that moment."""
        offset = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(self.tz)).utcoffset()
        return int(offset.total_seconds()) if offset is not None else 0


@dataclass(slots=True, kw_only=True, eq=False)
class Message:
    """A message as it stands now; it changes when it is updated."""

    team: "Team" = field(repr=False)
    channel_id: str
    ts: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    user_id: str
    bot_id: str | None = None
    app_id: str | None = None
    thread_ts: str | None = None
    ephemeral_to: str | None = None
    typed_command: str | None = None  # shown above an in-channel answer to a slash command
    metadata: Json | None = None
    edited_ts: str | None = None
    deleted: bool = False
    mrkdwn: bool = True
    reactions: dict[str, list[str]] = field(default_factory=dict)
    unfurls: Json = field(default_factory=dict)
    objects: Json = field(default_factory=dict)  # by link; how they are read is in `unfurls`
    values: Json = field(default_factory=dict)  # picked in the message's own inputs

    @property
    def is_ephemeral(self) -> bool:
        """Tell whether one person alone sees it, and Slack keeps no copy."""
        return self.ephemeral_to is not None

    @property
    def pings(self) -> frozenset[str]:
        """Return whom it would notify: user ids, or `channel`, `here`, `everyone`."""
        return pings(self.text, [*self.blocks, *self.attachments, *self.unfurls.values()])

    @property
    def plain(self) -> str:
        """Return everything a reader sees, line by line, without markup."""
        below = [*self.attachments, *self.unfurls.values()]
        blocks = [*self.blocks, *(b for a in below for b in a.get("blocks", []))]
        return render.flat(self.text, blocks, self.team.name_of, mrkdwn=self.mrkdwn)


@dataclass(slots=True, kw_only=True, eq=False)
class Channel:
    """A channel, a direct message or a group message."""

    id: str
    team_id: str
    name: str
    kind: ChannelKind = "public"
    members: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    is_archived: bool = False

    def find(self, ts: object) -> Message | None:
        """Return a message that the Web API can see: never an ephemeral."""
        known = (m for m in self.messages if m.ts == ts and not m.deleted and not m.is_ephemeral)
        return next(known, None)


@dataclass(slots=True, kw_only=True, eq=False)
class Installation:
    """The app in one workspace, and its token."""

    team_id: str
    bot_token: str
    bot_user_id: str
    bot_id: str
    scopes: frozenset[str]
    state: TokenState = "active"


@dataclass(slots=True, kw_only=True, eq=False)
class Team:
    """A workspace."""

    id: str
    name: str
    domain: str
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    installation: Installation | None = None

    def people(self) -> list[User]:
        """Return who can type: no bots, nobody deactivated."""
        return [user for user in self.users.values() if not (user.is_bot or user.deleted)]

    def channel_named(self, name: str) -> Channel | None:
        """Return a channel by its name, without `#`."""
        found = (c for c in self.channels.values() if c.name == name and c.kind != "im")
        return next(found, None)

    def im_with(self, user_id: str) -> Channel | None:
        """Return the direct message between the bot and a person."""
        ims = (c for c in self.channels.values() if c.kind == "im" and user_id in c.members)
        return next(ims, None)

    def name_of(self, identifier: str) -> str:
        """Return what a reader sees for a user or channel id."""
        if identifier in self.users:
            return self.users[identifier].name
        if identifier in self.channels:
            return self.channels[identifier].name
        return identifier


@dataclass(slots=True, kw_only=True, eq=False)
class State:
    """All workspaces of this Slack, and the app's own tokens."""

    teams: dict[str, Team] = field(default_factory=dict)
    app_tokens: dict[str, frozenset[str]] = field(default_factory=dict)

    def installations(self) -> Iterable[Installation]:
        """Return every installation, also the dead ones."""
        return [team.installation for team in self.teams.values() if team.installation]

    def by_token(self, token: str) -> Installation | None:
        """Return the installation a bot token belongs to."""
        return next((i for i in self.installations() if i.bot_token == token), None)
