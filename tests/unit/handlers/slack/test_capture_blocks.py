"""Any message, any task: what is shown while a message becomes a task is what Slack takes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.slack.blocks import capture, form
from handlers.slack.blocks.form import Meta
from handlers.slack.blocks.message import Message
from handlers.slack.blocks.parts import Lines, Person, Text
from handlers.slack.blocks.quiet import people_in, quiet
from handlers.slack.prefill import prefill
from playground.slack.pings import pings
from playground.slack.validate.messages import problems_of_blocks, problems_of_message
from playground.slack.validate.views import problems_of_view
from tasks.model import Field
from tests.unit.handlers.slack.builders import task


def hold(shown: Message) -> None:
    """See to it that Slack takes a message."""
    assert problems_of_message(shown.body()) == []


META = Meta(channel="C1", source="https://acme.slack.com/archives/C1/p1", thread="1.2")
texts = st.text(max_size=400) | st.sampled_from(
    ("<!channel> <@U1> *b*", "x" * 5000, "\n" * 50, "&amp;" * 400, "<http://a|b>")
)


@given(text=texts, author=st.none() | st.just("U2"), readable=st.booleans())
@settings(max_examples=80)
def test_any_message_makes_a_form(text: str, author: str | None, *, readable: bool) -> None:
    found = prefill({"text": text, "user": author}, {})
    above = capture.above_form(found, META.source, is_readable=readable)
    values = {Field.TITLE: found.title, Field.NOTES: found.notes}
    assert problems_of_view(form.new(META, values, above=above), kind="modal") == []
    assert problems_of_view(capture.append(META, found.notes), kind="modal") == []


@given(text=texts)
@settings(max_examples=80)
def test_any_sentence_can_be_offered(text: str) -> None:
    hold(capture.shall_it(text, "C1/1.2"))


@given(title=st.text(min_size=1, max_size=300), number=st.integers(1, 10**9))
@settings(max_examples=60)
def test_any_task_can_be_confirmed_and_notifies_nobody(title: str, number: int) -> None:
    shown = capture.confirmed(task(title=title, number=number), is_new=True)
    hold(shown)
    body = shown.body()
    assert pings(body["text"], body["blocks"]) == frozenset()
    assert problems_of_blocks(capture.already_added(task(title=title, number=number))) == []


def test_buttons_in_place_of_forms_and_offers_hold_the_limits() -> None:
    hold(capture.form_instead(None))
    hold(capture.form_instead(12))
    hold(capture.hint())
    hold(capture.offer('{"m":"1.2","a":"U2"}'))


def test_a_quiet_message_names_people_and_notifies_nobody() -> None:
    loud = Message((Lines((("For ", Person("U2"), " and ", Person("U3")),)),))
    assert people_in(loud) == ("U2", "U3")
    shown = quiet(loud, {"U2": "sam"})
    assert shown.parts == (Lines((("For ", Text("sam"), " and ", Text("somebody")),)),)
    body = shown.body()
    assert body["text"] == "For sam and somebody"
    assert pings(body["text"], body["blocks"]) == frozenset()
