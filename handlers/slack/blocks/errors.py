"""What a person sees when it did not work: the sentence, what they typed, and a way on; pure."""

from __future__ import annotations

from dataclasses import replace

from handlers.slack.again import AgainPressed, AgainTyped, Leave, pack
from handlers.slack.blocks import words
from handlers.slack.blocks.capture import marked
from handlers.slack.blocks.message import Message, message
from handlers.slack.blocks.parts import Button, Line, Lines, Part, Row, Small
from handlers.slack.blocks.words import code
from handlers.slack.explain import READINGS_MAX, explain
from handlers.slack.ids import Act, Command
from handlers.slack.text import pieces, shown
from handlers.slack.troubles import Busy, InThePast, NotRead, UnknownPeople, UnknownWord, Usage
from tasks.errors import AlreadyAdded, DateInDoubt, NotADate, NotSaved, OutcomeUnknown, TaskError
from tasks.model import Due

ECHO_MAX = 12_000
"""More than anybody types: what could not be saved is there to be copied."""

_OURS = (TaskError, Usage, UnknownPeople, UnknownWord, InThePast)
"""Errors that trying again cannot mend (but for those of the store)."""


def for_command(error: Exception, typed: AgainTyped, *, request_id: str | None = None) -> Message:
    """Return the answer to a command that failed; what was typed is never lost."""
    ways = _ways_on(error, typed)
    if ways and not any(ways):
        return _without_a_button(error, typed, request_id)
    return message(Lines((explain(error, request_id=request_id),)), echo(typed.text), _row(ways))


def for_action(
    error: Exception, pressed: AgainPressed | AgainTyped, *, request_id: str | None = None
) -> Message:
    """Return the answer to a button that failed."""
    again = [_again("Try again", pressed)] if _may_help(error) else []
    return message(Lines((explain(error, request_id=request_id),)), _row(again))


def for_shortcut(
    error: Exception,
    *,
    said_at: str = "",
    author: str | None = None,
    request_id: str | None = None,
) -> Message:
    """Return what somebody is told whose shortcut failed, with the form one press away.

    `said_at` names the message that it was used on, where there is one.
    """
    again = Button(text="Open the form", action=Act.ANYWHERE)
    if said_at:
        value = marked(said_at, author)
        again = Button(text="Open the form", action=Act.OFFER_TAKE, value=value)
    return message(Lines((explain(error, request_id=request_id),)), Row((again,)))


def still_saving(typed: AgainTyped) -> Message:
    """Return what is said at 2.4 s: it goes on, its outcome is announced, and P2 holds."""
    again = _again("Try again", typed)
    return message(
        Lines(((STILL if again else f"{_STILL}; {WAIT_FOR_IT}",),)), echo(typed.text), _row([again])
    )


def still_looking(typed: AgainTyped) -> Message:
    """Return what is said at 2.4 s of a command that saves nothing: what it shows will come."""
    return message(Lines(((LOOKING,),)), echo(typed.text), _row([_again("Try again", typed)]))


LOOKING = "This takes longer than usual: I will answer here as soon as I can."
_STILL = "Still saving: it is not known yet whether it worked; I will tell you here"
STILL = f"{_STILL}, and trying again does not do it twice."
WAIT_FOR_IT = "wait for that, for sent again it would be done twice."
UNSURE = "Not known yet whether this was saved, as the database did not answer in time"
LOOK_FIRST = "look with `/task list` before you send it again, for it may be saved."


def said(sentence: Line) -> Message:
    """Return one sentence as a message."""
    return message(Lines((sentence,)))


def echo(text: str) -> Part | None:
    """Return what was typed, as it was typed."""
    seen = shown(pieces(text)).strip()
    if not seen:
        return None
    cut = seen if len(seen) <= ECHO_MAX else seen[:ECHO_MAX] + "…"
    return Lines(((f"{Command.TASK} {cut}",),), quoted=True)


def _ways_on(error: Exception, typed: AgainTyped) -> list[Button | None]:  # noqa: PLR0911  # one per case
    match error:
        case DateInDoubt(readings=readings):
            return [
                _again(reading, _agreed(typed, replace(typed.leave, due=reading)), at)
                for at, reading in enumerate(readings[:READINGS_MAX])
            ]
        case InThePast(due=due):
            return [_again("Take it all the same", _agreed(typed, _past(typed.leave, due)))]
        case NotADate() if typed.text.casefold().startswith("add"):
            whole = Leave(verbatim=True, strangers=typed.leave.strangers)
            return [_again("Add it with these words in the title", _agreed(typed, whole))]
        case UnknownPeople(can_skip=True):
            return [_again("Go on without", _agreed(typed, replace(typed.leave, strangers=True)))]
        case AlreadyAdded():
            return [_again("Add anyway", _agreed(typed, replace(typed.leave, anyway=True)))]
        case UnknownWord():
            as_task = AgainTyped(text=f"add {typed.text}", key=typed.key)
            title = words.short(shown(pieces(typed.text)), 40)
            return [_again(f"Add “{title}” as a task", as_task)]
        case _ if _may_help(error):
            return [_again("Try again", typed)]
        case _:
            return []


def _past(leave: Leave, due: Due) -> Leave:
    return replace(leave, past=True, due=words.due(due))


def _agreed(typed: AgainTyped, leave: Leave) -> AgainTyped:
    return replace(typed, leave=leave)


def _may_help(error: Exception) -> bool:
    return isinstance(error, NotSaved | OutcomeUnknown | NotRead | Busy) or not isinstance(
        error, _OURS
    )


def _again(text: str, again: AgainTyped | AgainPressed, at: int = 0) -> Button | None:
    value = pack(again)
    return Button(text=text, action=f"{Act.AGAIN}:{at}", value=value) if value else None


def _row(buttons: list[Button | None]) -> Part | None:
    found = tuple(button for button in buttons if button is not None)
    return Row(found) if found else None


def _without_a_button(error: Exception, typed: AgainTyped, request_id: str | None) -> Message:
    """Say it where the text is too long for a button: sent again, it is another action."""
    if isinstance(error, OutcomeUnknown):
        return message(Lines((code(f"{UNSURE}: {LOOK_FIRST}"),)), echo(typed.text))
    if not isinstance(error, (*_OURS, NotRead, Busy)):
        number = f" (request {request_id})" if request_id else ""
        first = f"Something went wrong on my side{number}"
        return message(Lines((code(f"{first}: {LOOK_FIRST}"),)), echo(typed.text))
    return message(
        Lines((explain(error, request_id=request_id),)),
        echo(typed.text),
        Small("The text is too long for a button: copy it from above, mend it, send it again."),
    )
