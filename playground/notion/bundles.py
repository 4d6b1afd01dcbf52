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
    left: dict[str, list[Change]] = {}
    for change in changes:
        opposite = _OPPOSITES.get(change.verb)
        if change.verb == "deleted" and "created" in left:
            left.clear()
        elif opposite in left:
            del left[str(opposite)]
        elif change.verb == "deleted":
            left = {"deleted": [each for many in left.values() for each in many] + [change]}
        else:
            left.setdefault("created" if "created" in left else change.verb, []).append(change)
    joined = (_joined(verb, together) for verb, together in left.items())
    return [change for change in joined if not _is_void(change)]


def _joined(verb: str, changes: list[Change]) -> Change:
    """Return one change for several: the last of them, with all authors and all that changed."""
    alike = [change for change in changes if change.verb == verb]
    return replace(
        changes[-1],
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
