"""What is told of a value that cannot be taken: what to send instead, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from multidict import MultiDict
from pydantic import BaseModel

from handlers.http.openapi import document
from handlers.http.problems import Problem
from handlers.http.queries import HistoryQuery, ListQuery
from handlers.http.reading import parse, read_query
from handlers.http.schemas import EXPECTED, NewTask, TaskPatch

VISIBLE = "Write at least one character that can be seen."
INSTANT = "Send an instant with its offset from UTC, such as 2026-11-27T17:00:00Z."
OBJECT = "Send an object with the fields that /api/docs names."


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ([], OBJECT),
        ({}, "title: It is missing: send it."),
        ({"title": 1}, "title: Send a text."),
        ({"title": ""}, f"title: {VISIBLE}"),
        ({"title": " \t\n\0"}, f"title: {VISIBLE}"),
        ({"title": "x" * 251}, "title: Shorten it to at most 250 characters."),
        ({"title": "x", "done": 1}, "done: There is none of that name: check the spelling, or lea"),
        ({"title": "x", "tags": [","]}, "tags/0: Write at least one character that can be seen an"),
        ({"title": "x", "tags": ["a"] * 21}, "tags: Send at most 20 entries."),
        ({"title": "x", "assignees": "U1"}, "assignees: Send a list."),
        ({"title": "x", "assignees": ["maria"]}, "assignees/0: Send the id of a person in Slack, "),
        ({"title": "x", "channel": "general"}, "channel: Send the id of a channel in Slack, such "),
        ({"title": "x", "priority": "hi"}, 'priority: Send one of "low", "medium", "high" or "urg'),
        ({"title": "x", "checklist": [{"text": " "}]}, f"checklist/0/text: {VISIBLE}"),
        ({"title": "x", "checklist": [{"text": "a", "done": 1}]}, "checklist/0/done: Send true or"),
        ({"title": "x", "due": "tomorrow"}, f"due: {OBJECT}"),
        ({"title": "x", "due": {"day": "2026-02-30"}}, "due/day: Send a day of the calendar, such"),
        ({"title": "x", "due": {"day": "0001-01-01"}}, "due/day: Send a year from 1970 to 8999."),
        ({"title": "x", "due": {"at": "soon", "zone": "UTC"}}, f"due/at: {INSTANT}"),
        ({"title": "x", "due": {"at": "2026-11-27T17:00:00", "zone": "UTC"}}, "due/at: Add the of"),
    ],
)
def test_a_wrong_body_is_answered_with_what_to_send_instead(body: object, said: str) -> None:
    with pytest.raises(Problem) as refused:
        parse(json.dumps(body).encode(), NewTask)
    assert refused.value.detail.startswith(said)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"owner": "maria"}, "owner: Send the id of a person in Slack, such as U012AB3CD."),
        ({"channel": "general"}, "channel: Send the id of a channel in Slack, such as C012AB3CD."),
        ({"cursor": "$where"}, "cursor: Send next of the page before, as it is."),
        ({"q": ""}, f"q: {VISIBLE}"),
        ({"limit": "0"}, "limit: Send 1 or more."),
        ({"limit": "101"}, "limit: Send 100 or less."),
        ({"state": "deleted"}, 'state: Send one of "open" or "done".'),
        ({"sort": "recent"}, "Open tasks are sorted by due: send that, or leave sort out."),
    ],
)
def test_a_wrong_parameter_is_answered_with_what_to_send_instead(
    query: dict[str, str], said: str
) -> None:
    with pytest.raises(Problem) as refused:
        read_query(MultiDict(query), ListQuery)
    assert refused.value.detail == said


def test_every_pattern_of_a_value_is_in_the_specification_and_has_its_words() -> None:
    models: list[type[BaseModel]] = [NewTask, TaskPatch, ListQuery, HistoryQuery]
    found = {one for model in models for one in patterns(model.model_json_schema())}
    assert found == set(EXPECTED)
    assert found <= set(patterns(document("1.0")))


def patterns(schema: object) -> Iterator[str]:
    """Yield every pattern of a JSON schema."""
    if isinstance(schema, dict):
        if isinstance(pattern := schema.get("pattern"), str):
            yield pattern
        for one in schema.values():
            yield from patterns(one)
    if isinstance(schema, list):
        for one in schema:
            yield from patterns(one)
