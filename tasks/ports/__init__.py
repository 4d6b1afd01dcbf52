"""What the inside asks of the world; each docstring is the promise its adapters keep.

Every store operation has a deadline. `NotSaved`: surely nothing happened. `OutcomeUnknown`: it
may have, and the same key may be sent again. Nothing here can be asked without a team, but for
the followers' queue, whose claims carry their team along.
"""

from tasks.ports.announcements import Announcements, News
from tasks.ports.api_keys import ApiKeys
from tasks.ports.attention import Attention, InNeed, Mine, Need
from tasks.ports.budget import Budget, Pause
from tasks.ports.channels import ChannelSettings, Feature
from tasks.ports.clock import NewId, Now
from tasks.ports.comments import (
    Copies,
    Copy,
    CopyClaim,
    Named,
    Pacer,
    Permalinks,
    Remark,
    Said,
    Words,
)
from tasks.ports.connecting import (
    ADDED,
    CannotConnect,
    Connecting,
    FieldColumns,
    Fitting,
    Meaning,
    Preview,
    Previewed,
    Sketch,
    Table,
    Wanted,
)
from tasks.ports.connections import (
    SKIPPED,
    Accounts,
    Choice,
    Choices,
    Columns,
    Connection,
    Connections,
)
from tasks.ports.deletions import Deletions, Judgement, Question
from tasks.ports.drift import Drift
from tasks.ports.inbox import Deliveries, Inbox, Lane, Mark, Turn, Turns, VerificationTokens
from tasks.ports.marks import Marks
from tasks.ports.memberships import Confined, Memberships
from tasks.ports.people import Installation, Installations, People, Profile
from tasks.ports.places import (
    Intended,
    Place,
    Places,
    PlacesClaim,
    Shape,
    Shared,
    Sharing,
    Told,
)
from tasks.ports.previews import Previews
from tasks.ports.queue import Backlog, Claim, SyncQueue
from tasks.ports.rows import KnownRow, Row, RowBook
from tasks.ports.speech import Heard, Speech, Spoken
from tasks.ports.store import Agreement, ChangeOrder, TaskStore
from tasks.ports.threads import Thread, Threads

__all__ = [
    "ADDED",
    "SKIPPED",
    "Accounts",
    "Agreement",
    "Announcements",
    "ApiKeys",
    "Attention",
    "Backlog",
    "Budget",
    "CannotConnect",
    "ChangeOrder",
    "ChannelSettings",
    "Choice",
    "Choices",
    "Claim",
    "Columns",
    "Confined",
    "Connecting",
    "Connection",
    "Connections",
    "Copies",
    "Copy",
    "CopyClaim",
    "Deletions",
    "Deliveries",
    "Drift",
    "Feature",
    "FieldColumns",
    "Fitting",
    "Heard",
    "InNeed",
    "Inbox",
    "Installation",
    "Installations",
    "Intended",
    "Judgement",
    "KnownRow",
    "Lane",
    "Mark",
    "Marks",
    "Meaning",
    "Memberships",
    "Mine",
    "Named",
    "Need",
    "NewId",
    "News",
    "Now",
    "Pacer",
    "Pause",
    "People",
    "Permalinks",
    "Place",
    "Places",
    "PlacesClaim",
    "Preview",
    "Previewed",
    "Previews",
    "Profile",
    "Question",
    "Remark",
    "Row",
    "RowBook",
    "Said",
    "Shape",
    "Shared",
    "Sharing",
    "Sketch",
    "Speech",
    "Spoken",
    "SyncQueue",
    "Table",
    "TaskStore",
    "Thread",
    "Threads",
    "Told",
    "Turn",
    "Turns",
    "VerificationTokens",
    "Wanted",
    "Words",
]
