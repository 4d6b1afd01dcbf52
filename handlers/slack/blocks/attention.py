"""Lists of tasks whose sync needs a person, and the question about rows that are gone; pure."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.slack.blocks import words
from handlers.slack.blocks.message import Message, message
from handlers.slack.blocks.parts import (
    Button,
    Heading,
    Line,
    Lines,
    Link,
    Part,
    Person,
    Row,
    Small,
    Text,
)
from handlers.slack.blocks.words import code
from handlers.slack.ids import Act
from tasks.model import PersonId, SyncState, Task
from tasks.ports import InNeed, Need, Question

LENGTH = 10
SUMMARY_LENGTH = 20
TITLE_MAX = 120
REASON_MAX = 300
_HEADINGS = {Need.CONFLICTS: "Conflicts with Notion", Need.ASIDE: "Not in Notion"}
_NOTHING = {
    Need.CONFLICTS: "No conflicts: nobody has to choose; `/task sync status` says what waits.",
    Need.ASIDE: "Nothing is set aside for a person; `/task sync status` says what waits.",
}
ANSWERED = (
    "That was answered already, or the rows are back: `/task sync status` shows how it stands."
)
_MORE = {Need.CONFLICTS: Act.LIST_CONFLICTS, Need.ASIDE: Act.LIST_ASIDE}


def listed(page: InNeed, need: Need, *, count: int, after: int, lead: str = "") -> Message:
    """Return one page of a list; `after` is the number that it began after."""
    top: list[Part] = [words_of(lead)] if lead else []
    if not page.tasks and not after:
        return message(*top, Lines((code(_NOTHING[need]),)))
    top.append(Heading(f"{_HEADINGS[need]}: {count}"))
    entries = [part for task in page.tasks for part in _entry(task, need, after)]
    turn = []
    if after:
        turn.append(Button(text="First page", action=_MORE[need], value="0"))
    if page.after is not None:
        turn.append(Button(text="Next page", action=f"{_MORE[need]}:1", value=str(page.after)))
    return message(*top, *entries, Row(tuple(turn)) if turn else None)


def words_of(text: str) -> Lines:
    """Return a sentence of ours."""
    return Lines(((text,),))


def _entry(task: Task, need: Need, after: int) -> tuple[Part, ...]:
    title: Line = (Text(words.short(task.title, TITLE_MAX), bold=True), f"  {words.ref(task)}")
    value = f"{task.number}:{after}"
    if need is Need.CONFLICTS:
        lines: list[Line] = [title]
        for one in task.sync.conflicts:
            ours = words.value(one.field, task.value(one.field))
            theirs = words.value(one.field, one.value)
            lines.append((f"{words.FIELD[one.field]} — here: ", *ours, " · in Notion: ", *theirs))
        take = Button(text="Take Notion's", action=Act.LISTED_TAKE, value=value)
        keep = Button(text="Keep ours", action=Act.LISTED_KEEP, value=value)
        return (Lines(tuple(lines)), Row((take, keep, _show(task))))
    retry = Button(text="Retry", action=Act.LISTED_RETRY, value=value)
    found: list[Part] = [Lines((title,)), _why(task), Row((retry, _show(task)))]
    return tuple(found)


def _why(task: Task) -> Small:
    state = "Gone" if task.sync.state is SyncState.GONE else "Stalled"
    reason = words.short(task.sync.reason or "", REASON_MAX)
    url = task.sync.url
    link = Link(url, "Open in Notion") if url and url.startswith("https://") else None
    return Small(f"{state} — {reason}" if reason else state, link)


def _show(task: Task) -> Button:
    return Button(text="Show", action=Act.SHOW, value=str(task.number))


def asked(question: Question) -> Message:
    """Return the question about rows that are gone, with both answers."""
    shown: list[Line] = [_line(task) for task in question.preview]
    more = question.count - len(question.preview)
    if more > 0 and shown:
        shown.append((f"and {more} more",))
    return message(
        Heading("Were these deleted on purpose?"),
        words_of(question.sentence),
        Lines(tuple(shown), quoted=True) if shown else None,
        Small(
            "Until you answer, nothing is deleted here; all else goes on being synced. "
            "Deleted tasks can be restored for 30 days."
        ),
        Row(
            (
                Button(text="They were deleted", action=Act.ROWS_DELETED, style="danger"),
                Button(text="Keep them", action=Act.ROWS_KEEP, style="primary"),
            )
        ),
    )


def answered(count: int | None, *, bring_back: bool, by: PersonId) -> Message:
    """Return what stands in place of the question."""
    if count is None:
        return message(Lines((code(ANSWERED),)))
    what = words.count(count, "task", "tasks")
    does = (
        f" keeps {what}: the rows are taken out of Notion's trash."
        if bring_back
        else f" says they were deleted: {what} will be, too. `/task restore T-12` brings one back."
    )
    return message(Lines(((Person(by), *code(does)),)))


def summary(tasks: Sequence[Task]) -> Message:
    """Return one message about many rows made in Notion."""
    lines = [_line(task) for task in tasks[:SUMMARY_LENGTH]]
    more = len(tasks) - SUMMARY_LENGTH
    return message(
        Lines(((f"{words.count(len(tasks), 'new task', 'new tasks')} from Notion:",),)),
        Lines(tuple(lines), quoted=True),
        Lines((code(f"and {more} more: `/task list all` shows them."),)) if more > 0 else None,
    )


def _line(task: Task) -> Line:
    who = words.people(task.assignees)
    due = f" · due {words.due(task.due)}" if task.due else ""
    return (f"{words.ref(task)} ", Text(words.short(task.title, TITLE_MAX)), due, *_by(who))


def _by(who: Line) -> Line:
    return (" · ", *who) if who else ()
