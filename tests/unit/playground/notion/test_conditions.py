from typing import Any

import pytest

from playground.notion.conditions import CHECKBOX, CHOICE, MEMBERSHIP, NUMBER, TEXT
from playground.notion.errors import Refusal


@pytest.mark.parametrize(
    ("name", "argument", "matching", "others"),
    [
        ("equals", "John Doe", ["John Doe", "john doe"], ["John", "", None]),
        ("does_not_equal", "John", ["Jane", "", None], ["John", "JOHN"]),
        ("contains", "Doe", ["john.doe@gmail.com"], ["John", "", None]),
        ("does_not_contain", "Doe", ["John", "", None], ["Jane Doe"]),
        ("starts_with", "jo", ["John"], ["Banjo", None]),
        ("ends_with", "doe", ["Jane Doe"], ["Doe, Jane", None]),
        ("is_empty", True, ["", None], ["x"]),
        ("is_not_empty", True, ["x"], ["", None]),
    ],
)
def test_text_ignores_case_and_its_negations_take_empty_rows(
    name: str, argument: object, matching: list[str | None], others: list[str | None]
) -> None:
    test = TEXT[name](argument, "filter")
    assert all(test(value) for value in matching)
    assert not any(test(value) for value in others)


@pytest.mark.parametrize(
    ("name", "matching", "others"),
    [
        ("equals", [2], [1, None]),
        ("does_not_equal", [1, None], [2]),
        ("greater_than", [3], [2, None]),
        ("greater_than_or_equal_to", [2, 3], [1, None]),
        ("less_than", [1], [2, None]),
        ("less_than_or_equal_to", [1, 2], [3, None]),
    ],
)
def test_comparing_numbers_leaves_empty_rows_out_except_for_inequality(
    name: str, matching: list[float | None], others: list[float | None]
) -> None:
    test = NUMBER[name](2, "filter")
    assert all(test(value) for value in matching)
    assert not any(test(value) for value in others)


def test_zero_is_not_empty() -> None:
    assert NUMBER["is_not_empty"](True, "filter")(0)  # noqa: FBT003 - as the API spells it


def test_an_empty_checkbox_is_unchecked() -> None:
    assert CHECKBOX["equals"](False, "filter")(None)  # noqa: FBT003 - as the API spells it
    assert CHECKBOX["does_not_equal"](True, "filter")(None)  # noqa: FBT003 - as the API spells it


def test_a_choice_is_compared_with_one_or_several_names() -> None:
    done = ["id-1", "Done", "Complete"]
    assert CHOICE["equals"]("Done", "filter")(done)
    assert CHOICE["equals"](["Backlog", "Complete"], "filter")(done)
    assert not CHOICE["does_not_equal"]("Done", "filter")(done)
    assert CHOICE["does_not_equal"]("Done", "filter")([])


def test_not_containing_takes_empty_rows() -> None:
    assert MEMBERSHIP["does_not_contain"]("a", "filter")([])
    assert not MEMBERSHIP["contains"]("a", "filter")([])


@pytest.mark.parametrize(
    ("family", "name", "argument"),
    [
        (TEXT, "equals", 1),
        (TEXT, "is_empty", False),
        (NUMBER, "equals", "1"),
        (NUMBER, "equals", True),
        (CHECKBOX, "equals", "true"),
        (MEMBERSHIP, "contains", None),
    ],
)
def test_an_argument_of_another_type_is_refused(
    family: dict[str, Any], name: str, argument: object
) -> None:
    with pytest.raises(Refusal) as refused:
        family[name](argument, "body.filter.x")
    assert (refused.value.status, refused.value.code) == (400, "validation_error")
    assert "body.filter.x" in refused.value.message
