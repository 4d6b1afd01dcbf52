"""One sentence per error: what is the matter, and what to type next."""

from __future__ import annotations

from handlers.slack.blocks import words
from handlers.slack.blocks.parts import Line, Text, plain_line
from handlers.slack.blocks.words import code, ref
from handlers.slack.troubles import (
    Busy,
    FormTooLate,
    HeldUp,
    InThePast,
    NotRead,
    UnknownPeople,
    UnknownWord,
    Usage,
)
from tasks.errors import (
    AlreadyAdded,
    AlreadyTaken,
    BrokenCursor,
    CannotTell,
    DateInDoubt,
    EditClash,
    KeyReused,
    NoSuchTask,
    NotADate,
    NothingToUndo,
    NotSaved,
    OutcomeUnknown,
    OvertakenSince,
    Refused,
    StaleRevision,
    TaskError,
    TaskIsDeleted,
)
from tasks.model import Field

READINGS_MAX = 5

NOT_READ = "Nothing can be shown: the database cannot be reached right now; try again in a moment."
BUSY = "Taskbridge is busy just now: nothing was changed by this; try again in a moment."
HELD_UP = (
    "Too many wait for the database just now: nothing was changed by this; try again in a moment."
)
NOT_SAVED = "Not saved: the database cannot be reached right now; try again in a moment."
NOT_TOLD = (
    "I cannot look for {} right now: Slack does not tell me which private channels you are in; "
    "try again in a moment."
)
_NEXT = {
    Field.TITLE: ": type `/task add Book the venue`, or `/task add` alone for a form.",
    Field.ASSIGNEES: ": try again with fewer people.",
    Field.TAGS: ": try again with fewer or shorter ones, like `#offsite`.",
}
"""What to do where the refusal does not say it."""
NOT_KNOWN = (
    "Not known yet whether this was saved: the database did not answer in time; "
    "try again, for it is not done twice."
)


def explain(error: Exception, *, request_id: str | None = None) -> Line:  # noqa: C901, PLR0911  # one per case
    """Return the sentence for an error; the unforeseen is owned up to."""
    match error:
        case NoSuchTask(number=number):
            return code(f"There is no {ref(number)} here: type `/task list all` to see what is.")
        case AlreadyAdded(task=task):
            return (f"Already added: {ref(task)} — add anyway?",)
        case TaskIsDeleted(task=task):
            n = ref(task)
            return code(f"{n} was deleted: type `/task restore {n}` to bring it back.")
        case NothingToUndo():
            return code(
                "There is nothing of yours to undo: `/task history T-12` shows who did what."
            )
        case OvertakenSince(task=task):
            n = ref(task)
            return code(
                f"{n} was changed again since, so that cannot be undone: "
                f"`/task history {n}` shows how, `/task edit {n}` sets it right."
            )
        case EditClash(task=task) | StaleRevision(task=task):
            n = ref(task)
            return code(f"{n} was changed by somebody else meanwhile: type `/task edit {n}`.")
        case BrokenCursor():
            return code("This list cannot be continued any more: type `/task list` for a new one.")
        case KeyReused():
            return ("This was used for something else already: type the command again.",)
        case OutcomeUnknown():
            return (NOT_KNOWN,)
        case NotSaved():
            return (NOT_SAVED,)
        case Refused(field=field):
            return _refused(str(error), field)
        case _:
            return _about_words(error) or _unforeseen(error, request_id)


def _refused(why: str, field: Field) -> Line:
    ends_well = ": " in why or field not in _NEXT
    return (why,) if ends_well else (why.removesuffix("."), *code(_NEXT[field]))


def sentence(error: Exception, *, request_id: str | None = None) -> str:
    """Return the same as plain text, for places that take nothing else."""
    return plain_line(explain(error, request_id=request_id))


def _about_words(error: Exception) -> Line:  # noqa: C901, PLR0911, PLR0912  # one per case
    match error:
        case AlreadyTaken(task=task):
            n = ref(task)
            whose = words.people(task.assignees) or ("somebody",)
            return (f"{n} is taken already, by ", *whose, *code(f": type `/task show {n}`."))
        case CannotTell(number=number):
            return (NOT_TOLD.format(ref(number)),)
        case HeldUp():
            return (HELD_UP,)
        case Busy():
            return (BUSY,)
        case NotRead():
            return (NOT_READ,)
        case Usage():
            return code(str(error))
        case UnknownWord(word=word, nearest=nearest):
            near = " or ".join(f"`/task {name}`" for name in nearest if name != "help")
            meant = f"did you mean {near}, or " if near else "type "
            last = "`/task help` for all there is" + ("?" if near else ".")
            said = f" is not something I do: {meant}{last}"
            return (Text(f"“{words.short(word, 60)}”"), *code(said))
        case UnknownPeople(names=names):
            who = ", ".join(f"@{words.short(name, 60)}" for name in names)
            hint = " is nobody I know here: type @ and pick the name that Slack offers."
            return (Text(who), hint)
        case InThePast(due=due):
            return (f"{words.due(due)} is in the past: press the button, or type another.",)
        case DateInDoubt(words=typed, readings=readings):
            either = " or ".join(readings[:READINGS_MAX])
            return (
                Text(f"“{words.short(typed, 100)}”"),
                f" can be read in more than one way: press {either}, or type it in full.",
            )
        case NotADate():
            return _not_a_date(error)
        case FormTooLate(expired=True):
            return ("Slack did not wait until the form was ready: press the button to open it.",)
        case FormTooLate():
            return ("Slack does not open the form right now: press the button in a moment.",)
        case _:
            return ()


def _not_a_date(error: NotADate) -> Line:
    why = str(error).rstrip(".")
    between = ";" if ": " in why else ":"
    return (
        Text(why),
        *code(
            f"{between} write it like `friday 5pm`, `27 Nov`, `2026-11-27 17:00` or `in 3 days`."
        ),
    )


def _unforeseen(error: Exception, request_id: str | None) -> Line:
    if isinstance(error, TaskError):
        return (str(error),)
    number = f" (request {request_id})" if request_id else ""
    return (f"Something went wrong on my side{number}: try again, nothing is done twice.",)
