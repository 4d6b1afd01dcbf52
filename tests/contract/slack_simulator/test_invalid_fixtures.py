"""The 106 negative cases of the specification: refused beyond the limit, taken at the limit."""

import json
from typing import Any

import pytest

from tests.contract.slack_simulator.bad_values import (
    Judge,
    asked,
    bars,
    block,
    button,
    card,
    cells,
    chart,
    confirmed,
    container,
    data_table,
    element,
    feedback,
    group,
    icon,
    modal,
    mrkdwn,
    option,
    options,
    pie,
    plain,
    point,
    select,
    source,
    table,
    video,
    view_block,
    x,
)
from tests.shared_data import shared_data

URL = "https://e.com/"
IMAGE = {"type": "image", "alt_text": "x", "image_url": URL}

# A builder of size n: refused one beyond its limit, taken at the limit.
SIZED: dict[str, Judge] = {
    "text-empty": block(lambda n: {"type": "section", "text": mrkdwn(x(n))}),
    "text-too-long": block(lambda n: {"type": "section", "text": mrkdwn(x(n))}),
    "button-action-id-too-long": element(lambda n: button(action_id=x(n))),
    "button-text-too-long": element(lambda n: button(text=plain(x(n)))),
    "button-url-too-long": element(lambda n: button(url=x(n))),
    "button-value-too-long": element(lambda n: button(value=x(n))),
    "button-accessibility-label-too-long": element(lambda n: button(accessibility_label=x(n))),
    "confirmation-title-too-long": confirmed("title"),
    "confirmation-text-too-long": confirmed("text"),
    "confirmation-confirm-too-long": confirmed("confirm"),
    "confirmation-deny-too-long": confirmed("deny"),
    "option-text-too-long": element(lambda n: select(options=[option(text=plain(x(n)))])),
    "option-value-too-long": element(lambda n: select(options=[option(value=x(n))])),
    "option-url-too-long": element(
        lambda n: {"type": "overflow", "options": [option(url="😀" * n)]}
    ),
    "option-description-too-long": element(
        lambda n: select(options=[option(description=plain(x(n)))])
    ),
    "option-group-label-too-long": element(
        lambda n: select(option_groups=[group(label=plain(x(n)))])
    ),
    "option-group-empty": element(lambda n: select(option_groups=[group(options=options(n))])),
    "option-group-too-many-options": element(
        lambda n: select(option_groups=[group(options=options(n))])
    ),
    "select-placeholder-too-long": element(
        lambda n: select(options=options(1), placeholder=plain(x(n)))
    ),
    "select-too-many-options": element(lambda n: select(options=options(n))),
    "select-too-many-option-groups": element(lambda n: select(option_groups=[group()] * n)),
    "overflow-empty": element(lambda n: {"type": "overflow", "options": options(n)}),
    "overflow-too-many-options": element(lambda n: {"type": "overflow", "options": options(n)}),
    "checkboxes-empty": element(lambda n: {"type": "checkboxes", "options": options(n)}),
    "checkboxes-too-many-options": element(lambda n: {"type": "checkboxes", "options": options(n)}),
    "radio-buttons-empty": element(lambda n: {"type": "radio_buttons", "options": options(n)}),
    "radio-buttons-too-many-options": element(
        lambda n: {"type": "radio_buttons", "options": options(n)}
    ),
    "url-source-url-empty": block(lambda n: source(url=x(n))),
    "url-source-url-too-long": block(lambda n: source(url=x(n))),
    "file-input-max-files-too-small": asked(lambda n: {"type": "file_input", "max_files": n}),
    "file-input-max-files-too-large": asked(lambda n: {"type": "file_input", "max_files": n}),
    "plain-text-input-max-length-too-large": asked(
        lambda n: {"type": "plain_text_input", "max_length": n}
    ),
    "actions-too-many-elements": block(lambda n: {"type": "actions", "elements": [button()] * n}),
    "context-too-many-elements": block(lambda n: {"type": "context", "elements": [mrkdwn()] * n}),
    "header-text-too-long": block(lambda n: {"type": "header", "text": plain(x(n))}),
    "image-url-too-long": block(lambda n: {**IMAGE, "image_url": x(n)}),
    "image-alt-text-too-long": block(lambda n: {**IMAGE, "alt_text": x(n)}),
    "input-label-too-long": view_block(
        lambda n: {"type": "input", "label": plain(x(n)), "element": {"type": "datepicker"}}
    ),
    "input-hint-too-long": view_block(
        lambda n: {
            "type": "input",
            "label": plain(),
            "hint": plain(x(n)),
            "element": {"type": "datepicker"},
        }
    ),
    "markdown-empty": block(lambda n: {"type": "markdown", "text": x(n)}),
    "markdown-too-long": block(lambda n: {"type": "markdown", "text": x(n)}),
    "section-text-too-long": block(lambda n: {"type": "section", "text": plain(x(n))}),
    "section-too-many-fields": block(lambda n: {"type": "section", "fields": [plain()] * n}),
    "section-field-too-long": block(lambda n: {"type": "section", "fields": [plain(x(n))]}),
    "video-alt-text-empty": block(lambda n: video(alt_text=x(n))),
    "video-alt-text-too-long": block(lambda n: video(alt_text=x(n))),
    "video-title-too-long": block(lambda n: video(title=plain(x(n)))),
    "video-author-name-too-long": block(lambda n: video(author_name=x(n))),
    "video-description-too-long": block(lambda n: video(description=plain(x(n)))),
    "video-provider-name-too-long": block(lambda n: video(provider_name=x(n))),
    "view-missing-blocks": modal(lambda n: {"blocks": [{"type": "divider"}] * n}),
    "view-too-many-blocks": modal(lambda n: {"blocks": [{"type": "divider"}] * n}),
    "view-private-metadata-too-long": modal(lambda n: {"private_metadata": x(n)}),
    "view-callback-id-too-long": modal(lambda n: {"callback_id": x(n)}),
    "view-title-too-long": modal(lambda n: {"title": plain(x(n))}),
    "view-close-too-long": modal(lambda n: {"close": plain(x(n))}),
    "view-submit-too-long": modal(lambda n: {"submit": plain(x(n))}),
    "block-id-too-long": block(lambda n: {"type": "divider", "block_id": x(n)}),
    "alert-text-too-long": view_block(lambda n: {"type": "alert", "text": plain(x(n))}),
    "card-title-too-long": block(lambda n: card(title=mrkdwn(x(n)))),
    "card-subtitle-too-long": block(lambda n: card(subtitle=mrkdwn(x(n)))),
    "card-body-too-long": block(lambda n: card(body=mrkdwn(x(n)))),
    "card-too-many-actions": block(lambda n: card(actions=[button()] * n)),
    "card-subtext-too-long": block(lambda n: card(subtext=mrkdwn(x(n)))),
    "carousel-empty": block(lambda n: {"type": "carousel", "elements": [card()] * n}),
    "carousel-too-many-cards": block(lambda n: {"type": "carousel", "elements": [card()] * n}),
    "container-title-too-long": block(lambda n: container(title=plain(x(n)))),
    "container-subtitle-too-long": block(lambda n: container(subtitle=plain(x(n)))),
    "container-too-many-child-blocks": block(
        lambda n: container(child_blocks=[{"type": "divider"}] * n)
    ),
    "context-actions-too-many-elements": block(
        lambda n: {"type": "context_actions", "elements": [icon()] * n}
    ),
    "feedback-button-text-too-long": block(lambda n: feedback(text=plain(x(n)))),
    "feedback-button-value-too-long": block(lambda n: feedback(value=x(n))),
    "feedback-button-accessibility-label-too-long": block(
        lambda n: feedback(accessibility_label=x(n))
    ),
    "icon-button-too-many-visible-users": block(
        lambda n: {"type": "context_actions", "elements": [icon(visible_to_user_ids=["U1"] * n)]}
    ),
    "data-table-too-few-rows": block(lambda n: data_table(rows=[cells(1)] * n)),
    "data-table-too-many-rows": block(lambda n: data_table(rows=[cells(1)] * n)),
    "data-table-too-few-columns": block(lambda n: data_table(rows=[cells(n)] * 2)),
    "data-table-too-many-columns": block(lambda n: data_table(rows=[cells(n)] * 2)),
    "data-table-page-size-too-small": block(lambda n: data_table(page_size=n)),
    "data-table-page-size-too-large": block(lambda n: data_table(page_size=n)),
    "data-table-cell-text-empty": block(lambda n: data_table(rows=[cells(1), cells(1, x(n))])),
    "data-table-content-too-long": block(lambda n: data_table(rows=[cells(1), cells(1, x(n - 1))])),
    "data-visualization-title-too-long": block(
        lambda n: chart({"type": "pie", "segments": [point()]}, title=x(n))
    ),
    "pie-chart-empty": block(pie),
    "pie-chart-too-many-segments": block(pie),
    "chart-segment-label-too-long": block(lambda n: pie(label=x(n))),
    "chart-series-empty": block(lambda n: bars([{"name": "s", "data": [point()]}] * n)),
    "chart-too-many-series": block(lambda n: bars([{"name": "s", "data": [point()]}] * n)),
    "data-series-name-too-long": block(lambda n: bars([{"name": x(n), "data": [point()]}])),
    "data-series-empty": block(lambda n: bars([{"name": "s", "data": [point()] * n}])),
    "data-series-too-many-points": block(lambda n: bars([{"name": "s", "data": [point()] * n}])),
    "data-point-label-too-long": block(
        lambda n: bars([{"name": "s", "data": [point(label=x(n))]}])
    ),
    "axis-categories-empty": block(lambda n: bars(categories=["c"] * n)),
    "axis-too-many-categories": block(lambda n: bars(categories=["c"] * n)),
    "axis-category-label-too-long": block(lambda n: bars(categories=[x(n)])),
    "axis-label-too-long": block(lambda n: bars(x_label=x(n))),
}

# A pair: the shape that is taken and the shape that is refused.
SHAPED: dict[str, Judge] = {
    "table-too-many-rows": block(lambda bad: table(rows=[cells(1)] * (101 if bad else 100))),
    "table-ragged-rows": block(lambda bad: table(rows=[cells(2), cells(1 if bad else 2)])),
    "table-column-settings-mismatch": block(
        lambda bad: table(column_settings=[{"align": "left"}] * (1 if bad else 2))
    ),
    "section-missing-content": block(
        lambda bad: {"type": "section"} if bad else {"type": "section", "text": plain()}
    ),
    "static-select-options-and-groups": element(
        lambda bad: select(options=options(1), **({"option_groups": [group()]} if bad else {}))
    ),
    "image-url-and-slack-file": block(
        lambda bad: {
            "type": "context",
            "elements": [{**IMAGE, **({"slack_file": {"id": "F1"}} if bad else {})}],
        }
    ),
    "number-input-inverted-range": asked(
        lambda bad: {
            "type": "number_input",
            "is_decimal_allowed": False,
            "min_value": "2",
            "max_value": "1" if bad else "3",
        }
    ),
    "context-invalid-element": block(
        lambda bad: {"type": "context", "elements": [button() if bad else plain()]}
    ),
    "input-invalid-element": asked(lambda bad: button() if bad else {"type": "datepicker"}),
    "chart-segment-value-not-positive": block(lambda bad: pie(value=0 if bad else 1)),
}


def cases() -> dict[str, str]:
    path = shared_data("slack", "block-kit", "spec", "fixtures", "invalid", "manifest.json")
    given = json.loads(path.read_text(encoding="utf-8"))["cases"]
    return {case["id"]: case["constraint"] for case in given}


def limit(constraint: str) -> int:
    path = shared_data("slack", "block-kit", "spec", "limits.json")
    value: Any = json.loads(path.read_text(encoding="utf-8"))
    for name in constraint.split("."):
        value = value[name]
    assert isinstance(value, int)
    return value


def test_every_negative_case_is_built() -> None:
    assert set(cases()) == set(SIZED) | set(SHAPED)


@pytest.mark.parametrize("name", sorted(SIZED))
def test_one_beyond_the_limit_is_refused(name: str) -> None:
    constraint = cases()[name]
    bound = limit(constraint)
    step = -1 if constraint.rsplit(".", 1)[-1].startswith("min") else 1

    assert SIZED[name](bound) == []
    problems = SIZED[name](bound + step)
    assert problems
    assert all("[json-pointer:/" in problem for problem in problems)


@pytest.mark.parametrize("name", sorted(SHAPED))
def test_a_shape_slack_refuses_is_refused(name: str) -> None:
    assert SHAPED[name](0) == []
    assert SHAPED[name](1) != []
