"""Who does something, and where, with the obvious left out."""

from dataclasses import dataclass

from playground.slack.errors import Impossible
from playground.slack.panes import Pane
from playground.slack.state import Channel, Message, State, Team, User
from playground.slack.views import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A person in a channel of a workspace."""

    team: Team
    user: User
    channel: Channel


def team_of(state: State, team: str | None, user: str | None = None) -> Team:
    """Return the workspace named, else the first one this person is in."""
    if team is not None:
        if team not in state.teams:
            raise Impossible(f"there is no workspace {team}")
        return state.teams[team]
    teams = [t for t in state.teams.values() if user is None or user in t.users]
    if not teams:
        raise Impossible(f"there is no {user or 'workspace'} yet")
    return teams[0]


def user_of(team: Team, user: str | None) -> User:
    """Return the person named, else the first of the workspace."""
    if user is not None:
        if user not in team.users:
            raise Impossible(f"there is no {user} in {team.id}")
        return team.users[user]
    people = team.people()
    if not people:
        raise Impossible(f"{team.id} has no people yet")
    return people[0]


def channel_of(team: Team, channel: str | None, user: User) -> Channel:
    """Return the channel named, else the first this person is in."""
    if channel is not None:
        if channel not in team.channels:
            raise Impossible(f"there is no {channel} in {team.id}")
        return team.channels[channel]
    joined = [c for c in team.channels.values() if user.id in c.members and c.kind != "im"]
    if not joined:
        raise Impossible(f"{user.id} is in no channel of {team.id}")
    return joined[0]


def resolve(state: State, *, team: str | None, user: str | None, channel: str | None) -> Who:
    """Return all three."""
    found = team_of(state, team, user)
    person = user_of(found, user)
    return Who(team=found, user=person, channel=channel_of(found, channel, person))


def person_at(shown: Message | View | Pane, user: str | None) -> User:
    """Return the person named, else the one to whom it is shown, else the first."""
    if user is None and isinstance(shown, Pane):
        return shown.user
    if user is None and isinstance(shown, View):
        user = shown.user_id
    if user is None and isinstance(shown, Message):
        user = shown.ephemeral_to
    return user_of(shown.team, user)
