"""The emulator: its workspaces, who may call, the limits, the faults and the journal."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from playground.notion.access import Connections
from playground.notion.faults import Faults
from playground.notion.ids import Ids
from playground.notion.journal import Journal
from playground.notion.webhooks import Webhooks
from playground.notion.window import Pauses, WindowLimit
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
        self.faults = Faults()
        self.journal = Journal()
        self.pauses = Pauses(monotonic=monotonic)
        self.connection_limit = self._limit(calls_per_window)
        self.workspace_limit = self._limit(calls_per_window_of_workspace)
        self.workspaces: list[Workbench] = []
        self.webhooks = Webhooks(
            connections=self.connections,
            workspaces=lambda: [each.workspace for each in self.workspaces],
            monotonic=monotonic,
            sleep=sleep,
            seed=seed,
        )

    def _limit(self, budget: int | None) -> WindowLimit | None:
        return None if budget is None else WindowLimit(budget, monotonic=self.monotonic)

    def add_workspace(self, name: str = "Workspace") -> Workbench:
        """Open an empty workspace and return the hands that work in it."""
        workspace = Workspace(name=name, ids=self.ids, now=self.now)
        workspace.listeners.append(self.webhooks.note)
        workbench = Workbench(workspace, connections=self.connections)
        self.workspaces.append(workbench)
        return workbench
