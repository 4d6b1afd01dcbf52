"""What can be typed; pure."""

from __future__ import annotations

from handlers.slack.blocks.message import Message, always, message
from handlers.slack.blocks.parts import Line, Lines, Small, Text
from handlers.slack.blocks.words import code
from handlers.slack.subcommands import NOT_YET

_TOPICS: dict[str, tuple[str, tuple[str, ...]]] = {
    "add": (
        "Adding a task",
        (
            "`/task add Book the venue @maria due friday 5pm !high #offsite every month`",
            "`@person`, `!low` to `!urgent`, `#tag`: anywhere; `due …` and `every …`: at the end.",
            'Text in `"double quotes"` is title, word for word.',
            "`/task add` alone opens a form.",
        ),
    ),
    "capture": (
        "Other ways in",
        (
            "A message's menu, “Make it a task”: a new task, or part of one there is.",
            "In a thread: mention me, like `@taskbridge add Book the venue @maria`.",
            "Write to me: the same words as behind `/task`; a sentence is offered as a task.",
            "A reaction with :memo: offers one where `/task settings` has switched that on.",
        ),
    ),
    "list": (
        "Finding tasks",
        (
            "`/task` — your open tasks",
            "`/task list all`, `here`, `@maria`, `#offsite`, `unassigned`, `done`",
            "`/task list overdue`, `today`, `week`",
            "`/task list all venue` — with words of title or notes; all of these can be combined.",
            "`/task search ven cat` — open tasks by how words begin; `list done venue` done ones.",
            "Open tasks come soonest due first, done ones latest first; `list mine sort:newest`.",
            "App Home shows the same under headings, and what you assigned to others.",
            "`/task show T-12` — one task; `/task history T-12` — who changed what, and a way back",
            "“Select several…” below a list does one thing to up to a hundred of its tasks.",
        ),
    ),
    "change": (
        "Changing a task",
        (
            "`/task done T-12`, `/task reopen T-12`, `/task edit T-12`",
            "`/task assign T-12 @maria @sam` — exactly these; `me` and `nobody` work too",
            "`/task priority T-12 high`, or `none`",
            "A checklist is in the form, one step per line; the card ticks its steps.",
            "`/task snooze T-12 2h`, `tomorrow`, `monday 9:00`, `off`",
            "`/task tag T-12 #a -#b` — adds one, takes one off",
            "`/task delete T-12`, `/task restore T-12`, `/task undo`",
        ),
    ),
    "dates": (
        "Dates",
        (
            "`/task due T-12 friday 5pm`, `27 Nov`, `2026-11-27 17:00`, `in 3 days`, `none`",
            "Read in your own time zone, shown in full; when one is in doubt, you are asked.",
        ),
    ),
    "sync": (
        "Notion",
        (
            "`/task sync status` — how far behind the Notion database is",
            "`/task sync conflicts`, `/task sync aside` — what somebody has to look at",
            "`/task sync retry T-12` — try one task again",
            "`/task sync announce #channel` — tell a channel of rows made in Notion; `off`",
            "`/task connect` — choose the database, and which column holds what (admins)",
            "`/task settings` — let replies under a task and comments in Notion follow each other",
        ),
    ),
}
ALIASES = {
    "shortcut": "capture",
    "shortcuts": "capture",
    "reaction": "capture",
    "mention": "capture",
    "due": "dates",
    "date": "dates",
    "assign": "change",
    "edit": "change",
    "done": "change",
    "undo": "change",
    "tag": "change",
    "priority": "change",
    "snooze": "change",
    "checklist": "change",
    "steps": "change",
    "claim": "change",
    "accept": "change",
    "decline": "change",
    "bulk": "list",
    "select": "list",
    "delete": "change",
    "restore": "change",
    "reopen": "change",
    "show": "list",
    "history": "list",
    "search": "list",
    "notion": "sync",
    "settings": "sync",
    "connect": "sync",
    "comments": "sync",
}


def help_on(topic: str) -> Message:
    """Return help on one topic, or the overview where there is no such."""
    name = topic.strip().casefold()
    return _PAGES.get(ALIASES.get(name, name), _OVERVIEW)


def short() -> Lines:
    """Return the few things to start with."""
    return Lines(
        (
            code("`/task add Book the venue @maria due friday` adds a task, `/task add` a form."),
            code("`/task done T-12`, `/task list all`, `/task help` for everything else."),
        )
    )


def _section(title: str, lines: tuple[str, ...]) -> Lines:
    head: Line = (Text(title, bold=True),)
    return Lines((head, *(code(line) for line in lines)))


MORE = Small(f"/task help [{' | '.join(_TOPICS)}] · T-12 may be typed 12, t12 or #12.")

_PAGES = {name: always(message(_section(*topic), MORE)) for name, topic in _TOPICS.items()}
_PAGES |= {name: always(message(Lines((code(said),)), MORE)) for name, said in NOT_YET.items()}
_OVERVIEW = always(message(*(_section(*topic) for topic in _TOPICS.values()), MORE))
