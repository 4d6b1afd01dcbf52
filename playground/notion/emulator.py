"""The emulator: its workspaces, who may call, the limits, the faults and the journal."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from playground.notion.access import Connections
from playground.notion.faults import Faults
from playground.notion.grants import Grants
from playground.notion.ids import Ids
from playground.notion.integrations import Integration, Integrations
from playground.notion.journal import Journal
from playground.notion.oauth import OAuth
from playground.notion.pauses import Pauses
from playground.notion.state import User
from playground.notion.webhooks import Webhooks
from playground.notion.window import WindowLimit
from playground.notion.workbench import Workbench
from playground.notion.workspace import Workspace

DEFAULT_BUDGET = 180


def _utc_now() -> datetime:
    return datetime.now(UTC)


class NotionEmulator:
    """Notion in memory; two emulators of one seed, asked the same, give the same ids."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = _utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        seed: int = 0,
        calls_per_window: int | None = DEFAULT_BUDGET,
        calls_per_window_of_workspace: int | None = None,
    ) -> None:
        self.now = now
        self.monotonic = monotonic
        self.sleep = sleep
        self.ids = Ids(seed)
        self.connections = Connections()
        self._integrations = Integrations()
        self._secret_ids = Ids(f"oauth {seed}")
        self._consenting: tuple[Workspace, User] | None = None
        self.faults = Faults()
        self.journal = Journal()
        self.pauses = Pauses(monotonic=monotonic)
        self.connection_limit = self._limit(calls_per_window)
        self.workspace_limit = self._limit(calls_per_window_of_workspace)
        self.workspaces: list[Workbench] = []
        self.oauth = OAuth(
            integrations=self._integrations,
            grants=Grants(ids=self._secret_ids, connections=self.connections, now=self.now),
            chosen=self._chosen,
        )
        self.webhooks = Webhooks(
            connections=self.connections,
            workspaces=lambda: [each.workspace for each in self.workspaces],
            monotonic=monotonic,
            sleep=sleep,
            seed=seed,
        )

    def _limit(self, budget: int | None) -> WindowLimit | None:
        return None if budget is None else WindowLimit(budget, monotonic=self.monotonic)

    def add_integration(
        self, name: str = "Taskbridge", *, redirect_uris: tuple[str, ...] = ()
    ) -> Integration:
        """Register a public integration, to be connected by OAuth."""
        integration = Integration(
            id=self._secret_ids.uuid(),
            name=name,
            client_id=self._secret_ids.uuid(),
            client_secret=f"secret_{self._secret_ids.token()}",
            redirect_uris=redirect_uris,
        )
        self._integrations.add(integration)
        return integration

    def consent_in(self, workbench: Workbench, *, by: User | None = None) -> None:
        """Say which workspace, and who in it, the next consent pages speak for."""
        self._consenting = (workbench.workspace, by or workbench.owner)

    def _chosen(self) -> tuple[Workspace, User]:
        """Return who consents: by default the owner of the first workspace."""
        first = self.workspaces[0]
        return self._consenting or (first.workspace, first.owner)

    def add_workspace(self, name: str = "Workspace") -> Workbench:
        """Open an empty workspace and return the hands that work in it."""
        workspace = Workspace(name=name, ids=self.ids, now=self.now)
        workspace.listeners.append(self.webhooks.note)
        workbench = Workbench(workspace, connections=self.connections)
        self.workspaces.append(workbench)
        return workbench
