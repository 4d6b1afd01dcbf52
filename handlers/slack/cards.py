"""Renders what the service returned; knows the clock, and nothing else of the world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handlers.slack.blocks.message import Message, Shows
from handlers.slack.blocks.parts import Line, plain_line
from handlers.slack.blocks.task import card
from handlers.slack.incoming import Sender
from handlers.slack.links import NO_LINKS, Links
from observability.metrics import Metrics
from tasks.commands import Saved
from tasks.model import Task
from tasks.ports import Now


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """Makes cards for whoever asks."""

    now: Now
    metrics: Metrics
    ahead: Callable[[str], int | None]
    """How many tasks of a team wait for Notion, where that is known without asking."""
    is_off: Callable[[str], bool]
    """Whether a team's sync is off: nothing waits for it then."""
    links: Links = NO_LINKS

    def of(
        self,
        task: Task,
        sender: Sender,
        lead: Line = (),
        said: tuple[str, ...] = (),
        *,
        says_all: bool = False,
    ) -> Message:
        """Return the card of a task; `says_all` as in `Shows`."""
        shown = card(
            task,
            lead=lead,
            said=said,
            now=self.now(),
            viewer=sender.user,
            ahead=self.ahead(task.team),
            is_off=self.is_off(task.team),
            has_link=self.links.base is not None,
        )
        shows = Shows(task=task, lead=plain_line(lead), says_all=says_all)
        return Message(shown.parts, shows=shows)

    def shared(self, task: Task) -> Message:
        """Return the card as nobody in particular sees it."""
        has_link = self.links.base is not None
        return card(task, now=self.now(), viewer="", is_shared=True, has_link=has_link)

    def saved(
        self, saved: Saved, sender: Sender, lead: Line, *, kind: str, said: tuple[str, ...] = ()
    ) -> Message:
        """Return the card after an action of `kind`; a repetition is counted."""
        if saved.repeated:
            self.metrics.slack_duplicates.labels(kind).inc()
        more = (*saved.notes, *said)
        says_all = saved.changed and not saved.repeated and not more
        return self.of(saved.task, sender, lead, more, says_all=says_all)
