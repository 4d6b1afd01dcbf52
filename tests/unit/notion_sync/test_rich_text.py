import pytest
from hypothesis import given
from hypothesis import strategies as st

from notion_sync.rich_text import pieces, split, storable


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(st.text(max_size=9000) | st.text(alphabet="🎉é\ud83c", max_size=9000))
def test_no_piece_is_too_long_none_is_empty_and_nothing_that_can_be_stored_is_lost(
    text: str,
) -> None:
    parts = split(text)
    assert all(0 < _units(part) <= 2000 for part in parts)
    assert "".join(parts) == text.encode("utf-16-le", "surrogatepass").decode(
        "utf-16-le", "ignore"
    ).replace("\0", "")


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("", []),
        ("a" * 2000, [2000]),
        ("a" * 2001, [2000, 1]),
        ("🎉" * 1000, [2000]),
        ("a" + "🎉" * 1000, [1999, 2]),
    ],
    ids=["empty", "full", "one more", "full of emoji", "an emoji on the edge"],
)
def test_pieces_are_cut_at_2000_units_and_inside_no_emoji(text: str, lengths: list[int]) -> None:
    assert [_units(part) for part in split(text)] == lengths


def test_more_than_a_hundred_pieces_end_in_an_ellipsis() -> None:
    assert len(pieces("a" * 200_001)) == 100
    assert storable("a" * 200_001) == "a" * 199_999 + "…"
    assert storable("a" * 200_000) == "a" * 200_000
