"""The blocks for pictures, tables, charts, cards and agents."""

from collections.abc import Mapping
from typing import Any

from playground.slack.validate.elements import ACTION_ID, BUTTON
from playground.slack.validate.rich_text import RICH_TEXT
from playground.slack.validate.rules import (
    Fields,
    Report,
    Rule,
    array,
    boolean,
    by_type,
    either,
    every,
    number,
    one_of,
    record,
    string,
    typed,
)
from playground.slack.validate.texts import CONFIRM, mrkdwn, plain, text

_BLOCK: Fields = {"block_id": string(at_most=255)}
_URL = string(at_least=1, at_most=3000)
_NAME = string(at_least=1)
_SLACK_FILE = record({"id": _NAME, "url": _NAME}, also=either("id", "url"))
_PICTURE: Fields = {
    "image_url": _URL,
    "slack_file": _SLACK_FILE,
    "alt_text": string(at_least=1, at_most=2000),
}
_SOURCE = either("image_url", "slack_file")

IMAGE_ELEMENT = typed(_PICTURE, required=("alt_text",), also=_SOURCE)
_IMAGE = by_type({"image": IMAGE_ELEMENT})
URL_SOURCE = by_type({"url": typed({"url": _URL, "text": _NAME}, required=("url", "text"))})

_CELL = by_type(
    {
        "raw_text": typed({"text": string(at_least=1)}, required=("text",)),
        "raw_number": typed(
            {"value": number(whole=False), "text": string(at_least=1)}, required=("value", "text")
        ),
        "rich_text": RICH_TEXT,
    }
)


def _same_width(report: Report, pointer: str, block: Mapping[str, Any]) -> None:
    rows = [row for row in block.get("rows") or [] if isinstance(row, list)]
    if len({len(row) for row in rows}) > 1:
        report.say(f"{pointer}/rows", "all rows must have the same number of columns")
    settings = block.get("column_settings")
    if rows and isinstance(settings, list) and len(settings) != len(rows[0]):
        report.say(f"{pointer}/column_settings", "must have one item per column")


def _table_text(report: Report, pointer: str, block: Mapping[str, Any]) -> None:
    rows = [row for row in block.get("rows") or [] if isinstance(row, list)]
    cells = [cell for row in rows for cell in row if isinstance(cell, dict)]
    if sum(len(str(cell.get("text", ""))) for cell in cells) > _TABLE_TEXT:
        report.say(f"{pointer}/rows", f"must be less than {_TABLE_TEXT + 1} characters in all")


_TABLE_TEXT = 20000
_ROW = array(_CELL, at_least=1, at_most=20)
_LABEL = string(at_least=1, at_most=20)
_AXIS_LABEL = string(at_most=50)


def _positive(report: Report, pointer: str, value: Any) -> None:  # noqa: ANN401 - any JSON value
    number(whole=False)(report, pointer, value)
    if isinstance(value, (int, float)) and value <= 0:
        report.say(pointer, "must be greater than 0")


_SEGMENT = record({"label": _LABEL, "value": _positive}, required=("label", "value"))
_POINT = record({"label": _LABEL, "value": number(whole=False)}, required=("label", "value"))
_SERIES = record(
    {"name": _LABEL, "data": array(_POINT, at_least=1, at_most=20)}, required=("name", "data")
)
_AXIS_CHART = typed(
    {
        "series": array(_SERIES, at_least=1, at_most=12),
        "axis_config": record(
            {
                "categories": array(_LABEL, at_least=1, at_most=20),
                "x_label": _AXIS_LABEL,
                "y_label": _AXIS_LABEL,
            },
            required=("categories",),
        ),
    },
    required=("series", "axis_config"),
)
_PIE = typed({"segments": array(_SEGMENT, at_least=1, at_most=12)}, required=("segments",))

_TASK: Fields = {
    "task_id": _NAME,
    "title": _NAME,
    "status": one_of("pending", "in_progress", "complete", "error"),
    "details": RICH_TEXT,
    "output": RICH_TEXT,
    "sources": array(URL_SOURCE),
}
_TASK_REQUIRED = ("task_id", "title", "status")
_FEEDBACK = record(
    {
        "text": plain(75),
        "value": string(at_most=2000),
        "accessibility_label": string(at_most=75),
    },
    required=("text", "value"),
)
_CARD = typed(
    {
        **_BLOCK,
        "hero_image": _IMAGE,
        "icon": _IMAGE,
        "slack_icon": record({"type": one_of("icon"), "name": _NAME}, required=("type", "name")),
        "title": mrkdwn(150),
        "subtitle": mrkdwn(150),
        "body": mrkdwn(200),
        "subtext": mrkdwn(200),
        "actions": array(by_type({"button": BUTTON}), at_most=3),
    }
)

RARE: dict[str, Rule] = {
    "image": typed(
        {**_BLOCK, **_PICTURE, "title": plain(2000)}, required=("alt_text",), also=_SOURCE
    ),
    "video": typed(
        {
            **_BLOCK,
            "alt_text": string(at_least=1, at_most=200),
            "title": plain(200),
            "thumbnail_url": _URL,
            "video_url": _URL,
            "title_url": string(at_least=1, at_most=2000),
            "author_name": string(at_most=50),
            "provider_name": string(at_most=50),
            "provider_icon_url": string(at_least=1, at_most=2000),
            "description": plain(200),
        },
        required=("alt_text", "title", "thumbnail_url", "video_url"),
    ),
    "markdown": typed({**_BLOCK, "text": string(at_least=1, at_most=12000)}, required=("text",)),
    "file": typed(
        {**_BLOCK, "external_id": _NAME, "source": one_of("remote")},
        required=("external_id", "source"),
    ),
    "alert": typed(
        {
            **_BLOCK,
            "text": text(200),
            "level": one_of("default", "info", "warning", "error", "success"),
        },
        required=("text",),
    ),
    "table": typed(
        {
            **_BLOCK,
            "rows": array(_ROW, at_least=1, at_most=100),
            "column_settings": array(
                record({"align": one_of("left", "center", "right"), "is_wrapped": boolean}),
                at_most=20,
            ),
        },
        required=("rows",),
        also=_same_width,
    ),
    "data_table": typed(
        {
            **_BLOCK,
            "caption": _NAME,
            "rows": array(_ROW, at_least=2, at_most=201),
            "page_size": number(at_least=1, at_most=100),
            "row_header_column_index": number(at_least=0),
        },
        required=("caption", "rows"),
        also=every(_same_width, _table_text),
    ),
    "data_visualization": typed(
        {
            **_BLOCK,
            "title": string(at_least=1, at_most=50),
            "chart": by_type(
                {"pie": _PIE, "bar": _AXIS_CHART, "line": _AXIS_CHART, "area": _AXIS_CHART}
            ),
        },
        required=("title", "chart"),
    ),
    "card": _CARD,
    "carousel": typed(
        {**_BLOCK, "elements": array(by_type({"card": _CARD}), at_least=1, at_most=10)},
        required=("elements",),
    ),
    "task_card": typed({**_BLOCK, **_TASK}, required=_TASK_REQUIRED),
    "plan": typed(
        {
            **_BLOCK,
            "title": _NAME,
            "tasks": array(
                record({"type": one_of("task_card"), **_BLOCK, **_TASK}, required=_TASK_REQUIRED),
                at_most=50,
            ),
        },
        required=("title",),
    ),
    "context_actions": typed(
        {
            **_BLOCK,
            "elements": array(
                by_type(
                    {
                        "feedback_buttons": typed(
                            {
                                "action_id": ACTION_ID,
                                "positive_button": _FEEDBACK,
                                "negative_button": _FEEDBACK,
                            },
                            required=("positive_button", "negative_button"),
                        ),
                        "icon_button": typed(
                            {
                                "action_id": ACTION_ID,
                                "icon": _NAME,
                                "text": plain(),
                                "value": string(at_most=2000),
                                "accessibility_label": string(at_most=75),
                                "visible_to_user_ids": array(_NAME, at_most=10),
                                "confirm": CONFIRM,
                            },
                            required=("icon", "text"),
                        ),
                    }
                ),
                at_least=1,
                at_most=5,
            ),
        },
        required=("elements",),
    ),
}

_IN_CONTAINERS = ("actions", "context", "divider", "header", "input", "rich_text", "section")


def nesting(common: Mapping[str, Rule]) -> dict[str, Rule]:
    """Return the block that holds others."""
    inner = {name: common[name] for name in _IN_CONTAINERS}
    inner |= {name: RARE[name] for name in ("file", "image", "table", "video")}
    container = typed(
        {
            **_BLOCK,
            "title": plain(150),
            "rich_text_title": RICH_TEXT,
            "subtitle": text(150),
            "icon": _IMAGE,
            "child_blocks": array(by_type(inner), at_least=1, at_most=10),
            "width": one_of("narrow", "standard", "wide", "full"),
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
        required=("child_blocks",),
    )
    return {"container": container}
