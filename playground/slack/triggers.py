"""Trigger ids: three seconds, one use."""

from dataclasses import dataclass

from playground.slack.errors import Refused
from playground.slack.ids import Ids
from playground.slack.wire import Now

TRIGGER_SECONDS = 3.0


@dataclass(slots=True, kw_only=True)
class Trigger:
    """A person's permission to open a view, while they still look."""

    team_id: str
    user_id: str
    issued_at: float
    view_id: str | None  # the modal it came from; only such a trigger can push
    used: bool = False


class Triggers:
    """Issues trigger ids and exchanges each at most once."""

    def __init__(self, *, ids: Ids, now: Now) -> None:
        self._ids = ids
        self._now = now
        self._known: dict[str, Trigger] = {}

    def issue(self, *, team_id: str, user_id: str, view_id: str | None = None) -> str:
        """Return a fresh trigger id."""
        number = len(self._known) + 1
        trigger_id = f"{1000000 + number}.{2000000 + number}.{self._ids.secret(20)}"
        self._known[trigger_id] = Trigger(
            team_id=team_id, user_id=user_id, issued_at=self._now(), view_id=view_id
        )
        return trigger_id

    def spend(self, trigger_id: object) -> None:
        """Take note that a trigger was exchanged."""
        self._known[str(trigger_id)].used = True

    def look(self, trigger_id: object, *, team_id: str) -> Trigger:
        """Return a trigger that can still be exchanged; Refused otherwise."""
        trigger = self._known.get(str(trigger_id))
        if trigger is None or trigger.team_id != team_id:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if self._now() - trigger.issued_at > TRIGGER_SECONDS:
            raise Refused("expired_trigger_id")
        return trigger
