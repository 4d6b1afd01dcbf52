"""Which tasks a list is about: `mine|all|here|@user|#tag|overdue|today|week|… words`; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from handlers.slack.blocks.parts import Inline, Person, Text
from handlers.slack.troubles import UnknownPeople, Usage
from tasks.commands import TaskFilter
from tasks.model import PersonId
from tasks.quick_add import Mention

WEEK_DAYS = 7
ONE_SORT = (
    "`sort:newest` goes with `mine`, `@person` and `unassigned` alone: other lists have one order."
)
_SPANS = {"overdue": "overdue", "late": "overdue", "today": "today", "week": "week"}
_SORTS = {"sort:due": False, "sort:newest": True}
_SCOPES = ("mine", "me", "all", "here", "unassigned", "done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A list, as a filter and in words; `span` is still to be laid over the sender's day."""

    filter: TaskFilter
    title: tuple[Inline, ...]
    span: str | None = None

    def over(self, now: datetime) -> Asked:
        """Lay the span over the day of somebody whose clock shows `now`."""
        if self.span is None:
            return self
        start = datetime.combine(now.date(), time(), now.tzinfo).astimezone(UTC)
        days = 1 if self.span == "today" else WEEK_DAYS
        end = datetime.combine(now.date() + timedelta(days), time(), now.tzinfo).astimezone(UTC)
        bounds = (
            {"due_before": now.astimezone(UTC), "days_before": start}
            if self.span == "overdue"
            else {"due_from": start, "due_before": end, "days_before": end}
        )
        return replace(self, filter=replace(self.filter, **bounds))  # type: ignore[arg-type]  # names of TaskFilter


def read(words: Iterable[str | Mention], *, user: PersonId, channel: str | None) -> Asked:
    """Read what follows `list`. UnknownPeople, Usage."""
    scopes: dict[str, None] = {}
    person: PersonId | None = None
    tag: str | None = None
    span: str | None = None
    search: list[str] = []
    newest = False
    for word in words:
        bare = "" if isinstance(word, Mention) else word.strip(",").casefold()
        if isinstance(word, Mention):
            person = _only(person, word.person, "person")
        elif bare in _SPANS:
            span = _only(span, _SPANS[bare], "of `overdue`, `today` and `week`")
        elif bare.startswith("sort:"):
            newest = _is_newest(bare)
        elif bare in _SCOPES:
            scopes[bare] = None
        elif bare.startswith("#") and len(bare) > 1:
            tag = _only(tag, bare[1:], "tag")
        elif bare.startswith("@") and len(bare) > 1:
            raise UnknownPeople((bare[1:],))
        else:
            search.append(word)
    if "here" in scopes and channel is None:
        raise Usage("Type `/task list here` in a channel, or `/task list all`.")
    everyone = bool(scopes.keys() & {"all", "here", "unassigned"} or tag or search)
    owner = person or (user if "mine" in scopes or "me" in scopes or not everyone else None)
    found = TaskFilter(
        done="done" in scopes,
        owner=owner,
        unassigned="unassigned" in scopes,
        channel=channel if "here" in scopes else None,
        tag=tag,
        words=tuple(search),
        is_newest_first=newest,
    )
    if newest:
        _check_sort(found, span)
    return Asked(filter=found, title=_title(found, span, user), span=span)


def _is_newest(word: str) -> bool:
    if word not in _SORTS:
        raise Usage("Type `sort:due` or `sort:newest`: open tasks have no other order.")
    return _SORTS[word]


def _check_sort(asked: TaskFilter, span: str | None) -> None:
    """Raise Usage where no index has the newest of a list first."""
    others = asked.done or asked.tag or asked.words or asked.channel or span
    if others or not (asked.owner or asked.unassigned):
        raise Usage(ONE_SORT)


def _only(before: str | None, now: str, what: str) -> str:
    if before not in (None, now):
        raise Usage(f"A list takes one {what}: `/task help list` shows what goes together.")
    return now


def _title(asked: TaskFilter, span: str | None, user: PersonId) -> tuple[Inline, ...]:
    state = "done" if asked.done else "open"
    whose: tuple[Inline, ...]
    if asked.owner == user:
        whose = (f"Your {state} tasks",)
    elif asked.owner is not None:
        whose = (f"{state.capitalize()} tasks of ", Person(asked.owner))
    else:
        whose = (f"{'All' if not asked.unassigned else 'Unassigned'} {state} tasks",)
    if asked.unassigned and asked.owner is not None:
        whose = (*whose, ", unassigned")
    spans = {"overdue": ", overdue", "today": ", due today", "week": ", due within 7 days"}
    rest: list[Inline] = [spans[span]] if span else []
    if asked.is_newest_first:
        rest.append(", newest first")
    if asked.channel:
        rest.append(" of this channel")
    if asked.tag:
        rest += [" with ", Text(f"#{asked.tag}")]
    if asked.words:
        rest += [" about ", Text(f"“{' '.join(asked.words)[:100]}”")]
    return (*whose, *rest)
