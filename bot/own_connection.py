"""Which Notion database belongs to which team, where the settings name one token."""

from __future__ import annotations

from dataclasses import replace

from bot.config import Settings, text_of
from handlers.slack.single_workspace import SingleWorkspace
from tasks.ports import Accounts, Choice, Choices, Connection, Connections

NOT_CHOSEN = (
    "Sync is off: no Notion database is chosen. An admin chooses one with /task connect in Slack, "
    "or NOTION_DATABASE names it."
)
NOT_SET = "Sync is off: NOTION_TOKEN is not set."
NO_WORKSPACE = "Sync is off: SLACK_BOT_TOKEN, which says whose tasks they are, is not set."


class OwnConnection(Connections, Accounts):
    """The token of the settings, which belongs to the workspace of `SLACK_BOT_TOKEN`.

    The database is what an admin has chosen, else that of the settings. It is asked for with every
    job: a row made in the one that was chosen before would stay there.
    """

    def __init__(
        self,
        workspace: SingleWorkspace,
        *,
        token: str,
        database: str | None,
        choices: Choices,
    ) -> None:
        self._workspace = workspace
        self._token = token
        self._database = database
        self._choices = choices
        self.is_on = database is not None
        """Whether there was a database when last asked for."""

    async def of(self, team: str) -> Connection | None:
        """Return the connection to its own team only: another's tasks must never get there."""
        account = await self.own()
        if account.team != team:
            return None
        choice = await self._choices.load(team) or Choice(team=team)
        database = choice.database or self._database
        self.is_on = database is not None
        if database is None:
            return None
        return replace(
            account,
            database=database,
            mapping=choice.mapping,
            takes_all=choice.takes_all,
            rev=choice.rev,
        )

    async def all(self) -> tuple[Connection, ...]:
        """Return the one connection; none where no database is chosen."""
        found = await self.of((await self.own()).team)
        return () if found is None else (found,)

    async def account(self, team: str) -> Connection | None:
        """Return the token to its own team only."""
        own = await self.own()
        return own if own.team == team else None

    @property
    def known_team(self) -> str | None:
        """The team it belongs to, once Slack has told."""
        return self._workspace.known.team if self._workspace.known else None

    @property
    def known(self) -> Connection | None:
        """The account, once Slack has told whose it is."""
        team = self.known_team
        return None if team is None else self._connection(team)

    async def own(self) -> Connection:
        """Return the account. TaskError: Slack has not told yet whose the bot token is."""
        workspace = self._workspace.known or await self._workspace.identify()
        return self._connection(workspace.team or "")

    def _connection(self, team: str) -> Connection:
        return Connection(team=team, token=self._token, database="")


class NoConnection(Connections):
    """Stands in where Notion is not set up: tasks work, and their sync is off."""

    async def of(self, team: str) -> Connection | None:  # noqa: ARG002  # the port's signature
        """Return none."""
        return None

    async def all(self) -> tuple[Connection, ...]:
        """Return none."""
        return ()


def why_none(settings: Settings) -> str:
    """Return why there is no connection, where `own_connection` finds none."""
    return NOT_SET if settings.notion_token is None else NO_WORKSPACE


def own_connection(
    settings: Settings, workspace: SingleWorkspace | None, choices: Choices
) -> OwnConnection | None:
    """Return the Notion connection of the settings; it needs a workspace that it belongs to."""
    token, database = text_of(settings.notion_token), settings.notion_database
    if workspace is None or token is None:
        return None
    return OwnConnection(workspace, token=token, database=database, choices=choices)
