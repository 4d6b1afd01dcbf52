"""A form whose fields somebody else changed meanwhile: both values, and a choice; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from handlers.slack.blocks import form, words
from handlers.slack.blocks.form import Meta, Values
from handlers.slack.blocks.parts import Json, Line, Lines, Rule, Text, blocks, option
from handlers.slack.ids import Input
from tasks.errors import EditClash
from tasks.merge import Clash
from tasks.model import Field, Task, Value

MINE = "mine"
THEIRS = "theirs"
VALUE_MAX = 800
_CHOICES = ((MINE, "Keep mine, as it stands below"), (THEIRS, "Take what is saved"))


def clashed(error: EditClash, ours: Values, meta: Meta) -> Json:
    """Return the form again, on top of what is saved now; nothing typed is lost."""
    task = error.task
    base = task.at_rev(meta.rev)
    clashes = {clash.field: clash for clash in error.clashes}
    values = {name: _value(name, ours, task, base, clashes) for name in ours}
    for name, value in ours.items():
        if base is None and name not in clashes and value != task.value(name):
            # Who changed it cannot be told any more: let them choose.
            clashes[name] = Clash(field=name, base=None, theirs=task.value(name), ours=value)
            values[name] = value
    kept = {name: value for name, value in values.items() if form.fits(name, value)}
    following = form.at(replace(meta, turn=meta.turn + 1), task, kept)
    return form.filled(
        kept, following, above=[*_intro(task, meta.rev), *_choices(clashes.values(), following)]
    )


def _value(
    name: Field, ours: Values, task: Task, base: Task | None, clashes: Mapping[Field, Clash]
) -> Value:
    touched = name in clashes or base is None or ours[name] != base.value(name)
    return ours[name] if touched else task.value(name)


def choice_block(name: Field, meta: Meta) -> str:
    """Return the block id of the choice about a field."""
    return form.block_id(f"{Input.CHOICE}/{name}", meta)


def _intro(task: Task, rev: int) -> list[Json]:
    people = {change.by.person for change in task.changes if change.rev > rev}
    who = words.people(tuple(sorted(person for person in people if person)))
    by = (" by ", *who) if who else ()
    first = (f"{words.ref(task)} was changed meanwhile", *by, ". Choose, then save again.")
    return blocks((Lines((first,)),))


def _choices(clashes: Iterable[Clash], meta: Meta) -> Iterator[Json]:
    for clash in clashes:
        name = words.FIELD[clash.field]
        both = (
            (f"{name}, saved now: ", *_shown(clash.field, clash.theirs)),
            (f"{name}, yours: ", *_shown(clash.field, clash.ours)),
        )
        yield from blocks((Lines(both),))
        radio = {
            "type": "radio_buttons",
            "options": [option(text, value) for value, text in _CHOICES],
        }
        yield form.input_block(
            Input.CHOICE.value, choice_block(clash.field, meta), f"{name}: which one?", radio
        ) | {"optional": False}
    yield from blocks((Rule(),))


def _shown(name: Field, value: Value) -> Line:
    if isinstance(value, str) and name in (Field.TITLE, Field.NOTES) and value:
        return (Text(words.short(value, VALUE_MAX)),)
    return words.value(name, value)
