"""Filters: a request's filter becomes one test of a row, refused where Notion refuses it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias

from playground.notion.checks import a_list, a_string, an_object, mismatch
from playground.notion.columns import find_column
from playground.notion.conditions import (
    CHECKBOX,
    CHOICE,
    EMPTINESS,
    MEMBERSHIP,
    NUMBER,
    TEXT,
    Condition,
    Test,
)
from playground.notion.date_conditions import date_conditions
from playground.notion.errors import validation_error
from playground.notion.json_types import JsonObject
from playground.notion.options import options_of
from playground.notion.reading import TEXT_TYPES, Reader, moment_of, read_rendered
from playground.notion.state import Column, Page
from playground.notion.times import Moment, floored

RowTest: TypeAlias = Callable[[Page], bool]
_DEEPEST = 2
_MOST_CONDITIONS = 100
_TIMESTAMPS = ("created_time", "last_edited_time")
_FORMULA_KINDS = {"string": "string", "number": "number", "checkbox": "boolean", "date": "date"}


class Filters:
    """Compiles filters against one table's schema, at one moment."""

    def __init__(self, reader: Reader, now: datetime) -> None:
        self._reader = reader
        dates = date_conditions(now)
        self._families: dict[str, dict[str, Condition]] = {
            **dict.fromkeys(TEXT_TYPES, TEXT),
            "number": NUMBER,
            "unique_id": NUMBER,
            "checkbox": CHECKBOX,
            "select": CHOICE,
            "status": CHOICE,
            "multi_select": MEMBERSHIP,
            "relation": MEMBERSHIP,
            "people": MEMBERSHIP,
            "created_by": MEMBERSHIP,
            "last_edited_by": MEMBERSHIP,
            "files": EMPTINESS,
            "date": dates,
            "created_time": dates,
            "last_edited_time": dates,
        }

    def compile(self, value: object, path: str = "body.filter", depth: int = 0) -> RowTest:
        """Return the test of a row; 400 for what does not fit the schema."""
        given = an_object(value, path)
        for word, combine in (("and", all), ("or", any)):
            if word in given:
                tests = self._nested(given[word], f"{path}.{word}", depth)
                return _combined(combine, tests)
        if "timestamp" in given:
            return self._timestamp(given, path)
        return self._property(given, path)

    def _nested(self, value: object, path: str, depth: int) -> list[RowTest]:
        if depth >= _DEEPEST:
            raise validation_error(f"{path}: filters may be nested two levels deep.")
        items = a_list(value, path, most=_MOST_CONDITIONS)
        return [self.compile(item, f"{path}[{n}]", depth + 1) for n, item in enumerate(items)]

    def _timestamp(self, given: JsonObject, path: str) -> RowTest:
        if "property" in given:
            raise mismatch(f"{path}.property", "not present", given["property"])
        name = given["timestamp"]
        if name not in _TIMESTAMPS:
            raise mismatch(f"{path}.timestamp", "a timestamp", name)
        test = self._condition(name, given.get(name), f"{path}.{name}")

        def row_test(page: Page) -> bool:
            trace = page.trace
            instant = floored(trace.created_at if name == "created_time" else trace.edited_at)
            return test(Moment(day=instant.date(), instant=instant))

        return row_test

    def _property(self, given: JsonObject, path: str) -> RowTest:
        key = a_string(given.get("property"), f"{path}.property")
        column = find_column(self._reader.columns, key)
        if column is None:
            raise validation_error(f"Could not find property with name or id: {key}")
        kinds = [name for name in given if name not in ("property", "type")]
        if len(kinds) != 1:
            raise mismatch(path, "one condition", given)
        kind = kinds[0]
        if kind not in _accepted(column):
            raise validation_error(f"database property {column.type} does not match filter {kind}")
        inside = f"{path}.{kind}"
        if column.type == "formula":
            return self._formula(column, given[kind], inside)
        if column.type == "rollup":
            return self._rollup(column, given[kind], inside)
        _known_options(column, given[kind])
        test = self._condition(column.type, given[kind], inside)
        return lambda page: test(self._reader.read(page, column))

    def _condition(self, kind: str, value: object, path: str) -> Test:
        given = an_object(value, path)
        family = self._families.get(kind)
        if family is None:
            raise validation_error(f"{path}: a {kind} property cannot be filtered.")
        if len(given) != 1:
            raise mismatch(path, "one condition", given)
        name, argument = next(iter(given.items()))
        condition = family.get(name)
        if condition is None:
            raise mismatch(f"{path}.{name}", "not present", argument)
        return condition(argument, f"{path}.{name}")

    def _formula(self, column: Column, value: object, path: str) -> RowTest:
        kind, inner = _only(value, path)
        if kind not in _FORMULA_KINDS:
            raise mismatch(f"{path}.{kind}", "not present", inner)
        family = "rich_text" if kind == "string" else kind
        test = self._condition(family, inner, f"{path}.{kind}")
        shown = _FORMULA_KINDS[kind]

        def row_test(page: Page) -> bool:
            result = self._reader.read(page, column)
            if result["type"] != shown:
                return False
            return test(read_rendered(kind, result[shown]))

        return row_test

    def _rollup(self, column: Column, value: object, path: str) -> RowTest:
        quantifier, inner = _only(value, path)
        if quantifier in ("number", "date"):
            return self._rolled_value(column, quantifier, inner, path)
        if quantifier not in ("any", "every", "none"):
            raise mismatch(f"{path}.{quantifier}", "not present", inner)
        kind, condition = _only(inner, f"{path}.{quantifier}")
        test = self._condition(kind, condition, f"{path}.{quantifier}.{kind}")

        def row_test(page: Page) -> bool:
            array = self._reader.read(page, column).get("array", [])
            hits = [test(read_rendered(item["type"], item[item["type"]])) for item in array]
            if quantifier == "any":
                return any(hits)
            # Recorded: `every` leaves out rows without relations, `none` takes them.
            return bool(hits) and all(hits) if quantifier == "every" else not any(hits)

        return row_test

    def _rolled_value(self, column: Column, kind: str, inner: object, path: str) -> RowTest:
        test = self._condition(kind, inner, f"{path}.{kind}")

        def row_test(page: Page) -> bool:
            result = self._reader.read(page, column)
            if result["type"] != kind:
                return False
            return test(moment_of(result["date"]) if kind == "date" else result["number"])

        return row_test


def _combined(combine: Callable[[Any], bool], tests: list[RowTest]) -> RowTest:
    return lambda page: combine(test(page) for test in tests)


def _only(value: object, path: str) -> tuple[str, object]:
    given = an_object(value, path)
    if len(given) != 1:
        raise mismatch(path, "one condition", given)
    return next(iter(given.items()))


def _accepted(column: Column) -> frozenset[str]:
    if column.type in TEXT_TYPES:
        return frozenset({column.type, "rich_text"})
    if column.type in _TIMESTAMPS:
        return frozenset({column.type, "date"})
    if column.type in ("created_by", "last_edited_by"):
        return frozenset({column.type, "people"})
    return frozenset({column.type})


def _known_options(column: Column, condition: object) -> None:
    """Refuse an option that does not exist: a filter by it can never mean what was meant."""
    if column.type not in ("select", "multi_select", "status") or not isinstance(condition, dict):
        return
    names = {word for option in options_of(column) for word in (option["id"], option["name"])}
    names |= {group["name"] for group in column.config.get("groups", [])}
    for argument in condition.values():
        for word in argument if isinstance(argument, list) else [argument]:
            if isinstance(word, str) and word not in names:
                raise validation_error(
                    f'{column.type} option "{word}" not found for property "{column.name}".'
                )
