"""The ways in besides `/task`: shortcuts, reactions, messages to the bot, steps of workflows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from handlers.slack import appending, options, shortcuts
from handlers.slack.aloud import Aloud
from handlers.slack.appending import Appending
from handlers.slack.audiences import Audiences
from handlers.slack.commands import Commands
from handlers.slack.confirming import Confirming
from handlers.slack.ids import Act, Event
from handlers.slack.instrument import Instrument, OnAction, OnSearch
from handlers.slack.modals import Modals
from handlers.slack.offers import Offers
from handlers.slack.options import Options
from handlers.slack.replies import Replies
from handlers.slack.router import Kind, Router
from handlers.slack.shortcuts import Shortcuts
from handlers.slack.steps import Steps
from handlers.slack.talking import Talking
from tasks.model import PersonId
from tasks.ports import ChannelSettings, Feature, Heard, Marks, Sharing, Speech, Spoken, Threads
from tasks.service import TaskService


class Silence(Speech):
    """Stands in where nothing can be said aloud."""

    async def say(self, team: str, channel: str, body: Mapping[str, Any]) -> Spoken:  # noqa: ARG002  # as above
        """Say nothing."""
        return Spoken(heard=Heard.NOT_THERE)


class NoMarks(Marks):
    """Stands in where nothing is remembered."""

    async def set(self, team: str, name: str, *, lasts: timedelta) -> bool:  # noqa: ARG002  # as above
        """Take everything for new."""
        return True


class NoFeatures(ChannelSettings):
    """Stands in where channels have no settings."""

    async def of(self, team: str, channel: str) -> Mapping[Feature, datetime]:  # noqa: ARG002  # as above
        """Return nothing."""
        return {}

    async def switch(
        self, team: str, channel: str, wanted: Mapping[Feature, bool], *, by: PersonId
    ) -> None:
        """Keep nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What it takes to speak up, and to know when not to."""

    speech: Speech
    marks: Marks
    settings: ChannelSettings
    threads: Threads | None = None
    """Which thread belongs to which task; None: to none."""
    sharing: Sharing | None = None
    """Shows tasks to others, and keeps right what is shown; None: nobody does."""


NOWHERE = Surroundings(speech=Silence(), marks=NoMarks(), settings=NoFeatures())


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The handlers of all of it."""

    shortcuts: Shortcuts
    appending: Appending
    options: Options
    talking: Talking
    offers: Offers
    steps: Steps

    def actions(self) -> dict[str, OnAction]:
        """Return what its buttons do."""
        return {
            Act.ANYWHERE: self.shortcuts.again,
            Act.APPEND: self.appending.turn,
            Act.OFFER_TAKE: self.offers.take,
            Act.OFFER_NOT: self.offers.decline,
        }


def capture(
    surroundings: Surroundings,
    *,
    tasks: TaskService,
    commands: Commands,
    modals: Modals,
    aloud: Aloud,
    confirming: Confirming,
    audiences: Audiences,
    replies: Replies,
    instrument: Instrument,
    searches: Mapping[str, OnSearch],
) -> Capture:
    """Put the handlers together."""
    opening = Shortcuts(modals=modals, aloud=aloud, threads=surroundings.threads)
    return Capture(
        shortcuts=opening,
        appending=Appending(tasks=tasks, aloud=aloud, confirming=confirming, replies=replies),
        options=Options(tasks=tasks, others=searches),
        talking=Talking(commands=commands, aloud=aloud, replies=replies, instrument=instrument),
        offers=Offers(
            settings=surroundings.settings,
            marks=surroundings.marks,
            shortcuts=opening,
            replies=replies,
        ),
        steps=Steps(tasks=tasks, audiences=audiences, replies=replies),
    )


def register(router: Router, *, capture: Capture, instrument: Instrument) -> None:
    """Listen to every way in."""
    shortcuts.register(router, shortcuts=capture.shortcuts, instrument=instrument)
    appending.register(router, appending=capture.appending, instrument=instrument)
    options.register(router, options=capture.options, instrument=instrument)
    hear = instrument.overheard
    router.on(Kind.EVENT, Event.WRITTEN, hear(capture.talking.written))
    router.on(Kind.EVENT, Event.MENTIONED, hear(capture.talking.mentioned))
    router.on(Kind.EVENT, Event.REACTED, hear(capture.offers.reacted))
    router.on(Kind.EVENT, Event.STEP, hear(capture.steps.executed))
