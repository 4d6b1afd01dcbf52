"""Slack's escapes, undone once; any space, any dash."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.slack.blocks.parts import escape
from handlers.slack.text import number_of, pieces, shown, split_first, tokens, unescape
from tasks.quick_add import Literal, Mention, Piece


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ("plain", ("plain",)),
        ("<@U012|sam> do", (Mention("U012", "sam"), " do")),
        ("<@U012>", (Mention("U012"),)),
        ("<@W012|sam>", (Mention("W012", "sam"),)),
        ("see <#C012|general>!", ("see #general!",)),
        ("<#C012|>", (Literal("#C012"),)),
        ("<C012|>", (Literal("#C012"),)),
        ("<!channel>", (Literal("@channel"),)),
        ("<!here|here>", (Literal("@here"),)),
        ("<!subteam^S1|@design>", (Literal("@design"),)),
        ("<https://a.example/?x=1&amp;y=2>", (Literal("https://a.example/?x=1&y=2"),)),
        ("<http://a.example|a.example>", (Literal("a.example"),)),
        ("<https://a.example|click here>", (Literal("click here (https://a.example)"),)),
        ("<mailto:a@b.example|a@b.example>", (Literal("a@b.example"),)),
        ("a &lt;b&gt; &amp;amp; c", ("a <b> &amp; c",)),
        ("&lt;@U012&gt;", ("<@U012>",)),
        ("", ()),
    ],
)
def test_tokens_first_then_entities_once(sent: str, found: tuple[Piece, ...]) -> None:
    assert pieces(sent) == found


@given(st.text())
def test_what_is_escaped_comes_back_as_it_was(typed: str) -> None:
    assert shown(pieces(escape(typed))) == typed


@given(st.text())
def test_escaped_text_holds_no_markup(typed: str) -> None:
    sent = escape(typed)
    assert "<" not in sent
    assert ">" not in sent
    assert unescape(sent) == typed


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("add milk", ("add", "milk")),
        ("  add\u00a0 milk  and  bread ", ("add", "milk  and  bread")),
        ("add\u2003milk", ("add", "milk")),
        ("add\nmilk", ("add", "milk")),
        ("list", ("list", "")),
        ("   ", ("", "")),
    ],
)
def test_any_space_parts_the_first_word(typed: str, parts: tuple[str, str]) -> None:
    assert split_first(typed) == parts


@pytest.mark.parametrize(
    "word", ["12", "t12", "T-12", "#12", "T\u201312", "T\u201112", "12,", "t 12"]
)
def test_a_number_may_be_written_in_many_ways(word: str) -> None:
    assert number_of(word) == 12


@pytest.mark.parametrize("word", ["", "T-", "twelve", "-12", "1.2", "T-12a", "1234567890", "##12"])
def test_what_is_no_number_is_none(word: str) -> None:
    assert number_of(word) is None


def test_words_and_mentions_come_in_order() -> None:
    assert tokens("12 <@U1|sam>, me") == ("12", Mention("U1", "sam"), ",", "me")
