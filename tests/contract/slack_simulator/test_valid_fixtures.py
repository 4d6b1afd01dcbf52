"""All hundred valid fixtures of the Block Kit specification, through our own validator."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from playground.slack.validate import elements, rare_blocks, texts
from playground.slack.validate.blocks import SURFACES
from playground.slack.validate.messages import (
    is_metadata,
    problems_of_attachments,
    problems_of_blocks,
    problems_of_message,
)
from playground.slack.validate.rich_text import RICH_TEXT_INLINE, RICH_TEXT_PARTS
from playground.slack.validate.rules import Report, Rule, by_type, record
from playground.slack.validate.views import problems_of_view
from tests.shared_data import shared_data

REFUSED = {
    "elements/rich_text_input_basic": "the initial value is a bare text element, no rich_text",
    "rich_text/rich_text_list_ordered": "border 3, where Slack knows 0 and 1",
    "messages/webhook_message_basic": "a block_id twice in one payload, metadata of no known form",
    "messages/webhook_message_delete": "a block_id twice in one payload, metadata of no known form",
}


def fixtures() -> list[str]:
    root = shared_data("slack", "block-kit", "spec", "fixtures", "valid")
    return sorted(str(path.relative_to(root).with_suffix("")) for path in root.rglob("*.json"))


def fixture(name: str) -> Any:  # noqa: ANN401 - any JSON value
    root = shared_data("slack", "block-kit", "spec", "fixtures", "valid")
    return json.loads(Path(root, f"{name}.json").read_text(encoding="utf-8"))


def by_rule(rule: Rule) -> Callable[[Any], list[str]]:
    def check(value: object) -> list[str]:
        report = Report()
        rule(report, "", value)
        return report.problems

    return check


def block(value: dict[str, Any]) -> list[str]:
    if "message" in SURFACES[value["type"]]:
        return problems_of_blocks([value])
    text = {"type": "plain_text", "text": "x"}
    return problems_of_view({"type": "modal", "title": text, "submit": text, "blocks": [value]})


def message(value: dict[str, Any]) -> list[str]:
    bad_metadata = "metadata" in value and not is_metadata(value["metadata"])
    return problems_of_message(value) + (["invalid_metadata_format"] if bad_metadata else [])


_ELEMENTS = {
    **elements.IN_ACTIONS,
    **elements.IN_INPUT,
    "image": rare_blocks.IMAGE_ELEMENT,
}
_OBJECTS: dict[str, Rule] = {
    "confirmation_dialogue": texts.CONFIRM,
    "conversation_filter": elements.FILTER,
    "dispatch_action_configuration": elements.DISPATCH,
    "input_parameter": elements.PARAMETER,
    "option_group": texts.OPTION_GROUP,
    "option": texts.option(),
    "text": texts.text(),
    "trigger": elements.TRIGGER,
    "workflow": elements.WORKFLOW,
}


def checker(name: str) -> Callable[[Any], list[str]]:
    folder, _, rest = name.partition("/")
    if folder == "objects":
        return by_rule(next(rule for key, rule in _OBJECTS.items() if rest.startswith(key)))
    if name == "elements/url_source_basic":
        return by_rule(rare_blocks.URL_SOURCE)
    if name.startswith("rich_text/") and fixture(name)["type"] in RICH_TEXT_PARTS:
        return by_rule(by_type(RICH_TEXT_PARTS))
    return {
        "attachments": lambda value: problems_of_attachments([value]),
        "blocks": block,
        "elements": by_rule(by_type(_ELEMENTS)),
        "messages": message,
        "rich_text": by_rule(RICH_TEXT_INLINE),
        "views": problems_of_view,
    }[folder]


def test_all_hundred_valid_fixtures_are_judged_as_listed() -> None:
    names = fixtures()
    judged = {name: checker(name)(fixture(name)) for name in names}

    assert len(names) == 100
    assert {name for name, problems in judged.items() if problems} == set(REFUSED), judged


@pytest.mark.parametrize("kind", ["section", "no_such_block"])
def test_a_closed_record_refuses_what_it_does_not_know(kind: str) -> None:
    assert problems_of_blocks([{"type": kind, "colour": "red"}]) != []


def test_a_record_without_fields_takes_nothing() -> None:
    assert by_rule(record({}))({"a": 1}) == ["invalid additional property: a [json-pointer:]"]
