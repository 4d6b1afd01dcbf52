"""What can go wrong with a task; the docstring is the default message, facts are attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasks.merge import Clash
    from tasks.model import Field, Task


class TaskError(Exception):
    """The task could not be handled."""

    def __str__(self) -> str:
        return super().__str__() or (type(self).__doc__ or "").strip()


class NoSuchTask(TaskError):
    """There is no such task in this workspace."""

    def __init__(self, number: int) -> None:
        super().__init__(f"There is no T-{number} in this workspace.")
        self.number = number


class AlreadyAdded(TaskError):
    """The same person has just said the same words; nothing was added."""

    def __init__(self, task: Task) -> None:
        super().__init__(f"Already added: T-{task.number}.")
        self.task = task


class TaskIsDeleted(TaskError):
    """The task was deleted."""

    def __init__(self, task: Task) -> None:
        super().__init__(f"T-{task.number} was deleted.")
        self.task = task


class NotAllowed(TaskError):
    """This is not theirs to do; the message says who may. Only said of tasks that they see."""

    def __init__(self, task: Task, message: str) -> None:
        super().__init__(message)
        self.task = task


class CannotTell(TaskError):
    """Whether there is such a task for this person cannot be told: nobody says where they are."""

    def __init__(self, number: int) -> None:
        super().__init__(f"T-{number} cannot be shown right now.")
        self.number = number


class OutOfReach(TaskError):
    """The task is there, and the change was not for this person to make; never shown as it is."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self.task = task


class Refused(TaskError):
    """A value that a task cannot hold; `field` says where, the message says why and what to do."""

    def __init__(self, field: Field, message: str) -> None:
        super().__init__(message)
        self.field = field


class EditClash(TaskError):
    """Somebody changed the same fields meanwhile; nothing was written."""

    def __init__(self, task: Task, clashes: tuple[Clash, ...]) -> None:
        super().__init__()
        self.task = task
        self.clashes = clashes


class StaleRevision(TaskError):
    """Another change came first; nothing was written."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self.task = task


class KeyReused(TaskError):
    """The key of this action names another one already; nothing was changed."""


class BrokenCursor(TaskError):
    """This list cannot be continued from there: ask for it again from the start."""


class NothingToUndo(TaskError):
    """There is no change of this person that can be taken back."""


class AlreadyTaken(TaskError):
    """The task is somebody's already."""

    def __init__(self, task: Task) -> None:
        super().__init__(f"T-{task.number} is taken already.")
        self.task = task


class NotAssigned(TaskError):
    """The task is not this person's to do, or no more."""

    def __init__(self, task: Task) -> None:
        n = task.number
        super().__init__(f"T-{n} is not assigned to you any more: type /task show T-{n}.")
        self.task = task


class PartOfBulk(TaskError):
    """The change is part of one that was made to several tasks at once; `key` names that."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key


class OvertakenSince(TaskError):
    """The change cannot be taken back: every field of it was changed again."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self.task = task


class DateInDoubt(TaskError):
    """The words can mean several dates; `readings` are spellings that cannot be misread."""

    def __init__(self, words: str, readings: tuple[str, ...]) -> None:
        super().__init__(f"“{words}” can be read in more than one way.")
        self.words = words
        self.readings = readings


class NotADate(TaskError):
    """The words are no date that can be read."""

    def __init__(self, words: str, why: str = "") -> None:
        super().__init__(why or f"“{words}” is not a date I can read.")
        self.words = words


class StoreError(TaskError):
    """The database could not do it."""


class NotSaved(StoreError):
    """The database cannot be reached: surely nothing was saved."""


class OutcomeUnknown(StoreError):
    """The database did not answer in time: it may or may not be saved."""


class LeaseLost(TaskError):
    """Another instance took the work over; the result is dropped."""


class LeaseHeld(TaskError):
    """Another instance works on this task at the moment."""
