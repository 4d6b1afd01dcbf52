"""The steps of a task as boxes to tick, and what a click on one of them says; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from handlers.slack.blocks.parts import Checks
from handlers.slack.ids import Act
from tasks.model import Task

IN_ONE = 10
"""Slack takes no more boxes in one element."""
_BLOCK = "steps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """What somebody ticked in one element; what they took a tick from is known by its marks."""

    number: int
    at: int
    """Of which element of the checklist."""
    done: tuple[str, ...]
    """Steps that were not ticked when it was shown."""
    undone: frozenset[str]
    """Marks of those that were."""
    all_done: tuple[str, ...]
    """All that are ticked now."""


def boxes(task: Task) -> Iterator[Checks]:
    """Yield the elements of a checklist."""
    for at, start in enumerate(range(0, len(task.checklist), IN_ONE)):
        texts = task.checklist[start : start + IN_ONE]
        ticked = tuple(one for one in texts if one in task.ticked)
        marks = ".".join(map(mark, ticked))
        yield Checks(
            action=f"{Act.TICK}:{at}",
            block=f"{_BLOCK}/{task.number}/{at}/{marks}",
            texts=texts,
            ticked=ticked,
        )


def ticked(block: str, picked: tuple[str, ...]) -> Tick | None:
    """Return what a click says against what was shown; None where the block is not ours.

    Two people look at cards of different age: only what this one touched may change.
    """
    kind, number, at, marks = [*block.split("/"), "", "", ""][:4]
    if kind != _BLOCK or not (number.isdecimal() and at.isdecimal()):
        return None
    before = frozenset(filter(None, marks.split(".")))
    return Tick(
        number=int(number),
        at=int(at),
        done=tuple(one for one in picked if mark(one) not in before),
        undone=before - {mark(one) for one in picked},
        all_done=picked,
    )


def taken_back(tick: Tick, task: Task) -> tuple[str, ...]:
    """Return the steps that lost their tick.

    Where the click left all as it was shown, the person was faster than the card: what stands
    ticked in the element by now, and not with them, is what they took back.
    """
    if tick.undone:
        return tuple(one for one in task.ticked if mark(one) in tick.undone)
    own = task.checklist[tick.at * IN_ONE : (tick.at + 1) * IN_ONE]
    return tuple(one for one in own if one in task.ticked and one not in tick.all_done)


def mark(step: str) -> str:
    """Return a few letters that tell a step from the others of its task."""
    return sha256(step.encode()).hexdigest()[:8]
