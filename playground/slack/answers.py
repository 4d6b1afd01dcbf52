"""What came of something a person did: what the bot answered and what Slack showed."""

from dataclasses import dataclass

from playground.slack.delivery import Ack
from playground.slack.errors import Impossible
from playground.slack.state import Message
from playground.slack.views import View
from playground.slack.wire import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A command, click or shortcut; text, blocks and plain are as they stood at that moment."""

    ack: Ack
    failure: str = ""  # `operation_timeout`, `dispatch_failed`, … as Slack would show it
    text: str = ""
    blocks: tuple[Json, ...] = ()
    plain: str = ""
    shown: Message | None = None
    modal: View | None = None  # the topmost modal the person now sees

    @property
    def status(self) -> int | None:
        """Return the HTTP status, or None where nothing came."""
        return self.ack.status

    @property
    def body(self) -> object:
        """Return the acknowledgement, parsed if it is JSON."""
        return self.ack.json if self.ack.json is not None else self.ack.text

    @property
    def ack_seconds(self) -> float:
        """Return how long the person waited."""
        return self.ack.seconds

    @property
    def message(self) -> Message:
        """Return the message to click on; it changes when it is updated."""
        if self.shown is None:
            raise Impossible(f"no message was shown: {self.failure or self.body!r}")
        return self.shown


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitAnswer:
    """What became of a submitted modal."""

    ack: Ack | None  # None: the client complained and sent nothing
    view: View | None  # what the person sees now
    closed: bool
    errors: dict[str, str]  # by block_id
    failure: str = ""

    @property
    def body(self) -> object:
        """Return the acknowledgement, parsed if it is JSON."""
        if self.ack is None:
            return None
        return self.ack.json if self.ack.json is not None else self.ack.text


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAnswer:
    """Every attempt at one event, in order."""

    event_id: str
    attempts: tuple[Ack, ...]

    @property
    def accepted(self) -> bool:
        """Tell whether the bot took it in the end."""
        return self.attempts[-1].ok


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """What the bot offered for an external select."""

    ack: Ack
    options: tuple[Json, ...]
    failure: str = ""
