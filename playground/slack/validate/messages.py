"""Messages, as the Web API, a `response_url` or an acknowledgement carry them."""

from collections.abc import Mapping, Sequence
from typing import Any

from playground.slack.validate.blocks import blocks
from playground.slack.validate.rules import Report, array, record
from playground.slack.validate.texts import OPTION_GROUP, option

BLOCKS_LIMIT = 50
_MARKDOWN_TOTAL = 12000
_CHARTS = 2
_ATTACHMENTS = array(lambda *_: None, at_most=100)
_MESSAGE_BLOCKS = blocks("message", at_most=BLOCKS_LIMIT)
_SUGGESTED = record(
    {"options": array(option(), at_most=100), "option_groups": array(OPTION_GROUP, at_most=100)}
)


def problems_of_blocks(given: object, pointer: str = "/blocks") -> list[str]:
    """Return what Slack has against the blocks of a message."""
    report = Report()
    _MESSAGE_BLOCKS(report, pointer, given)
    if isinstance(given, list) and not report.problems:
        _totals(report, pointer, given)
    return report.problems


def _totals(report: Report, pointer: str, given: Sequence[Mapping[str, Any]]) -> None:
    texts = [str(b.get("text", "")) for b in given if b.get("type") == "markdown"]
    if sum(map(len, texts)) > _MARKDOWN_TOTAL:
        report.say(pointer, f"markdown must be less than {_MARKDOWN_TOTAL + 1} characters in all")
    kinds = [b.get("type") for b in given]
    if kinds.count("table") > 1:
        report.say(pointer, "only one table allowed")
    if kinds.count("data_visualization") > _CHARTS:
        report.say(pointer, f"no more than {_CHARTS} data_visualization blocks allowed")


def problems_of_attachments(given: object) -> list[str]:
    """Return what Slack has against attachments and the blocks in them."""
    report = Report()
    _ATTACHMENTS(report, "/attachments", given)
    if not isinstance(given, list):
        return report.problems
    found = list(report.problems)
    for index, attachment in enumerate(given):
        if not isinstance(attachment, dict):
            found.append(f"must be an object [json-pointer:/attachments/{index}]")
        elif "blocks" in attachment:
            found += problems_of_blocks(attachment["blocks"], f"/attachments/{index}/blocks")
    return found


def problems_of_message(message: Mapping[str, Any]) -> list[str]:
    """Return what Slack has against all that a reader would see of a message."""
    text = message.get("text")
    found = (
        [] if text is None or isinstance(text, str) else ["must be a string [json-pointer:/text]"]
    )
    if message.get("blocks") is not None:
        found += problems_of_blocks(message["blocks"])
    if message.get("attachments") is not None:
        found += problems_of_attachments(message["attachments"])
    return found


def problems_of_suggestions(answer: object) -> list[str]:
    """Return what Slack has against the answer to a `block_suggestion`."""
    report = Report()
    _SUGGESTED(report, "", answer)
    if isinstance(answer, dict) and ("options" in answer) == ("option_groups" in answer):
        report.say("", "exactly one of options and option_groups is expected")
    return report.problems


def is_metadata(value: object) -> bool:
    """Tell whether message metadata has Slack's form."""
    if not isinstance(value, dict):
        return False
    if "entities" in value:
        return isinstance(value["entities"], list)
    return (
        set(value) == {"event_type", "event_payload"}
        and isinstance(value["event_type"], str)
        and isinstance(value["event_payload"], dict)
    )
