"""Every error is one sentence that says what to do next."""

import inspect
import re

import pytest

from handlers.slack import troubles
from handlers.slack.explain import sentence
from tasks import errors
from tasks.model import Due, Field
from tasks.permissions import Asker, Right, Standing, why_not
from tests.unit.handlers.slack.builders import NOW, task

EXAMPLES: dict[type[Exception], Exception] = {
    errors.NoSuchTask: errors.NoSuchTask(9),
    errors.CannotTell: errors.CannotTell(9),
    errors.NotAllowed: errors.NotAllowed(
        task(), why_not(Asker(person="U9", standing=Standing.MEMBER), task(), Right.DELETE)
    ),
    errors.TaskIsDeleted: errors.TaskIsDeleted(task()),
    errors.NotAssigned: errors.NotAssigned(task()),
    errors.AlreadyTaken: errors.AlreadyTaken(task(assignees=("U1",))),
    errors.AlreadyAdded: errors.AlreadyAdded(task()),
    errors.Refused: errors.Refused(Field.TITLE, "A task needs a title."),
    errors.EditClash: errors.EditClash(task(), ()),
    errors.StaleRevision: errors.StaleRevision(task()),
    errors.BrokenCursor: errors.BrokenCursor(),
    errors.KeyReused: errors.KeyReused(),
    errors.NothingToUndo: errors.NothingToUndo(),
    errors.OvertakenSince: errors.OvertakenSince(task()),
    errors.DateInDoubt: errors.DateInDoubt("9/12", ("a", "b")),
    errors.NotADate: errors.NotADate("xyzzy"),
    errors.NotSaved: errors.NotSaved(),
    errors.OutcomeUnknown: errors.OutcomeUnknown(),
    troubles.NotRead: troubles.NotRead(),
    troubles.Busy: troubles.Busy(),
    troubles.HeldUp: troubles.HeldUp(),
    troubles.Usage: troubles.Usage("Say which: `/task done T-12`."),
    troubles.UnknownWord: troubles.UnknownWord("lst", ("list",)),
    troubles.UnknownPeople: troubles.UnknownPeople(("zorro",)),
    troubles.InThePast: troubles.InThePast(Due.on(NOW.date())),
    troubles.FormTooLate: troubles.FormTooLate(expired=True),
}
NEVER_SHOWN = {
    errors.TaskError,
    errors.StoreError,
    errors.OutOfReach,
    errors.PartOfBulk,
    errors.LeaseLost,
    errors.LeaseHeld,
    troubles.Trouble,
}
_SAYS_WHAT_TO_DO = re.compile(r"type |/task |again|write it|add anyway|press", re.IGNORECASE)


def all_errors() -> set[type[Exception]]:
    return {
        found
        for module in (errors, troubles)
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, Exception) and found.__module__ == module.__name__
    }


def test_every_error_has_an_example_here() -> None:
    assert all_errors() - NEVER_SHOWN == set(EXAMPLES)


@pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: kind.__name__)
def test_an_error_says_what_to_do_next(kind: type[Exception]) -> None:
    said = sentence(EXAMPLES[kind])
    assert said[-1] in ".?"
    assert not re.search(r"[.?!] [A-Z]", said)
    assert "`" not in said
    assert _SAYS_WHAT_TO_DO.search(said)


def test_the_unforeseen_names_the_request() -> None:
    said = sentence(ZeroDivisionError("secret"), request_id="abc123")
    assert "(request abc123)" in said
    assert "secret" not in said
