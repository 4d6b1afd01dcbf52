import pytest

from playground.slack.errors import Refused
from playground.slack.ids import Ids
from playground.slack.state import Team
from playground.slack.views import Views
from playground.slack.wire import Json
from tests.unit.playground.slack.clock import Clock

TEAM = Team(id="T1", name="One", domain="one")


def text(words: str) -> Json:
    return {"type": "plain_text", "text": words}


def modal(block_id: str = "title", **fields: object) -> Json:
    entry = {
        "type": "input",
        "block_id": block_id,
        "label": text("Title"),
        "element": {"type": "plain_text_input", "action_id": "title"},
    }
    return {"type": "modal", "title": text("T"), "submit": text("S"), "blocks": [entry], **fields}


def home(words: str = "hello") -> Json:
    return {"type": "home", "blocks": [{"type": "section", "text": text(words)}]}


@pytest.fixture
def views() -> Views:
    return Views(ids=Ids(now=Clock().now))


def test_a_stack_holds_three(views: Views) -> None:
    first = views.open(TEAM, "U1", modal())
    second = views.push(TEAM, "U1", modal())
    third = views.push(TEAM, "U1", modal())

    assert views.stack("T1", "U1") == [first, second, third]
    assert third.root_view_id == first.id
    assert third.previous_view_id == second.id
    with pytest.raises(Refused, match="push_limit_reached"):
        views.push(TEAM, "U1", modal())


def test_nothing_can_be_pushed_onto_nothing(views: Views) -> None:
    with pytest.raises(Refused, match="not_found"):
        views.push(TEAM, "U1", modal())


def test_an_old_hash_conflicts_and_changes_nothing(views: Views) -> None:
    view = views.open(TEAM, "U1", modal())
    old = view.hash
    views.update(view, modal(callback_id="two"), expected_hash=old)

    with pytest.raises(Refused, match="hash_conflict"):
        views.update(view, modal(callback_id="three"), expected_hash=old)
    assert view.callback_id == "two"


def test_typed_text_survives_an_update_of_the_same_field(views: Views) -> None:
    view = views.open(TEAM, "U1", modal())
    view.values["title"]["title"]["value"] = "typed"

    views.update(view, modal())
    assert view.value("title") == "typed"

    views.update(view, modal("another"))
    assert view.value("title") is None


def test_an_external_id_is_taken_once_per_team(views: Views) -> None:
    view = views.open(TEAM, "U1", modal(external_id="x"))

    with pytest.raises(Refused, match="duplicate_external_id"):
        views.open(TEAM, "U2", modal(external_id="x"))
    views.open(Team(id="T2", name="Two", domain="two"), "U2", modal(external_id="x"))
    views.update(view, modal(external_id="x"))
    assert views.find("T1", external_id="x") is view

    views.close(view)
    views.open(TEAM, "U2", modal(external_id="x"))


def test_what_was_in_a_field_before_is_shown_once(views: Views) -> None:
    given = modal()
    given["blocks"][0]["element"]["initial_value"] = "Buy milk"
    view = views.open(TEAM, "U1", given)
    assert view.plain.count("Buy milk") == 1


def test_a_closed_view_cannot_be_found(views: Views) -> None:
    view = views.open(TEAM, "U1", modal())
    assert views.find("T1", view_id=view.id) is view
    assert views.find("T2", view_id=view.id) is None

    views.close(view)
    assert views.find("T1", view_id=view.id) is None


def test_a_home_tab_is_replaced_and_its_hash_watched(views: Views) -> None:
    first = views.publish(TEAM, "U1", home())
    old = first.hash

    assert views.publish(TEAM, "U1", home("two"), expected_hash=old) is first
    with pytest.raises(Refused, match="hash_conflict"):
        views.publish(TEAM, "U1", home("three"), expected_hash=old)
    assert "two" in first.plain


def test_a_view_over_250_kilobytes_is_too_large(views: Views) -> None:
    words = {"type": "section", "text": text("x" * 3000)}

    with pytest.raises(Refused, match="view_too_large"):
        views.open(TEAM, "U1", modal(blocks=[words] * 90))


@pytest.mark.parametrize("given", [None, [], "view", {"type": "modal"}, home()])
def test_what_is_no_modal_is_refused_with_pointers(views: Views, given: object) -> None:
    with pytest.raises(Refused, match="invalid_arguments") as refused:
        views.open(TEAM, "U1", given)

    assert "[json-pointer:/view" in str(refused.value.body()["errors"])


def test_missing_ids_and_defaults_are_filled_in(views: Views) -> None:
    given = modal()
    del given["blocks"][0]["block_id"], given["blocks"][0]["element"]["action_id"]

    block = views.open(TEAM, "U1", given).blocks[0]

    assert block["block_id"]
    assert block["element"]["action_id"]
    assert block["optional"] is False
    assert block["label"]["emoji"] is True
    assert "block_id" not in given["blocks"][0]
