"""Building workspaces: who is there, where they talk, and the app among them."""

from collections.abc import Iterable

from playground.slack.core import Core
from playground.slack.manifest import AppManifest
from playground.slack.state import Channel, ChannelKind, Installation, Team, User
from playground.slack.who import team_of
from playground.slack.wire import Json

BOT_SCOPES = ("chat:write", "commands", "users:read")


class Setting:
    """The half of the simulator that sets the scene."""

    core: Core

    def install(
        self,
        team_id: str,
        name: str,
        bot_token: str,
        scopes: Iterable[str] = BOT_SCOPES,
        *,
        domain: str | None = None,
    ) -> Installation:
        """Create a workspace if need be and put the app into it."""
        team = self.add_team(team_id, name, domain=domain)
        return self.core.installed(team, scopes=scopes, bot_token=bot_token)

    def add_user(
        self,
        user_id: str,
        name: str,
        *,
        team: str | None = None,
        real_name: str | None = None,
        email: str | None = None,
        tz: str = "Europe/Berlin",
        is_bot: bool = False,
        is_guest: bool = False,
        is_single_channel_guest: bool = False,
        home_team: str | None = None,
        is_admin: bool = False,
        deleted: bool = False,
    ) -> User:
        """Add a person; they join every public channel there is, unless they are a guest.

        With a `home_team` they are of that other workspace, to be put into channels shared with it.
        """
        found = team_of(self.core.state, team)
        user = User(
            id=user_id,
            team_id=home_team or found.id,
            name=name,
            real_name=real_name or name.title(),
            email=email,
            tz=tz,
            is_bot=is_bot,
            is_guest=is_guest,
            is_single_channel_guest=is_single_channel_guest,
            is_stranger=home_team is not None,
            is_admin=is_admin,
            deleted=deleted,
        )
        found.users[user_id] = user
        for channel in found.channels.values():
            if channel.kind == "public" and user.is_full_member:
                channel.members.append(user_id)
        return user

    def add_channel(
        self,
        channel_id: str,
        name: str,
        *,
        team: str | None = None,
        kind: ChannelKind = "public",
        members: Iterable[str] | None = None,
        with_bot: bool = True,
    ) -> Channel:
        """Add a channel of all people, or of those named; the bot is in it unless kept out."""
        found = team_of(self.core.state, team)
        people = list(members) if members is not None else [u.id for u in found.people()]
        if with_bot and found.installation is not None:
            people.append(found.installation.bot_user_id)
        channel = Channel(id=channel_id, team_id=found.id, name=name, kind=kind, members=people)
        found.channels[channel_id] = channel
        return channel

    def archive(self, channel_id: str, *, team: str | None = None) -> None:
        """Archive a channel: nothing is posted or edited there any more."""
        team_of(self.core.state, team).channels[channel_id].is_archived = True

    def kick(self, channel_id: str, *, user: str | None = None, team: str | None = None) -> None:
        """Remove a person from a channel, or else the bot."""
        found = team_of(self.core.state, team)
        gone = user or (found.installation.bot_user_id if found.installation else "")
        found.channels[channel_id].members.remove(gone)

    def add_app_token(self, token: str, scopes: Iterable[str] = ("connections:write",)) -> None:
        """Make an app-level token known, for Socket Mode."""
        self.core.state.app_tokens[token] = frozenset(scopes)

    def use_manifest(self, given: str | Json) -> AppManifest:
        """Send only what the app's manifest asks for, as a real Slack does."""
        manifest = self.core.manifest = AppManifest.read(given)
        self.core.home_tab_enabled = manifest.home_tab
        self.core.redirect_urls[:] = manifest.redirect_urls
        return manifest

    def add_team(self, team_id: str, name: str, *, domain: str | None = None) -> Team:
        """Create a workspace that has not installed the app."""
        team = Team(id=team_id, name=name, domain=domain or name.lower().replace(" ", "-"))
        return self.core.state.teams.setdefault(team_id, team)
