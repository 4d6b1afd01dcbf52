"""The home tab: one list at a time, page by page, under headings; pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self
from zlib import crc32

from handlers.slack.blocks import help as help_blocks
from handlers.slack.blocks import words
from handlers.slack.blocks.listing import NOT_WHOLE
from handlers.slack.blocks.parts import (
    Button,
    Heading,
    Json,
    Line,
    Lines,
    Part,
    Row,
    Rule,
    Small,
    blocks,
    button,
    label,
    option,
)
from handlers.slack.blocks.sync import Standing, line
from handlers.slack.ids import Act
from tasks.commands import LinePage, TaskFilter, TaskLine
from tasks.model import PersonId, Priority, Status

LENGTH = 25
"""Tasks of one page: with all else far below the hundred blocks of a view."""
DONE_LENGTH = 5
TITLE_MAX = 150
WORDS_MAX = 100
"""Forms opened from the tab carry them on, with each letter as long as JSON makes it."""
TAG_MAX = 75
PEOPLE_MAX = 5
WEEK_DAYS = 7


class Which(StrEnum):
    """The lists that can be picked."""

    MINE = "mine"
    GIVEN = "given"
    TEAM = "team"
    DONE = "done"
    TAG = "tag"
    """Picked by its tag, in a menu of its own."""


NAMES = {
    Which.MINE: "My tasks",
    Which.GIVEN: "Assigned by me",
    Which.TEAM: "The team's tasks",
    Which.DONE: "My done tasks",
}
NOTHING = {
    Which.MINE: "Nothing to do: New task adds one.",
    Which.GIVEN: "Nothing that you made waits for others: Assign on a card gives a task away.",
    Which.TEAM: "Nothing to do, for anybody: New task adds one.",
    Which.DONE: "Nothing done yet: the three dots beside a task hold Done.",
    Which.TAG: "No open task has this tag: pick another list.",
}


NOT_FOUND = "Nothing found: search for other words, or for none to see the whole list."


class Group(StrEnum):
    """The headings, in the order of the list."""

    OVERDUE = "Overdue"
    TODAY = "Today"
    WEEK = "This week"
    LATER = "Later"
    UNDATED = "No date"
    DONE = "Done"


RECENTLY = "Recently done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What somebody looks at; their tab carries it unseen."""

    which: str = Which.MINE
    tag: str = ""
    words: str = ""
    cursor: str = ""
    """Where the page begins; empty: at the first task."""
    under: str = ""
    """The heading that the page before ended under."""

    def dumps(self) -> str:
        """Return it as `private_metadata`, or as the value of a button."""
        found = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(found, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> Self:
        """Read it back; what is no such thing is one's own list."""
        try:
            found = json.loads(text or "{}")
        except ValueError:
            return cls()
        if not isinstance(found, Mapping) or found.get("which", Which.MINE) not in set(Which):
            return cls()
        names = {one.name for one in fields(cls)}
        return cls(**{name: str(value) for name, value in found.items() if name in names})

    def filter(self, me: PersonId) -> TaskFilter:
        """Return what the list is of, for its viewer."""
        terms = tuple(self.words.split())
        match self.which:
            case Which.GIVEN:
                return TaskFilter(handed_by=me, words=terms)
            case Which.TEAM:
                return TaskFilter(words=terms)
            case Which.DONE:
                return TaskFilter(done=True, owner=me, words=terms)
            case Which.TAG:
                return TaskFilter(tag=self.tag, words=terms)
            case _:
                return TaskFilter(owner=me, words=terms)

    def first(self) -> Self:
        """Return its first page."""
        return replace(self, cursor="", under="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What there is to show."""

    page: LinePage
    done: tuple[TaskLine, ...] = ()
    """What the viewer has done lately, where the list of their tasks ends on this page."""
    standing: Standing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """What just happened, and which change takes it back: `number:rev`."""

    said: Line
    undo: str = ""


def home(found: Found, shown: Shown, *, now: datetime, lead: Lead | None = None) -> Json:
    """Return somebody's home tab; `now` is what their clock shows."""
    body = [
        *_top(shown),
        *_lead(lead),
        *_groups(found, shown, now),
        *_turn(found.page, shown, now),
        *blocks(_bottom(found, now)),
    ]
    return _view(body, shown)


def trouble(sentence: str, shown: Shown) -> Json:
    """Return the tab while nothing can be read."""
    again = Button(text="Try again", action=f"{Act.HOME_PAGE}:0", value=shown.dumps())
    return _view(blocks((Lines(((sentence,),)), Row((again,)))), shown)


def _view(body: list[Json], shown: Shown) -> Json:
    return {"type": "home", "private_metadata": shown.dumps(), "blocks": body}


def group_of(task: TaskLine, now: datetime) -> Group:
    """Return under which heading a task stands, on the day of somebody whose clock shows `now`.

    What was due earlier today stands under today: the order of the list is that of the days.
    """
    if task.status is Status.DONE:
        return Group.DONE
    day = _day(task, now)
    if day is None:
        return Group.UNDATED
    ahead = (day - now.date()).days
    if ahead < 0:
        return Group.OVERDUE
    if ahead == 0:
        return Group.TODAY
    return Group.WEEK if ahead < WEEK_DAYS else Group.LATER


def _day(task: TaskLine, now: datetime) -> date | None:
    """Return the viewer's day that a task is listed on."""
    if task.due is None:
        return None
    if task.snoozed is not None and task.snoozed.marker > task.due.marker:
        return task.snoozed.marker.astimezone(now.tzinfo).date()
    return task.due.at.astimezone(now.tzinfo).date() if task.due.at else task.due.day


def _top(shown: Shown) -> Iterator[Json]:
    lists = [option(name, which.value) for which, name in NAMES.items()]
    picked = [one for one in lists if one["value"] == shown.which]
    menu: Json = {
        "type": "static_select",
        "action_id": Act.HOME_LIST.value,
        "placeholder": label("Another list"),
        "options": lists,
    }
    tags: Json = {
        "type": "external_select",
        "action_id": Act.HOME_TAG.value,
        "placeholder": label("By tag"),
        "min_query_length": 0,
    }
    if shown.which == Which.TAG:
        tags["initial_option"] = option(f"#{shown.tag}", shown.tag)
    elements = [
        button(Button(text="New task", action=Act.NEW, style="primary")),
        menu | ({"initial_option": picked[0]} if picked else {}),
        tags,
        button(Button(text="Settings", action=Act.HOME_SETTINGS)),
    ]
    # Another id for each list: Slack keeps what was picked under the same one.
    yield {
        "type": "actions",
        "block_id": _id("lists", shown.which, shown.tag),
        "elements": elements,
    }
    yield _search(shown)
    if shown.words:
        within = NAMES.get(Which(shown.which), f"#{shown.tag}")
        yield from blocks((Small(f"{within} about “{shown.words}”"),))


def _search(shown: Shown) -> Json:
    element: Json = {
        "type": "plain_text_input",
        "action_id": Act.HOME_FIND.value,
        "max_length": WORDS_MAX,
        "placeholder": label("Words, or how they begin"),
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    }
    if shown.words:
        element["initial_value"] = shown.words[:WORDS_MAX]
    return {
        "type": "input",
        "block_id": _id("find", shown.words),
        "label": label("Search"),
        "optional": True,
        "dispatch_action": True,
        "element": element,
    }


def _id(name: str, *about: str) -> str:
    return f"{name}/{crc32('/'.join(about).encode('utf-8', 'replace')):x}"


def _lead(lead: Lead | None) -> list[Json]:
    if lead is None:
        return []
    undo = Button(text="Undo", action=Act.HOME_UNDO, value=lead.undo)
    parts: list[Part] = [Lines((lead.said,))]
    return blocks([*parts, *([Row((undo,))] if lead.undo else [])])


def _groups(found: Found, shown: Shown, now: datetime) -> Iterator[Json]:
    """Yield the tasks, under a heading wherever it changes; a task only once."""
    under, numbers = shown.under, set[int]()
    if not found.page.lines:
        none = NOT_FOUND if shown.words else NOTHING[Which(shown.which)]
        yield from blocks((Lines(((none,),)),))
    is_first = True
    for task in found.page.lines:
        group = group_of(task, now)
        if is_first or group != under:
            more = " (continued)" if is_first and group == shown.under else ""
            yield from blocks((Heading(f"{group}{more}"),))
        under, is_first = group, False
        if task.number not in numbers:
            numbers.add(task.number)
            yield _task(task, now, with_people=shown.which not in (Which.MINE, Which.DONE))
    done = [task for task in found.done if task.number not in numbers]
    if done:
        yield from blocks((Heading(RECENTLY),))
        yield from (_task(task, now, with_people=False) for task in done)


def _task(task: TaskLine, now: datetime, *, with_people: bool) -> Json:
    """Return a task in two lines, in text that parses no markup."""
    title = f"{words.ref(task)}  {words.short(task.title, TITLE_MAX)}"
    facts = " · ".join(_facts(task, now))
    said = label(f"{title}\n{facts}" if facts else title)
    body: Json = {"text": said}
    if with_people and task.assignees:
        body = {"fields": [said, _people(task.assignees)]}
    return {
        "type": "section",
        "block_id": f"task/{task.number}",
        **body,
        "accessory": {
            "type": "overflow",
            "action_id": Act.HOME_TASK.value,
            "options": [option(text, f"{act}:{task.number}") for text, act in _acts(task)],
        },
    }


def _acts(task: TaskLine) -> tuple[tuple[str, str], ...]:
    if task.status is Status.DONE:
        return (("Reopen", Act.REOPEN), ("Show", Act.SHOW))
    return (
        *(("✓ Done", Act.DONE), ("Edit …", Act.EDIT), ("Snooze …", Act.SNOOZE)),
        ("Show", Act.SHOW),
    )


def _people(assignees: Sequence[PersonId]) -> Json:
    named = " ".join(f"<@{person}>" for person in assignees[:PEOPLE_MAX])
    more = f" +{len(assignees) - PEOPLE_MAX}" if len(assignees) > PEOPLE_MAX else ""
    return {"type": "mrkdwn", "text": named + more, "verbatim": True}


def _facts(task: TaskLine, now: datetime) -> Iterator[str]:
    is_open = task.status is not Status.DONE
    if task.status is Status.IN_PROGRESS:
        yield words.STATUS[task.status]
    if is_open and task.is_snoozed(now) and task.snoozed is not None and task.snoozed.at:
        yield f"snoozed until {_when(task.snoozed.at.astimezone(now.tzinfo), now)}"
    if task.due is not None:
        due = task.due
        shown = _when(due.at.astimezone(now.tzinfo), now) if due.at else _on(due.day, now)
        if due.at is not None or shown != "today":  # the heading says that
            yield shown
        if is_open and due.at is not None and due.is_over(now) and shown[:1].isdigit():
            yield "overdue"
    done, of = task.progress
    if of:
        yield f"{done}/{of}"
    if task.priority in (Priority.HIGH, Priority.URGENT):
        yield words.PRIORITY[task.priority]
    yield from (f"#{tag}" for tag in task.tags[:5])


def _when(at: datetime, now: datetime) -> str:
    return f"{at:%H:%M}" if at.date() == now.date() else f"{_on(at.date(), now)}, {at:%H:%M}"


def _on(day: date, now: datetime) -> str:
    """Return a day in few words: today, tomorrow, `Fri 27 Nov`, with the year if another."""
    for name, there in (("today", 0), ("tomorrow", 1), ("yesterday", -1)):
        if day == now.date() + timedelta(there):
            return name
    return f"{day:%a %-d %b}" if day.year == now.year else f"{day:%a %-d %b %Y}"


def _turn(page: LinePage, shown: Shown, now: datetime) -> list[Json]:
    items: list[Button] = []
    if shown.cursor:
        first = shown.first().dumps()
        items.append(Button(text="First page", action=f"{Act.HOME_PAGE}:0", value=first))
    if page.next and page.lines:
        following = replace(shown, cursor=page.next, under=group_of(page.lines[-1], now))
        value = following.dumps()
        items.append(Button(text="Next page", action=f"{Act.HOME_PAGE}:1", value=value))
    return blocks((Row(tuple(items)),)) if items else []


def _bottom(found: Found, now: datetime) -> Iterator[Part]:
    if not found.page.is_whole:
        yield Small(NOT_WHOLE)
    yield Rule()
    standing = found.standing
    yield Small(line(standing, now=now) if standing else "Notion sync is off.")
    yield help_blocks.MORE
