"""What text a task can hold: cleaned, bounded, cut between the characters that people see."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tasks import text
from tasks.errors import Refused
from tasks.model import Field

ANY_TEXT = st.text(st.characters(), max_size=80) | st.text(
    "a #,\u200d\ufe0f👍🏽🇩🇪é\u0301\n", max_size=80
)


@given(ANY_TEXT)
def test_clean_text_can_be_kept_and_is_left_alone_the_next_time(raw: str) -> None:
    kept = text.clean(raw)
    assert kept.encode() is not None  # no lone surrogate
    assert not any(unicodedata.category(c) == "Cc" for c in kept if c not in "\n\t")
    assert text.clean(kept) == kept
    assert text.name(raw) == " ".join(kept.split())


@given(ANY_TEXT)
def test_one_line_has_the_letters_of_the_text_and_is_left_alone_the_next_time(raw: str) -> None:
    line = text.one_line(raw)
    assert len(line.splitlines()) <= 1
    assert "".join(line.split()) == "".join(text.clean(raw).split())
    assert text.one_line(line) == line


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("  Mind  the   gap ", "Mind  the   gap"),
        ("Mind\u00a0 the\u3000gap", "Mind\u00a0 the\u3000gap"),
        ("Mind \n\r\n \t the\vgap\n", "Mind the gap"),
        ("Mind \0 the gap", "Mind  the gap"),
        (" \n\t\0\u2028", ""),
    ],
)
def test_a_title_keeps_its_spaces_but_has_one_line(raw: str, line: str) -> None:
    assert text.one_line(raw) == line


def test_writing_of_any_script_is_clean_already() -> None:
    written = "Grüße שלום 你好 👩‍👩‍👧 🇩🇪 a\tb\nc"
    assert text.clean(written) == written


@given(raw=ANY_TEXT, limit=st.integers(2, 80))
def test_a_shortened_text_is_its_beginning_within_the_limit(raw: str, limit: int) -> None:
    short = text.shorten(raw, limit)
    assert len(short) <= limit
    assert short == raw or raw.startswith(short.removesuffix("…"))


@pytest.mark.parametrize(
    ("whole", "limit", "short"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("book the venue", 10, "book the…"),
        ("abc👩‍👩‍👧x", 6, "abc…"),
        ("abcd👍🏽x", 6, "abcd…"),
        ("ab🇩🇪🇫🇷x", 6, "ab🇩🇪…"),
        ("abcde\u0301x", 6, "abcd…"),
        ("ab❤\ufe0fxyz", 4, "ab…"),
    ],
)
def test_a_text_is_cut_between_the_characters_that_people_see(
    whole: str, limit: int, short: str
) -> None:
    assert text.shorten(whole, limit) == short


@given(st.text(st.characters(), min_size=1, max_size=400), st.text(max_size=60))
def test_what_is_kept_as_title_and_notes_is_kept_the_same_again(title: str, notes: str) -> None:
    assume(text.one_line(title))
    first = text.title_and_notes(title, notes)
    assert text.title_and_notes(*first[:2]) == (*first[:2], ())


def test_a_title_of_ten_thousand_characters_is_found_whole_in_the_notes() -> None:
    title, notes, said = text.title_and_notes("x" * 10_000, "")
    assert (len(title), notes, len(said)) == (250, "x" * 10_000, 1)


@pytest.mark.parametrize(
    ("title", "notes", "field"),
    [
        ("", "n", Field.TITLE),
        ("t", "n" * 20_001, Field.NOTES),
        ("t" * 20_001, "", Field.TITLE),
    ],
)
def test_what_fits_nowhere_is_refused_at_its_field(title: str, notes: str, field: Field) -> None:
    with pytest.raises(Refused) as refusal:
        text.title_and_notes(title, notes)
    assert refusal.value.field is field


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("#Offsite", "offsite"),
        ("##a", "a"),
        (" a, b ", "a b"),
        ("Straße", "strasse"),
        ("#1", "1"),
        ("🎉", "🎉"),
    ],
)
def test_a_tag_is_kept_in_one_form(raw: str, kept: str) -> None:
    assert text.tag(raw) == kept


@pytest.mark.parametrize("raw", ["", "#", " # ", ",", "x" * 61])
def test_an_empty_or_endless_tag_is_refused(raw: str) -> None:
    with pytest.raises(Refused, match="1 to 60") as refusal:
        text.tag(raw)
    assert refusal.value.field is Field.TAGS


@given(st.text(max_size=50).filter(lambda raw: text.one_line(raw.strip("#, \t\n")) != ""))
def test_a_kept_tag_is_kept_the_same_again(raw: str) -> None:
    try:
        kept = text.tag(raw)
    except Refused:
        return
    assert text.tag(kept) == kept
    assert "," not in kept


def test_each_tag_and_person_is_kept_once_in_order() -> None:
    assert text.tags(["b", "#A", "a", "B"]) == ("b", "a")
    assert text.people(["U2", "U1", "U2"]) == ("U2", "U1")
