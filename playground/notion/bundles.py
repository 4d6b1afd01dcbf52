"""Aggregation: what happened to one object within a short while becomes as few events as it can.

Documented: all types but comments and locks are bundled, and a page made and deleted in one go
may give no event at all.
"""

from collections.abc import Iterable
from dataclasses import replace

from playground.notion.changes import Change, ColumnChange

# Told at once, one by one.
_SINGLE = frozenset({"locked", "unlocked"})
_OPPOSITES = {"deleted": "undeleted", "undeleted": "deleted"}


def is_single(change: Change) -> bool:
    """Tell whether a change is an event of its own, never bundled."""
    return change.kind == "comment" or change.verb in _SINGLE


def bundled(changes: Iterable[Change]) -> list[Change]:
    """Return what is left to tell of one object's changes, in order of the first of each kind."""
    left: dict[str, Change] = {}
    for change in changes:
        opposite = _OPPOSITES.get(change.verb)
        if change.verb == "deleted" and "created" in left:
            left.clear()
        elif opposite in left:
            del left[str(opposite)]
        elif change.verb == "deleted":
            left = {"deleted": _joined(*left.values(), change)}
        elif "created" in left:
            left["created"] = _joined(left["created"], change, keep="created")
        else:
            known = left.get(change.verb)
            left[change.verb] = change if known is None else _joined(known, change)
    return [change for change in left.values() if not _is_void(change)]


def _joined(*changes: Change, keep: str | None = None) -> Change:
    """Return one change for several: the last of them, with all authors and all that changed."""
    last = changes[-1]
    verb = keep or last.verb
    alike = [change for change in changes if change.verb == verb]
    return replace(
        last,
        verb=verb,
        authors=_once(author for change in changes for author in change.authors),
        properties=_once(each for change in alike for each in change.properties),
        blocks=_once(each for change in alike for each in change.blocks),
        columns=_columns(each for change in alike for each in change.columns),
        of_title_only=all(change.of_title_only for change in alike),
    )


def _once(items: Iterable) -> tuple:  # type: ignore[type-arg]  # any hashable, kept as it is
    return tuple(dict.fromkeys(items))


def _columns(changes: Iterable[ColumnChange]) -> tuple[ColumnChange, ...]:
    """Return the last word on each column; one that came and went is not spoken of."""
    last: dict[str, ColumnChange] = {}
    for change in changes:
        known = last.get(change.id)
        if known is None or known.action != "created":
            last[change.id] = change
        elif change.action == "deleted":
            del last[change.id]
        else:
            last[change.id] = replace(change, action="created")
    return tuple(last.values())


def _is_void(change: Change) -> bool:
    return change.verb == "schema_updated" and not change.columns
