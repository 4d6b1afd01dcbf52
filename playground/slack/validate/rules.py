"""The small words that Block Kit's rules are written in.

A rule looks at one value and reports what Slack would say of it, with a JSON pointer.
Lengths are counted in Unicode code points, as Slack does.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any


class Report:
    """Collects problems as `must be … [json-pointer:/blocks/0]`."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def say(self, pointer: str, problem: str) -> None:
        """Keep one problem."""
        self.problems.append(f"{problem} [json-pointer:{pointer}]")


Rule = Callable[[Report, str, Any], None]
Fields = Mapping[str, Rule]


def boolean(report: Report, pointer: str, value: object) -> None:
    """Accept true and false."""
    if not isinstance(value, bool):
        report.say(pointer, "must be a boolean")


def string(*, at_most: int | None = None, at_least: int = 0) -> Rule:
    """Accept a string of that many code points."""

    def check(report: Report, pointer: str, value: object) -> None:
        if not isinstance(value, str):
            report.say(pointer, "must be a string")
            return
        if at_most is not None and len(value) > at_most:
            report.say(pointer, f"must be less than {at_most + 1} characters")
        if len(value) < at_least:
            report.say(pointer, f"must be more than {at_least - 1} characters")

    return check


def matching(accepts: Callable[[str], bool], expected: str) -> Rule:
    """Accept a string that the function takes."""

    def check(report: Report, pointer: str, value: object) -> None:
        if not (isinstance(value, str) and accepts(value)):
            report.say(pointer, f"must be {expected}")

    return check


def one_of(*allowed: object) -> Rule:
    """Accept one of the values."""

    def check(report: Report, pointer: str, value: object) -> None:
        if value not in allowed:
            report.say(pointer, f"must be one of: {', '.join(map(str, allowed))}")

    return check


def number(
    *, at_least: float | None = None, at_most: float | None = None, whole: bool = True
) -> Rule:
    """Accept a number in the range, bounds included."""
    kinds = (int,) if whole else (int, float)

    def check(report: Report, pointer: str, value: Any) -> None:  # noqa: ANN401 - any JSON value
        if isinstance(value, bool) or not isinstance(value, kinds):
            report.say(pointer, "must be an integer" if whole else "must be a number")
        elif at_least is not None and value < at_least:
            report.say(pointer, f"must be greater than or equal to {at_least}")
        elif at_most is not None and value > at_most:
            report.say(pointer, f"must be less than or equal to {at_most}")

    return check


def array(rule: Rule, *, at_least: int = 0, at_most: int | None = None) -> Rule:
    """Accept a list of that many items, each by the rule."""

    def check(report: Report, pointer: str, value: object) -> None:
        if not isinstance(value, list):
            report.say(pointer, "must be an array")
            return
        if at_most is not None and len(value) > at_most:
            report.say(pointer, f"no more than {at_most} items allowed")
        if len(value) < at_least:
            report.say(pointer, f"no fewer than {at_least} items allowed")
        for index, item in enumerate(value):
            rule(report, f"{pointer}/{index}", item)

    return check


def record(fields: Fields, *, required: Collection[str] = (), also: Rule | None = None) -> Rule:
    """Accept an object of these fields and no other; `also` judges the whole once each is good."""

    def check(report: Report, pointer: str, value: object) -> None:
        if not isinstance(value, dict):
            report.say(pointer, "must be an object")
            return
        before = len(report.problems)
        for name in required:
            if name not in value:
                report.say(pointer, f"missing required field: {name}")
        for name, item in value.items():
            if name in fields:
                fields[name](report, f"{pointer}/{name}", item)
            else:
                report.say(pointer, f"invalid additional property: {name}")
        if also is not None and len(report.problems) == before:
            also(report, pointer, value)

    return check


def by_type(rules: Mapping[str, Rule]) -> Rule:
    """Accept an object by the rule its `type` names."""

    def check(report: Report, pointer: str, value: object) -> None:
        if not isinstance(value, dict):
            report.say(pointer, "must be an object")
        elif "type" not in value:
            report.say(pointer, "missing required field: type")
        elif not isinstance(value["type"], str) or value["type"] not in rules:
            report.say(f"{pointer}/type", f"unsupported type: {value['type']}")
        else:
            rules[value["type"]](report, pointer, value)

    return check


def typed(
    fields: Fields | None = None, *, required: Collection[str] = (), also: Rule | None = None
) -> Rule:
    """Accept an object whose `type` has been looked at already."""
    return record({"type": string(), **(fields or {})}, required=required, also=also)


def either(first: str, second: str) -> Rule:
    """Accept an object with exactly one of two fields."""

    def check(report: Report, pointer: str, value: Mapping[str, object]) -> None:
        if first in value and second in value:
            report.say(pointer, f"only one of {first} and {second} is allowed")
        if first not in value and second not in value:
            report.say(pointer, f"missing required field: {first} or {second}")

    return check


def every(*rules: Rule) -> Rule:
    """Accept what all the rules accept."""

    def check(report: Report, pointer: str, value: Any) -> None:  # noqa: ANN401 - any JSON value
        for rule in rules:
            rule(report, pointer, value)

    return check
