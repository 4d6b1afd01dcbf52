"""How far Notion is behind; pure."""

from __future__ import annotations

from datetime import datetime

from handlers.slack.blocks import words
from handlers.slack.blocks.message import Message, message
from handlers.slack.blocks.parts import Line, Lines
from handlers.slack.blocks.words import code
from tasks.ports import Backlog, Pause

COUNTED_TO = 10_000


def status(
    backlog: Backlog | None, pause: Pause | None, trouble: str | None, *, now: datetime
) -> Message:
    """Return how the sync of a team stands; without a backlog there is none."""
    if backlog is None:
        return message(
            Lines((("Notion sync is off: no database is connected. Tasks work without it.",),))
        )
    lines: list[Line] = [
        _behind(backlog, now),
        *(((words.short(trouble, 500),),) if trouble else ()),
    ]
    if pause is not None:
        left = max(1, int((pause.until - now).total_seconds()))
        lines.append((f"Notion asked us to wait; it goes on in {left} s.",))
    if backlog.set_aside:
        count = words.count(backlog.set_aside, "task needs", "tasks need")
        lines.append(code(f"{count} somebody to look: the card says why, `/task sync retry T-12`."))
    return message(Lines(tuple(lines)))


def _behind(backlog: Backlog, now: datetime) -> Line:
    if not backlog.behind:
        return ("Notion sync is up to date.",)
    more = "more than " if backlog.behind >= COUNTED_TO else ""
    count = words.count(backlog.behind, "task waits", "tasks wait")
    age = words.ago(backlog.oldest, now).removesuffix(" ago") if backlog.oldest else ""
    return (f"Notion sync: {more}{count}{age and f', the oldest for {age}'}.",)
