import pytest

from notion_sync.wire import dashed_id

ID = "38c9ce7b-60a4-813a-ab0d-f91eb1116b14"
BARE = ID.replace("-", "")


@pytest.mark.parametrize(
    "text",
    [
        ID,
        BARE,
        f"  {BARE.upper()} ",
        f"https://www.notion.so/acme/Team-tasks-{BARE}?v=00000000000000000000000000000000&pvs=4",
        f"https://www.notion.so/{BARE}#ffffffffffffffffffffffffffffffff",
        f"https://app.notion.com/p/acme/Tasks-2026-{BARE}",
    ],
    ids=range(6),
)
def test_an_id_is_found_in_whatever_people_copy(text: str) -> None:
    assert dashed_id(text) == ID


@pytest.mark.parametrize("text", ["", "Tasks", "https://www.notion.so/acme", BARE[:-1]])
def test_what_holds_no_id_is_not_one(text: str) -> None:
    assert dashed_id(text) is None
