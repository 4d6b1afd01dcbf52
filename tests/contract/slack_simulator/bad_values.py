"""Builders for the negative cases: each makes a payload of a given size, good or bad."""

from collections.abc import Callable
from typing import Any

from playground.slack.validate.messages import problems_of_blocks
from playground.slack.validate.views import problems_of_view

Json = dict[str, Any]
Judge = Callable[[int], list[str]]
Make = Callable[[int], Any]


def x(n: int) -> str:
    return "x" * n


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    return {"type": "mrkdwn", "text": text}


def option(i: int = 0, **fields: object) -> Json:
    return {"text": plain(f"o{i}"), "value": f"v{i}", **fields}


def options(n: int) -> list[Json]:
    return [option(i) for i in range(n)]


def group(**fields: object) -> Json:
    return {"label": plain(), "options": options(1), **fields}


def block(make: Make) -> Judge:
    return lambda n: problems_of_blocks([make(n)])


def element(make: Make) -> Judge:
    return block(lambda n: {"type": "actions", "elements": [make(n)]})


def modal(make: Make) -> Judge:
    base = {"type": "modal", "title": plain(), "submit": plain(), "blocks": [{"type": "divider"}]}
    return lambda n: problems_of_view({**base, **make(n)})


def view_block(make: Make) -> Judge:
    return modal(lambda n: {"blocks": [make(n)]})


def asked(make: Make) -> Judge:
    return view_block(lambda n: {"type": "input", "label": plain(), "element": make(n)})


def button(**fields: object) -> Json:
    return {"type": "button", "text": plain(), **fields}


def confirmed(key: str) -> Judge:
    dialog = {"text": plain()}
    return element(lambda n: button(confirm={**dialog, key: plain(x(n))}))


def select(**fields: object) -> Json:
    return {"type": "static_select", **fields}


def video(**fields: object) -> Json:
    urls = {"thumbnail_url": "https://e.com/t.png", "video_url": "https://e.com/v"}
    return {"type": "video", "alt_text": "x", "title": plain(), **urls, **fields}


def card(**fields: object) -> Json:
    return {"type": "card", **fields}


def container(**fields: object) -> Json:
    return {"type": "container", "child_blocks": [{"type": "divider"}], **fields}


def feedback(**fields: object) -> Json:
    good = {"text": plain(), "value": "good"}
    buttons = {
        "type": "feedback_buttons",
        "positive_button": {**good, **fields},
        "negative_button": good,
    }
    return {"type": "context_actions", "elements": [buttons]}


def icon(**fields: object) -> Json:
    return {"type": "icon_button", "icon": "trash", "text": plain(), **fields}


def cells(n: int, text: str = "x") -> list[Json]:
    return [{"type": "raw_text", "text": text}] * n


def data_table(**fields: object) -> Json:
    return {"type": "data_table", "caption": "x", "rows": [cells(1)] * 2, **fields}


def table(**fields: object) -> Json:
    return {"type": "table", "rows": [cells(2)] * 2, **fields}


def pie(n: int = 1, **segment: object) -> Json:
    segments = [{"label": f"s{i}", "value": 1, **segment} for i in range(n)]
    return chart({"type": "pie", "segments": segments})


def chart(inner: Json, title: str = "x") -> Json:
    return {"type": "data_visualization", "title": title, "chart": inner}


def point(**fields: object) -> Json:
    return {"label": "p", "value": 1, **fields}


def bars(series: list[Json] | None = None, **axis: object) -> Json:
    given = [{"name": "s", "data": [point()]}] if series is None else series
    config = {"categories": ["p"], **axis}
    return chart({"type": "bar", "series": given, "axis_config": config})


def source(**fields: object) -> Json:
    task = {"task_id": "1", "title": "x", "status": "pending"}
    return {"type": "task_card", **task, "sources": [{"type": "url", "text": "x", **fields}]}
