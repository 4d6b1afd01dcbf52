"""Everything one simulated Slack is made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from playground.slack.faults import Faults
from playground.slack.ids import Ids
from playground.slack.journal import Journal
from playground.slack.limits import RateLimits
from playground.slack.manifest import AppManifest
from playground.slack.panes import Pane
from playground.slack.response_urls import ResponseUrls
from playground.slack.state import Channel, Installation, Message, State, Team, User
from playground.slack.triggers import Triggers
from playground.slack.views import Views
from playground.slack.wire import Json, Now, Sleep


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What somebody agreed to on the OAuth page; its code works once."""

    team_id: str
    user_id: str
    scopes: frozenset[str]
    redirect_uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Links that the app was told of, and where they stand."""

    message: Message
    source: Literal["composer", "conversations_history"]
    links: frozenset[str]


@dataclass(slots=True, kw_only=True, eq=False)
class Execution:
    """A step of a workflow that the app was told to carry out."""

    id: str
    team_id: str
    token: str
    """Good while it runs."""
    outputs_needed: frozenset[str] = frozenset()
    state: Literal["running", "completed", "failed"] = "running"
    outputs: Json = field(default_factory=dict)
    error: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class Core:
    """The parts that the Web API, the deliveries and the actors share."""

    app_id: str
    app_name: str
    verification_token: str
    client_id: str
    client_secret: str
    now: Now
    sleep: Sleep
    ids: Ids
    triggers: Triggers
    views: Views
    response_urls: ResponseUrls
    limits: RateLimits
    faults: Faults = field(default_factory=Faults)
    state: State = field(default_factory=State)
    journal: Journal = field(default_factory=Journal)
    manifest: AppManifest | None = None  # none: whatever people do is sent
    base_url: str = ""  # known once it serves
    home_tab_enabled: bool = True
    tickets: set[str] = field(default_factory=set)  # for sockets, each good for one connection
    unfurl_ids: dict[str, Linked] = field(default_factory=dict)
    work_objects: bool = False  # switched on by hand in the app's settings, and in no manifest
    panes: dict[str, Pane] = field(default_factory=dict)  # by the trigger that fills them
    executions: dict[str, Execution] = field(default_factory=dict)
    redirect_urls: list[str] = field(default_factory=list)  # registered ones; none: any will do
    grants: dict[str, Grant] = field(default_factory=dict)

    def installed(
        self, team: Team, *, scopes: Iterable[str], bot_token: str | None = None
    ) -> Installation:
        """Put the app into a workspace, with its bot user; again keeps a token that lives."""
        old = team.installation
        if old is not None and old.state == "active":
            bot_token = bot_token or old.bot_token
        bot_user_id = old.bot_user_id if old else self.ids.next("UB")
        team.installation = Installation(
            team_id=team.id,
            bot_token=bot_token or f"xoxb-{self.ids.secret()}",
            bot_user_id=bot_user_id,
            bot_id=old.bot_id if old else self.ids.next("B"),
            scopes=frozenset(scopes),
        )
        team.users[bot_user_id] = User(
            id=bot_user_id,
            team_id=team.id,
            name=self.app_name,
            real_name=self.app_name,
            is_bot=True,
        )
        return team.installation

    def direct_message(self, team: Team, user_id: str) -> Channel:
        """Return the conversation between the bot and a person, opened if need be."""
        known = team.im_with(user_id)
        if known is not None:
            return known
        bot = team.installation.bot_user_id if team.installation else ""
        channel = Channel(
            id=self.ids.next("D"),
            team_id=team.id,
            name=f"im-{user_id}",
            kind="im",
            members=[user_id, bot],
        )
        team.channels[channel.id] = channel
        return channel

    def group_message(self, team: Team, user_ids: Sequence[str]) -> Channel:
        """Return the bot's conversation with several people, opened if need be."""
        bot = team.installation.bot_user_id if team.installation else ""
        members = sorted({*user_ids, bot})
        for channel in team.channels.values():
            if channel.kind == "mpim" and sorted(channel.members) == members:
                return channel
        group_id = self.ids.next("G")
        channel = Channel(
            id=group_id, team_id=team.id, name=f"mpdm-{group_id}", kind="mpim", members=members
        )
        team.channels[group_id] = channel
        return channel
