from datetime import UTC, datetime
from typing import Any

import pytest

from playground.notion.errors import Refusal
from playground.notion.formula_syntax import parse, references_in, written
from playground.notion.formula_types import check, type_of
from playground.notion.formula_values import Formula
from playground.notion.times import Moment, parse_moment

NOW = datetime(2026, 6, 27, 16, 58, 40, tzinfo=UTC)


def value(expression: str, **values: Any) -> Any:  # noqa: ANN401 - a formula yields anything
    return Formula(values=values.get, now=NOW).value(parse(expression))


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ('50000 + f(prop("A"), "y")*1000', '50000 + (f(<A>, "y") * 1000)'),
        ('prop("A") + "!"', '<A> + "!"'),
        ("((1 + 2)) + 3", "(1 + 2) + 3"),
        ("-1", "-1"),
        ("if((1 == 2), (3), 4)", "if(1 == 2, 3, 4)"),
        ("1 - 2 % 3", "1 - (2 % 3)"),
    ],
)
def test_notion_writes_a_formula_with_parentheses_around_inner_operations(
    expression: str, shown: str
) -> None:
    assert written(parse(expression), {"A": "<A>"}) == shown


@pytest.mark.parametrize("broken", ["1 +", "if(1, 2", '"open', "prop(1)", "1 2", ")", "§"])
def test_what_cannot_be_read_is_refused(broken: str) -> None:
    with pytest.raises(Refusal):
        parse(broken)


def test_an_unknown_function_is_refused() -> None:
    with pytest.raises(Refusal, match="Undefined function"):
        check(parse("1 + nothing(2)"))


@pytest.mark.parametrize("wrong", ["now(1)", "if(true, 1)", "floor()", "dateAdd(now(), 1)"])
def test_a_function_with_the_wrong_arguments_is_refused(wrong: str) -> None:
    with pytest.raises(Refusal, match="wrong arguments"):
        check(parse(wrong))


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("1 + 2 * 3", 7),
        ("7 % 4", 3),
        ("-7 % 4", -3),
        ("2 ^ 3", 8),
        ("1 / 0", None),
        ('"a" + 1', "a1"),
        ("1 < 2 and not (2 < 1)", True),
        ("1 == 2 or 2 != 3", True),
        ('if(empty(""), "yes", "no")', "yes"),
        ('toNumber("2.5")', 2.5),
        ('toNumber("")', None),
        ("floor(abs(-2.5))", 2),
        ('formatDate(now(), "YWD")', "20262627"),
        ("hour(now())", 16),
        ('contains("Apple", "pp")', True),
        ('length(format(12) + "w")', 3),
    ],
)
def test_formulas_compute(expression: str, result: object) -> None:
    assert value(expression) == result


def test_days_between_are_cut_towards_zero_with_now_cut_to_the_minute() -> None:
    due = parse_moment("2026-07-21T18:58:00.000+02:00")
    assert value('dateBetween(prop("Due"), now(), "days")', Due=due) == 24
    past = parse_moment("2026-06-22T18:58:00.000+02:00")
    assert value('dateBetween(prop("Due"), now(), "days")', Due=past) == -5
    assert value('dateBetween(prop("Due"), now(), "months")', Due=due) == 0


def test_a_date_shifted_stays_a_date() -> None:
    day = parse_moment("2026-01-31")
    shifted = value('dateAdd(prop("Day"), 1, "months")', Day=day)
    assert shifted == Moment(day=parse_moment("2026-02-28").day, instant=None)
    assert value('dateSubtract(prop("Day"), 1, "days")', Day=day).day.isoformat() == "2026-01-30"


def test_the_branch_not_taken_is_not_computed() -> None:
    assert value('if(true, "kept", fromTimestamp(toNumber("")))') == "kept"


def test_the_type_of_an_empty_result_is_known() -> None:
    kinds = {"Due": "date", "Points": "number", "Name": "title"}
    expected = {
        'if(true, prop("Due"), prop("Due"))': "date",
        'prop("Points") * 2': "number",
        'prop("Points") + 1': "number",
        'prop("Name") + "!"': "string",
        'empty(prop("Due"))': "boolean",
    }
    assert {text: type_of(parse(text), kinds) for text in expected} == expected


def test_a_formula_names_its_properties_by_name_or_reference() -> None:
    text = 'prop("A") + {{notion:block_property:b%3Ac:ds:space}}'
    assert references_in(parse(text)) == {"A", "b%3Ac"}
