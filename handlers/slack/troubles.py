"""What can be wrong with a request before the tasks are asked; facts are attributes."""

from __future__ import annotations

from tasks.model import Due


class Trouble(Exception):
    """The request cannot be carried out as it stands."""


class Usage(Trouble):
    """Something is missing or cannot be read; the message says what to type, code in backticks."""


class NotRead(Trouble):
    """What was to be shown cannot be had from the database; nothing was to be saved."""


class Busy(Trouble):
    """Too much is asked at once; nothing was done with the request, not even a look at it."""


class HeldUp(Busy):
    """The same, because those who were let in before wait for the database."""


class UnknownWord(Trouble):
    """There is no such subcommand."""

    def __init__(self, word: str, nearest: tuple[str, ...]) -> None:
        super().__init__()
        self.word = word
        self.nearest = nearest


class UnknownPeople(Trouble):
    """Names that are nobody's mention."""

    def __init__(self, names: tuple[str, ...], *, can_skip: bool = False) -> None:
        super().__init__()
        self.names = names
        self.can_skip = can_skip


class InThePast(Trouble):
    """The date is over."""

    def __init__(self, due: Due) -> None:
        super().__init__()
        self.due = due


class FormTooLate(Trouble):
    """Slack would not open the form; `expired`: the three seconds had passed."""

    def __init__(self, *, expired: bool) -> None:
        super().__init__()
        self.expired = expired
