import pytest

from playground.slack import inputs
from playground.slack.errors import Impossible
from playground.slack.inputs import Spot
from playground.slack.wire import Json


def option(value: str) -> Json:
    return {"text": {"type": "plain_text", "text": value.upper()}, "value": value}


def field(kind: str, *, block_id: str = "b", action_id: str = "a", **element: object) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": {"type": "plain_text", "text": block_id.title()},
        "element": {"type": kind, "action_id": action_id, **element},
    }


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("plain_text_input", {"value": None}),
        ("number_input", {"value": None}),
        ("static_select", {"selected_option": None}),
        ("radio_buttons", {"selected_option": None}),
        ("checkboxes", {"selected_options": []}),
        ("users_select", {"selected_user": None}),
        ("multi_users_select", {"selected_users": []}),
        ("conversations_select", {"selected_conversation": None}),
        ("datepicker", {"selected_date": None}),
        ("timepicker", {"selected_time": None}),
        ("datetimepicker", {"selected_date_time": None}),
        ("rich_text_input", {}),
        ("file_input", {"files": []}),
    ],
)
def test_an_empty_input_has_a_null(kind: str, state: Json) -> None:
    assert inputs.values([field(kind)], {}) == {"b": {"a": {"type": kind, **state}}}


def test_initial_values_are_there_from_the_start() -> None:
    blocks = [field("plain_text_input", initial_value="x"), {"type": "divider", "block_id": "d"}]

    assert inputs.values(blocks, {})["b"]["a"]["value"] == "x"


def test_what_was_typed_survives_while_both_ids_and_the_type_stay() -> None:
    kept = {"b": {"a": {"type": "plain_text_input", "value": "typed"}}}

    same = inputs.values([field("plain_text_input", initial_value="x")], kept)
    renamed = inputs.values([field("plain_text_input", block_id="c", initial_value="x")], kept)
    retyped = inputs.values([field("datepicker")], kept)

    assert same["b"]["a"]["value"] == "typed"
    assert renamed["c"]["a"]["value"] == "x"
    assert retyped["b"]["a"] == {"type": "datepicker", "selected_date": None}


@pytest.mark.parametrize(
    ("element", "value", "key", "held"),
    [
        ({"type": "plain_text_input"}, "x", "value", "x"),
        ({"type": "plain_text_input"}, "", "value", None),
        ({"type": "plain_text_input"}, None, "value", None),
        ({"type": "users_select"}, "U1", "selected_user", "U1"),
        ({"type": "multi_users_select"}, "U1", "selected_users", ["U1"]),
        ({"type": "multi_users_select"}, ["U1", "U2"], "selected_users", ["U1", "U2"]),
        ({"type": "datepicker"}, "2026-11-27", "selected_date", "2026-11-27"),
        (
            {"type": "static_select", "options": [option("low")]},
            "LOW",
            "selected_option",
            option("low"),
        ),
        (
            {"type": "multi_static_select", "option_groups": [{"options": [option("a")]}]},
            ["a"],
            "selected_options",
            [option("a")],
        ),
    ],
)
def test_a_person_can_put_in(element: Json, value: object, key: str, held: object) -> None:
    assert inputs.picked(element, value)[key] == held


def test_nobody_can_pick_what_is_not_offered() -> None:
    with pytest.raises(Impossible, match="not among"):
        inputs.picked({"type": "static_select", "options": [option("a")]}, "b")


def test_an_element_is_found_by_each_of_its_names() -> None:
    blocks = [field("datepicker", block_id="due", action_id="picker")]

    for wanted in ("due", "picker", "Due"):
        assert inputs.find(blocks, wanted).action_id == "picker"
    with pytest.raises(Impossible, match="no 'title'"):
        inputs.find(blocks, "title")


def test_the_same_action_in_two_blocks_needs_the_block() -> None:
    blocks = [field("datepicker", block_id="one"), field("datepicker", block_id="two")]

    with pytest.raises(Impossible, match="2 times"):
        inputs.find(blocks, "a")
    assert inputs.find(blocks, "a", block_id="two").block_id == "two"


@pytest.mark.parametrize(
    ("element", "value", "complains"),
    [
        ({"type": "plain_text_input"}, None, True),
        ({"type": "plain_text_input", "max_length": 3}, "four", True),
        ({"type": "plain_text_input", "max_length": 3}, "abc", False),
        ({"type": "plain_text_input", "min_length": 3}, "ab", True),
        ({"type": "email_text_input"}, "nobody", True),
        ({"type": "email_text_input"}, "a@b.co", False),
        ({"type": "url_text_input"}, "e.com", True),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", True),
        ({"type": "number_input", "is_decimal_allowed": True}, "1.5", False),
        ({"type": "number_input", "is_decimal_allowed": True, "max_value": "1"}, "2", True),
        ({"type": "number_input", "is_decimal_allowed": True}, "one", True),
        ({"type": "multi_users_select", "max_selected_items": 1}, ["U1", "U2"], True),
    ],
)
def test_the_client_complains_before_it_sends(
    element: Json, value: object, *, complains: bool
) -> None:
    spot = Spot(block={"block_id": "b"}, element={"action_id": "a", **element})

    assert bool(inputs.complaint(spot, inputs.picked(spot.element, value))) is complains


def test_an_optional_field_may_stay_empty() -> None:
    block = {"block_id": "b", "optional": True}
    spot = Spot(block=block, element={"type": "datepicker", "action_id": "a"})

    assert inputs.complaint(spot, inputs.initial(spot.element)) is None
