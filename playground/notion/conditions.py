"""Filter conditions on plain values, as recorded: what empty rows do, whether case counts.

Each family is a table from the operator's name to a function that reads its argument once and
returns the test of a value.
"""

import operator
from collections.abc import Callable
from typing import Any, TypeAlias

from playground.notion.checks import a_boolean, a_number, a_string, mismatch

Test: TypeAlias = Callable[[Any], bool]
Condition: TypeAlias = Callable[[object, str], Test]


def _truth(argument: object, path: str) -> None:
    if argument is not True:
        raise mismatch(path, "`true`", argument)


def is_empty(argument: object, path: str) -> Test:
    """Match what holds nothing."""
    _truth(argument, path)
    return lambda value: value is None or value in ("", [])


def is_not_empty(argument: object, path: str) -> Test:
    """Match what holds something."""
    _truth(argument, path)
    return lambda value: value is not None and value not in ("", [])


EMPTINESS: dict[str, Condition] = {"is_empty": is_empty, "is_not_empty": is_not_empty}


def _texts(compare: Callable[[str, str], bool], *, negated: bool = False) -> Condition:
    # Recorded for `contains` and `starts_with`: letter case does not count.
    def condition(argument: object, path: str) -> Test:
        wanted = a_string(argument, path).casefold()
        return lambda value: compare((value or "").casefold(), wanted) is not negated

    return condition


TEXT: dict[str, Condition] = {
    **EMPTINESS,
    "equals": _texts(operator.eq),
    "does_not_equal": _texts(operator.eq, negated=True),
    "contains": _texts(lambda value, wanted: wanted in value),
    "does_not_contain": _texts(lambda value, wanted: wanted in value, negated=True),
    "starts_with": _texts(str.startswith),
    "ends_with": _texts(str.endswith),
}


def _numbers(compare: Callable[[float, float], bool], *, empty: bool = False) -> Condition:
    def condition(argument: object, path: str) -> Test:
        wanted = a_number(argument, path)
        return lambda value: empty if value is None else compare(value, wanted)

    return condition


NUMBER: dict[str, Condition] = {
    **EMPTINESS,
    "equals": _numbers(operator.eq),
    "does_not_equal": _numbers(operator.ne, empty=True),
    "greater_than": _numbers(operator.gt),
    "greater_than_or_equal_to": _numbers(operator.ge),
    "less_than": _numbers(operator.lt),
    "less_than_or_equal_to": _numbers(operator.le),
}


def _checkboxes(compare: Callable[[bool, bool], bool]) -> Condition:
    def condition(argument: object, path: str) -> Test:
        wanted = a_boolean(argument, path)
        return lambda value: compare(bool(value), wanted)

    return condition


CHECKBOX: dict[str, Condition] = {
    "equals": _checkboxes(operator.eq),
    "does_not_equal": _checkboxes(operator.ne),
}


def _among(argument: object, path: str) -> list[str]:
    items = argument if isinstance(argument, list) else [argument]
    return [a_string(item, path) for item in items]


def _members(*, negated: bool) -> Condition:
    def condition(argument: object, path: str) -> Test:
        wanted = _among(argument, path)
        return lambda value: any(one in wanted for one in value or []) is not negated

    return condition


# Values are lists of words: names and ids of options, ids of people and pages.
MEMBERSHIP: dict[str, Condition] = {
    **EMPTINESS,
    "contains": _members(negated=False),
    "does_not_contain": _members(negated=True),
}
CHOICE: dict[str, Condition] = {
    **EMPTINESS,
    "equals": _members(negated=False),
    "does_not_equal": _members(negated=True),
}
