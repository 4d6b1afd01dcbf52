"""Says the same to a few people, to each of them once."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from notifications.posts import NotPosted
from notifications.said_once import SENDING, Kept, NotYet, SaidOnce
from tasks.model import PersonId
from tasks.ports import Turn

TELLING = "telling"
REACHED = "reached"
AGAIN = timedelta(seconds=10)
"""After what time at least somebody is tried again whom Slack had no time for."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class EachOnce:
    """Goes from one to the next; who was reached is kept with the turn."""

    once: SaidOnce

    async def tell(
        self,
        turn: Turn,
        kept: Kept,
        *,
        name: str,
        people: Iterable[PersonId],
        body: Mapping[str, Any],
    ) -> bool:
        """Tell whether somebody was reached by now.

        NotYet: it is to be gone on with then, under another turn with what is in `kept`.
        """
        if kept.get(TELLING) != name:
            # The fence, since the same may have been said before, and be to be said again.
            kept.update({TELLING: name, REACHED: [], "number": turn.fence})
            kept.pop(SENDING, None)
        found = kept.get(REACHED)
        reached = [str(one) for one in found] if isinstance(found, list) else []
        for person in people:
            if person in reached:
                continue
            try:
                own = f"{name}/{kept.get('number')}/{person}"
                await self.once.say(turn, kept, name=own, to=person, body=body)
            except NotPosted as refused:
                kept.pop(SENDING, None)
                log.warning("not told", extra={"action": turn.work, "error_code": refused.code})
                if refused.passes:
                    raise NotYet(max(timedelta(seconds=refused.wait_seconds), AGAIN)) from refused
                continue
            reached.append(person)
            kept[REACHED] = list(reached)
            kept.pop(SENDING, None)
            await self.once.turns.save(turn, kept)
        return bool(reached)
