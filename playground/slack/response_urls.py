"""`response_url`: five uses within thirty minutes."""

from dataclasses import dataclass

from playground.slack.errors import Refused
from playground.slack.ids import Ids
from playground.slack.state import Message, Team
from playground.slack.wire import Now

USES = 5
LIFETIME_SECONDS = 30 * 60


@dataclass(slots=True, kw_only=True, eq=False)
class ResponseUrl:
    """Where an app may answer one interaction, and on which message it came."""

    path: str
    team: Team
    channel_id: str
    user_id: str
    message: Message | None
    issued_at: float
    uses: int = 0


class ResponseUrls:
    """Issues paths below the simulator's own address and counts their use."""

    def __init__(self, *, ids: Ids, now: Now) -> None:
        self._ids = ids
        self._now = now
        self._known: dict[str, ResponseUrl] = {}

    def issue(
        self, kind: str, *, team: Team, channel_id: str, user_id: str, message: Message | None
    ) -> str:
        """Return a new path, `/commands/…` or `/actions/…`."""
        path = f"/{kind}/{team.id}/{len(self._known) + 1}/{self._ids.secret()}"
        self._known[path] = ResponseUrl(
            path=path,
            team=team,
            channel_id=channel_id,
            user_id=user_id,
            message=message,
            issued_at=self._now(),
        )
        return path

    def look(self, path: str) -> ResponseUrl:
        """Return one that still works; Refused otherwise."""
        known = self._known.get(path)
        if known is None:
            raise Refused("no_service", status=404)
        if self._now() - known.issued_at > LIFETIME_SECONDS:
            raise Refused("expired_url", status=404)
        if known.uses >= USES:
            raise Refused("used_url", status=404)
        return known

    def age(self, seconds: float) -> None:
        """Let time pass for all that were issued, and for nothing else."""
        for known in self._known.values():
            known.issued_at -= seconds
