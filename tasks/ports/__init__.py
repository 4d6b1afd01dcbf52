"""What the inside asks of the world; each docstring is the promise its adapters keep.

Every store operation has a deadline. `NotSaved`: surely nothing happened. `OutcomeUnknown`: it
may have, and the same key may be sent again. Nothing here can be asked without a team, but for
the followers' queue, whose claims carry their team along.
"""

from tasks.ports.api_keys import ApiKeys
from tasks.ports.budget import Budget, Pause
from tasks.ports.clock import NewId, Now
from tasks.ports.connections import Columns, Connection, Connections
from tasks.ports.inbox import Deliveries, Inbox, Lane, Mark, Turn, Turns, VerificationTokens
from tasks.ports.people import Installation, Installations, People, Profile
from tasks.ports.queue import Backlog, Claim, SyncQueue
from tasks.ports.rows import KnownRow, Row, RowBook
from tasks.ports.store import Agreement, ChangeOrder, TaskStore

__all__ = [
    "Agreement",
    "ApiKeys",
    "Backlog",
    "Budget",
    "ChangeOrder",
    "Claim",
    "Columns",
    "Connection",
    "Connections",
    "Deliveries",
    "Inbox",
    "Installation",
    "Installations",
    "KnownRow",
    "Lane",
    "Mark",
    "NewId",
    "Now",
    "Pause",
    "People",
    "Profile",
    "Row",
    "RowBook",
    "SyncQueue",
    "TaskStore",
    "Turn",
    "Turns",
    "VerificationTokens",
]
