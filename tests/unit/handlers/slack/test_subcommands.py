"""What is known of a line before anything is done."""

import pytest

from handlers.slack.subcommands import saves_nothing


@pytest.mark.parametrize(
    "line",
    [
        "",
        "  ",
        "list",
        "LS overdue",
        "show T-1",
        "t12",
        "#3",
        "history 1",
        "search a",
        "? add",
        "add",
        "new ",
        "edit 4",
        "sync",
        "sync Status",
        "sync conflicts",
        "export csv",
    ],
)
def test_a_line_that_shows_something_or_opens_a_form_saves_nothing(line: str) -> None:
    assert saves_nothing(line)


@pytest.mark.parametrize(
    "line",
    [
        "add Buy milk",
        "new list",
        "done 4",
        "complete 4",
        "undo",
        "sync retry 4",
        "sync announce #general",
        "lists of wishes",
        "12 eggs",
        "delete 4",
    ],
)
def test_all_others_may_save(line: str) -> None:
    assert not saves_nothing(line)
