"""How far Notion is behind; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.slack.blocks import words
from handlers.slack.blocks.message import Message, message
from handlers.slack.blocks.parts import Button, Channel, Line, Lines, Row
from handlers.slack.blocks.words import code
from handlers.slack.ids import Act
from tasks.ports import Backlog, Mine, Pause

COUNTED_TO = 10_000
TROUBLE_MAX = 3000
"""Characters: a sentence for each column that can go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the sync of a team stands, as one person sees it."""

    backlog: Backlog
    pause: Pause | None
    trouble: str | None
    """What the installer should see to."""
    conflicts: int = 0
    mine: Mine | None = None
    channel: str | None = None
    """Where rows made in Notion are announced."""


def status(standing: Standing | None, *, now: datetime) -> Message:
    """Return how the sync of a team stands; None: there is none."""
    if standing is None:
        return message(
            Lines(
                (
                    ("Notion sync is off: no database is connected. Tasks work without it.",),
                    code("`/task connect` chooses one, for admins."),
                )
            )
        )
    backlog = standing.backlog
    lines: list[Line] = [_behind(backlog, now), *_mine(standing.mine)]
    if standing.trouble:
        lines.append((words.short(standing.trouble, TROUBLE_MAX),))
    if standing.pause is not None:
        lines.append((_paused(standing.pause, now),))
    if standing.conflicts:
        count = words.count(standing.conflicts, "task was", "tasks were")
        lines.append((f"{count} changed on both sides: somebody has to choose.",))
    if backlog.set_aside:
        count = words.count(backlog.set_aside, "task is", "tasks are")
        lines.append(code(f"{count} set aside: the card says why, `/task sync retry T-12`."))
    if standing.channel is not None:
        lines.append(("New rows in Notion are announced in ", Channel(standing.channel), "."))
    buttons = [
        *([_to(Act.LIST_CONFLICTS, "Show conflicts")] if standing.conflicts else []),
        *([_to(Act.LIST_ASIDE, "Show what is set aside")] if backlog.set_aside else []),
    ]
    return message(Lines(tuple(lines)), Row(tuple(buttons)) if buttons else None)


def line(standing: Standing, *, now: datetime) -> str:
    """Return how the sync stands in one line, for the home tab."""
    said = [_flat(_behind(standing.backlog, now)).removesuffix(".")]
    if standing.trouble:
        said.append(words.short(standing.trouble, 200).removesuffix("."))
    if standing.pause is not None:
        said.append(_paused(standing.pause, now).removesuffix("."))
    if standing.conflicts:
        said.append(words.count(standing.conflicts, "conflict", "conflicts"))
    if standing.backlog.set_aside:
        said.append(f"{standing.backlog.set_aside} set aside")
    return " · ".join(said)


def _flat(given: Line) -> str:
    return "".join(one for one in given if isinstance(one, str))


def _to(action: Act, text: str) -> Button:
    return Button(text=text, action=action, value="0")


def _paused(pause: Pause, now: datetime) -> str:
    left = max(1, int((pause.until - now).total_seconds()))
    return f"Notion asked us to wait; it goes on in {left} s."


def _mine(mine: Mine | None) -> tuple[Line, ...]:
    if mine is None or not mine.waiting:
        return ()
    yours = words.count(mine.waiting, "of them has a change", "of them have changes")
    if not mine.ahead:
        come = "comes" if mine.waiting == 1 else "come"
        return ((f"{yours} of yours, which {come} first.",),)
    return ((f"{yours} of yours, with about {mine.ahead} ahead of you.",),)


def _behind(backlog: Backlog, now: datetime) -> Line:
    if not backlog.behind:
        return ("Notion sync is up to date.",)
    more = "more than " if backlog.behind >= COUNTED_TO else ""
    count = words.count(backlog.behind, "task waits", "tasks wait")
    age = words.ago(backlog.oldest, now).removesuffix(" ago") if backlog.oldest else ""
    return (f"Notion sync: {more}{count}{age and f', the oldest for {age}'}.",)
