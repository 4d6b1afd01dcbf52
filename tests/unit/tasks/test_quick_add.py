"""The one-line grammar: what is a token, what is title, and that a title is left as typed."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tasks.model import Priority
from tasks.quick_add import Literal, Mention, Piece, QuickAdd, parse

MARIA, SAM = Mention("U1", "maria"), Mention("U2")


def line(*pieces: Piece) -> QuickAdd:
    return parse(pieces)


def test_the_line_of_the_manual_is_read_whole() -> None:
    assert line(
        "Book the venue ", MARIA, " ", SAM, " due friday 5pm !high #offsite every month"
    ) == QuickAdd(
        title="Book the venue",
        assignees=("U1", "U2"),
        due="friday 5pm",
        priority=Priority.HIGH,
        tags=("offsite",),
        repeat="month",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Buy tickets by train",
        "Review 9/12 report",
        "Stand by me",
        "Pay the fee due blah",
        "Increase the price by 10",
        "Scale by 2.5",
        "Delay the launch by 3 days",
        "Shift it by two weeks",
        "Cut it by 1h30m",
        "Written by May",
        "Learn C# and F#",
        "Close #1 and #42",
        "Compare a#b with c",
        "Write to me@x.org",
        "Upgrade @types/node",
        "Meet @ 5",
        "Meet @5pm",
        "Wow! !! !important",
        "Thank every one",
        "Every cloud has a silver lining",
        "Move due friday to the next sprint",
        "Say goodbye by friday morning tea",
        "Do it every now and then",
        'Measure the 27" and the 24" monitor',
        'Read "Dune" aloud',
        'Find the " key',
        "Ask @maria's brother",
        "Ask @maria, then @sam, about lunch",
        "https://example.org/#install",
        "due",
        "by",
        "every",
        "#",
        "@",
        "!",
        "du\u0435 friday",  # a Cyrillic letter: not our word
        "Отчёт к пятнице",
        "שלום עולם",
        "👩‍👩‍👧 party 🎉",
        "<!channel> <https://example.org|click>",
    ],
)
def test_text_that_only_resembles_a_token_is_title(text: str) -> None:
    assert line(text) == QuickAdd(title=text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pay due 9/12", QuickAdd(title="Pay", due="9/12")),
        ("Pay due 30 feb", QuickAdd(title="Pay", due="30 feb")),
        ("Pay due 9", QuickAdd(title="Pay", due="9")),
        ("Pay due 3 days", QuickAdd(title="Pay", due="3 days")),
        ("Pay by 5pm", QuickAdd(title="Pay", due="5pm")),
        ("Pay by 27 nov", QuickAdd(title="Pay", due="27 nov")),
        ("Pay by in 3 days", QuickAdd(title="Pay", due="in 3 days")),
        ("Pay DUE Friday", QuickAdd(title="Pay", due="Friday")),
        ("Pay due: friday", QuickAdd(title="Pay", due="friday")),
        ("Pay due by friday", QuickAdd(title="Pay", due="friday")),
        ("Pay due friday.", QuickAdd(title="Pay", due="friday.")),
        ("Pay by 27.11.", QuickAdd(title="Pay", due="27.11.")),
        ("Pay by 5 p.m. on friday", QuickAdd(title="Pay", due="5 p.m. on friday")),
        ("Pay due the day after tomorrow", QuickAdd(title="Pay", due="the day after tomorrow")),
        ("Pay\u00a0rent\u2003due\u00a0friday", QuickAdd(title="Pay\u00a0rent", due="friday")),
        ("Pay\nrent due\nfriday", QuickAdd(title="Pay\nrent", due="friday")),
        ("due friday", QuickAdd(title="", due="friday")),
        ("Pay every month due friday", QuickAdd(title="Pay", due="friday", repeat="month")),
        ("Pay due friday every month", QuickAdd(title="Pay", due="friday", repeat="month")),
        ("Pay rent due every friday", QuickAdd(title="Pay rent due", repeat="friday")),
        ("Stand by by friday", QuickAdd(title="Stand by", due="friday")),
        ("Go by train by friday", QuickAdd(title="Go by train", due="friday")),
        ("Pay by friday due monday", QuickAdd(title="Pay by friday", due="monday")),
        ("Pay due:tomorrow rent", QuickAdd(title="Pay rent", due="tomorrow")),
        ("Pay due:blah rent", QuickAdd(title="Pay due:blah rent")),
        ('Pay due:"next  friday" rent', QuickAdd(title="Pay rent", due="next friday")),
        ("Pay due:“next friday” rent", QuickAdd(title="Pay rent", due="next friday")),
        ('Pay due:"blah" rent', QuickAdd(title="Pay rent", due="blah")),
        ('Pay due:"" rent', QuickAdd(title='Pay due:"" rent')),
        ('Pay due:"friday" by monday', QuickAdd(title="Pay by monday", due="friday")),
    ],
)
def test_a_due_date_is_taken_where_it_really_reads_as_one(text: str, expected: QuickAdd) -> None:
    assert line(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Do !LOW it", QuickAdd(title="Do it", priority=Priority.LOW)),
        ("Do it !urgent", QuickAdd(title="Do it", priority=Priority.URGENT)),
        ("Do it !low !high", QuickAdd(title="Do it !high", priority=Priority.LOW)),
        ("Do it !h\u0131gh !h\u0130gh", QuickAdd(title="Do it !h\u0131gh !h\u0130gh")),  # Turkish
        ("Do #A it #b #a", QuickAdd(title="Do it", tags=("A", "b"))),
        ("#q3-plan Do it", QuickAdd(title="Do it", tags=("q3-plan",))),
        ("Do it #büro #2026q1", QuickAdd(title="Do it", tags=("büro", "2026q1"))),
        ("Do it #a, #b, !high", QuickAdd(title="Do it", tags=("a", "b"), priority=Priority.HIGH)),
        ("Do #a, #b, soon", QuickAdd(title="Do #a, #b, soon")),
        ("Ask @lukas", QuickAdd(title="Ask", unknown_people=("lukas",))),
        ("Ask @lukas.meier @lukas.meier", QuickAdd(title="Ask", unknown_people=("lukas.meier",))),
        ("Ask @a and @b & @c", QuickAdd(title="Ask", unknown_people=("a", "b", "c"))),
    ],
)
def test_people_priority_and_tags_are_tokens_anywhere(text: str, expected: QuickAdd) -> None:
    assert line(text) == expected


@pytest.mark.parametrize(
    ("rest", "due"),
    [
        ((" by friday !high #x ", MARIA), "friday"),
        ((" !high by friday ", MARIA, " #x"), "friday"),
        ((" #x ", MARIA, " !high by friday"), "friday"),
        ((" by friday ", MARIA, " 5pm #x !high"), "friday 5pm"),
    ],
)
def test_tokens_at_the_end_may_stand_in_any_order(rest: tuple[Piece, ...], due: str) -> None:
    assert line("Do it", *rest) == QuickAdd(
        title="Do it", due=due, assignees=("U1",), tags=("x",), priority=Priority.HIGH
    )


def test_a_date_does_not_reach_over_a_person_right_after_its_keyword() -> None:
    assert line("Report by ", MARIA, " friday") == QuickAdd(
        title="Report by friday", assignees=("U1",)
    )


def test_a_mention_is_a_token_anywhere_and_counted_once() -> None:
    assert line(MARIA, " and ", SAM, ", ", MARIA, " dance") == QuickAdd(
        title="dance", assignees=("U1", "U2")
    )


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Mind  the   gap", "Mind  the   gap"),
        ("Mind  #a  the gap", "Mind the gap"),
        ("Mind #a  !low  the  gap #b", "Mind the  gap"),
        ("#a  Mind  the gap  by friday", "Mind  the gap"),
        ("Mind\u00a0the \u2003gap", "Mind\u00a0the \u2003gap"),
    ],
)
def test_spaces_stay_as_typed_and_one_is_left_where_a_token_was(text: str, title: str) -> None:
    assert line(text).title == title


def test_a_mention_glued_to_other_text_stays_in_the_title_by_name() -> None:
    assert line("Ask ", MARIA, "'s boss and (", SAM, ")").title == "Ask @maria's boss and (@U2)"
    assert line("Ask ", MARIA, ", then go") == QuickAdd(title="Ask @maria, then go")


def test_a_literal_piece_is_title_whatever_it_looks_like() -> None:
    assert line("Tidy ", Literal("#general"), " due friday") == QuickAdd(
        title="Tidy #general", due="friday"
    )


def test_a_mention_beside_a_literal_is_a_token_where_white_space_parts_them() -> None:
    assert line(Literal("Book it due friday "), MARIA, Literal("  #x")) == QuickAdd(
        title="Book it due friday #x", assignees=("U1",)
    )
    assert line(Literal("Book it"), MARIA).title == "Book it@maria"
    assert line(Literal(" \n"), MARIA, Literal("")) == QuickAdd(title="", assignees=("U1",))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ('"Buy milk by friday" !low', "Buy milk by friday"),
        ("“Buy milk #now @sam” !low", "Buy milk #now @sam"),
        ("„Buy  milk“ !low", "Buy  milk"),
        ('“Buy milk by friday" !low', "Buy milk by friday"),
        ('Send the "due friday" mail !low', 'Send the "due friday" mail'),
        ('Send "due friday" !low', 'Send "due friday"'),
        ('Send ("#now"), "by friday". !low', 'Send ("#now"), "by friday".'),
    ],
)
def test_quoted_text_is_title_and_loses_its_marks_only_as_the_whole_title(
    text: str, title: str
) -> None:
    assert line(text) == QuickAdd(title=title, priority=Priority.LOW)


def test_a_mention_within_quotes_is_title() -> None:
    assert line('"Ask ', MARIA, ' about lunch"') == QuickAdd(title="Ask @maria about lunch")


@pytest.mark.parametrize(
    ("words", "repeat"),
    [
        ("day", "day"),
        ("2 Weeks", "2 weeks"),
        ("two weeks", "2 weeks"),
        ("other week", "2 weeks"),
        ("1 week", "week"),
        ("weekday", "weekday"),
        ("Mon, Wed and Fri", "monday, wednesday, friday"),
        ("friday at 5pm", "friday at 17:00"),
        ("day 9:00", "day at 09:00"),
        ("first monday of the month", "first monday"),
        ("last day of the month", "last day"),
        ("15th", "15th"),
        ("other friday", "other friday"),
    ],
)
def test_a_rhythm_is_kept_in_one_form(words: str, repeat: str) -> None:
    assert line(f"Report every {words}") == QuickAdd(title="Report", repeat=repeat)


@pytest.mark.parametrize("words", ["body", "one", "first", "0 days", "monday at 10", "so often"])
def test_words_after_every_that_are_no_clear_rhythm_are_title(words: str) -> None:
    assert line(f"Report every {words}") == QuickAdd(title=f"Report every {words}")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ('"a ' * 20_000, ('"a ' * 20_000).strip()),
        ('"' * 60_000, '"' * 59_998),
        ("“a ” " * 15_000, ("“a ” " * 15_000).strip()),
        ("by " * 20_000, ("by " * 20_000).strip()),
        ("@a, " * 15_000, ""),
    ],
    ids=["opened", "marks", "quoted", "keywords", "people"],
)
def test_a_line_of_nothing_but_marks_is_read_within_the_time_limit(text: str, title: str) -> None:
    """Each quotation mark that searched the line for its partner would take minutes here."""
    assert parse([text]).title == title


TOKENS = (
    [" !high", " #tag", " due:tomorrow", ' due:"in 3 days"', " @nobody", MARIA],
    [" due friday", " by 5pm", " due in 2 weeks", " by 27 nov", ""],
    [" every month", " every 2 weeks", " every mon and fri", ""],
)
PLAIN = st.text(
    string.ascii_letters + string.digits + " .-äß🎉\u05d0\u00a0'()", max_size=40
).filter(lambda text: not {"due", "by", "every", "and"} & set(text.lower().split()))


@given(text=PLAIN, tokens=st.lists(st.sampled_from(TOKENS[0]), unique=True, max_size=3))
def test_taking_tokens_out_leaves_the_rest_of_the_title_as_typed(
    text: str, tokens: list[Piece]
) -> None:
    pieces = [text, *(part for token in tokens for part in (" ", token, " "))]
    dues = [token for token in tokens if isinstance(token, str) and "due:" in token]
    assume(len(dues) < 2)
    assert parse(pieces).title == text.strip()


@given(text=PLAIN, due=st.sampled_from(TOKENS[1]), every=st.sampled_from(TOKENS[2]))
def test_taking_the_ending_out_leaves_the_rest_of_the_title_as_typed(
    text: str, due: str, every: str
) -> None:
    assert parse([text + due + every]).title == text.strip()
    assert parse([text + every + due]).title == text.strip()


@given(
    text=st.text(max_size=60).filter(lambda text: not set(text) & set('"“”„')),
    marks=st.sampled_from(['""', "“”", "„“"]),
    token=st.sampled_from(["", " !high", " due friday", " #tag"]),
)
def test_quoted_text_is_kept_to_the_letter(text: str, marks: str, token: str) -> None:
    assert parse([marks[0] + text + marks[1] + token]).title == text


@given(
    st.lists(st.one_of(st.text(max_size=30), st.just(MARIA), st.just(Literal("#x"))), max_size=6)
)
def test_any_line_is_read_and_every_title_word_was_typed(pieces: list[Piece]) -> None:
    shown = "".join(
        piece if isinstance(piece, str) else "@maria" if piece is MARIA else "#x"
        for piece in pieces
    )
    title = parse(pieces).title
    rest = iter(shown)
    assert all(character in rest for character in title)  # a subsequence of what was typed
