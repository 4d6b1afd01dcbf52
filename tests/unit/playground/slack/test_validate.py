"""Rules that no fixture of the specification holds."""

import pytest

from playground.slack.validate.messages import (
    is_metadata,
    problems_of_attachments,
    problems_of_blocks,
    problems_of_message,
    problems_of_suggestions,
)
from playground.slack.validate.views import problems_of_view
from playground.slack.wire import Json

TEXT: Json = {"type": "plain_text", "text": "x"}
BUTTON: Json = {"type": "button", "text": TEXT, "action_id": "a"}
OPTION: Json = {"text": TEXT, "value": "1"}
DIVIDER: Json = {"type": "divider"}


def actions(*elements: Json) -> list[Json]:
    return [{"type": "actions", "elements": list(elements)}]


def modal(*blocks: Json, **fields: object) -> Json:
    return {"type": "modal", "title": TEXT, "submit": TEXT, "blocks": list(blocks), **fields}


def asks(element: Json) -> Json:
    return {"type": "input", "label": TEXT, "element": element}


def test_a_refusal_reads_as_slack_writes_it() -> None:
    long = {**BUTTON, "text": {"type": "plain_text", "text": "x" * 76}}

    assert problems_of_blocks(actions(long)) == [
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"
    ]


def test_a_message_has_fifty_blocks_at_most() -> None:
    assert problems_of_blocks([DIVIDER] * 50) == []
    assert problems_of_blocks([DIVIDER] * 51) == [
        "no more than 50 items allowed [json-pointer:/blocks]"
    ]


@pytest.mark.parametrize(
    "blocks",
    [
        [{**DIVIDER, "block_id": "a"}, {**DIVIDER, "block_id": "a"}],
        actions(BUTTON, BUTTON),
        [{"type": "section", "text": TEXT, "accessory": {"type": "no_such_thing"}}],
        [{"type": "section", "text": "bare"}],
        [{"type": "divider", "extra": 1}],
        [{"text": TEXT}],
        ["divider"],
        [{"type": ["divider"]}],
        [{"type": "alert", "text": TEXT}],
        [{"type": "markdown", "text": "x" * 6001}] * 2,
        [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}] * 2,
        actions(
            {
                "type": "static_select",
                "options": [OPTION],
                "initial_option": {**OPTION, "value": "2"},
            }
        ),
        actions({"type": "static_select"}),
        actions({"type": "datepicker", "initial_date": "2026-02-30"}),
        actions({"type": "datepicker", "initial_date": "20260227"}),
        actions({"type": "timepicker", "initial_time": "24:00"}),
        actions({**BUTTON, "style": "loud"}),
        actions({**BUTTON, "text": {"type": "mrkdwn", "text": "x"}}),
        actions({**BUTTON, "value": None}),
        [{"type": "actions", "elements": {}}],
        "blocks",
        {},
    ],
)
def test_a_message_slack_would_refuse(blocks: object) -> None:
    assert problems_of_blocks(blocks) != []


def test_the_same_action_id_may_stand_in_two_blocks() -> None:
    assert problems_of_blocks(actions(BUTTON) + actions(BUTTON)) == []


@pytest.mark.parametrize(
    "view",
    [
        {**modal(asks({"type": "datepicker"})), "submit": None},
        {k: v for k, v in modal(asks({"type": "datepicker"})).items() if k != "submit"},
        modal({"type": "markdown", "text": "x"}),
        modal({"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}),
        modal({"type": "card"}),
        modal(
            asks({"type": "datepicker", "focus_on_load": True}),
            asks({"type": "timepicker", "focus_on_load": True}),
        ),
        modal(asks({"type": "plain_text_input", "min_length": 5, "max_length": 4})),
        modal(DIVIDER, external_id="x" * 256),
        modal(DIVIDER, unknown=True),
        {"type": "home", "blocks": [{"type": "alert", "text": TEXT}]},
        {"type": "home", "blocks": [DIVIDER], "title": TEXT},
        {"type": "workflow_step", "blocks": [DIVIDER]},
    ],
)
def test_a_view_slack_would_refuse(view: Json) -> None:
    assert problems_of_view(view) != []


def test_views_take_a_hundred_blocks_and_an_alert() -> None:
    assert problems_of_view(modal(*[DIVIDER] * 99, {"type": "alert", "text": TEXT})) == []


def test_lengths_are_counted_in_code_points() -> None:
    emoji = {"type": "plain_text", "text": "👩‍🚀" * 50}
    assert problems_of_blocks([{"type": "header", "text": emoji}]) == []


def test_blocks_in_attachments_are_judged_too() -> None:
    assert problems_of_attachments([{"text": "old style", "color": "#fff"}]) == []
    assert problems_of_attachments([{"blocks": [{"type": "section"}]}]) == [
        "missing required field: text or fields [json-pointer:/attachments/0/blocks/0]"
    ]
    assert problems_of_attachments(["x"]) != []
    assert problems_of_attachments([{}] * 101) != []


def test_text_must_be_text() -> None:
    assert problems_of_message({"text": "x"}) == []
    assert problems_of_message({"text": 5}) == ["must be a string [json-pointer:/text]"]


@pytest.mark.parametrize(
    ("answer", "good"),
    [
        ({"options": [OPTION]}, True),
        ({"options": []}, True),
        ({"option_groups": [{"label": TEXT, "options": [OPTION]}]}, True),
        ({"options": [OPTION] * 101}, False),
        ({"options": [OPTION], "option_groups": []}, False),
        ({}, False),
        ("x", False),
    ],
)
def test_an_answer_to_a_suggestion(answer: object, *, good: bool) -> None:
    assert (problems_of_suggestions(answer) == []) is good


@pytest.mark.parametrize(
    ("metadata", "good"),
    [
        ({"event_type": "task", "event_payload": {"id": 1}}, True),
        ({"entities": []}, True),
        ({"event_type": "task"}, False),
        ({"sender": "Walt"}, False),
        ("x", False),
    ],
)
def test_metadata_has_one_of_two_forms(metadata: object, *, good: bool) -> None:
    assert is_metadata(metadata) is good
