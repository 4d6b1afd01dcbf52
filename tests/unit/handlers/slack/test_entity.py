"""Whatever the task, Slack takes it as a Work Object, and nothing in it formats."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.metadata import (
    EntityActionButton,
    EntityCustomField,
    EntityMetadata,
    EntityPayload,
    TaskEntityFields,
)

from handlers.slack.blocks.entity import NOTES_MAX, below, entity
from handlers.slack.blocks.message import Message
from handlers.slack.blocks.quiet import below_link, people_in
from handlers.slack.blocks.task import card
from handlers.slack.ids import Act
from handlers.slack.links import Links, reference, referred
from playground.slack.validate.entities import problems_of_details, problems_of_entities
from playground.slack.validate.messages import problems_of_attachments
from tasks.model import Due, Priority, Status, Sync, SyncState, Task
from tests.unit.handlers.slack.builders import NOW, persons, task, tasks

URL = "https://tasks.example.com/t/T1/12"
PAGE = "https://www.notion.so/page"
audiences = st.none() | persons | st.sampled_from(["C7", "G7", "D7"])


def shown(given: Task) -> dict[str, Any]:
    return entity(given, URL, now=NOW)


def fields(given: Task) -> dict[str, Any]:
    payload = shown(given)["entity_payload"]
    found = {one["key"]: one for one in payload["custom_fields"]}
    assert sorted(payload["display_order"]) == sorted([*payload["fields"], *found])
    return {**payload["fields"], **found}


def labels(given: Task) -> list[list[str]]:
    actions = shown(given)["entity_payload"]["actions"]
    return [[one["text"] for one in some] for some in actions.values()]


@given(task=tasks, audience=audiences, source=st.none() | st.just("https://acme.slack.com/p1"))
@settings(max_examples=150)
def test_any_task_is_an_object_that_slack_takes(
    task: Task, audience: str | None, source: str | None
) -> None:
    given = replace(task, audience=audience, source=source)
    assert fields(given)["date_updated"]
    found = shown(given)
    assert problems_of_details(found) == []
    assert problems_of_entities({"entities": [below(found, URL + "?from=slack")]}) == []
    json.dumps(found).encode()


@given(task=tasks)
def test_it_has_no_property_that_slacks_own_kit_does_not_know(task: Task) -> None:
    found = below(shown(task), URL)
    assert set(found) == EntityMetadata.attributes
    assert set(found["entity_payload"]) <= EntityPayload.attributes
    payload = found["entity_payload"]
    assert set(payload["fields"]) <= TaskEntityFields.attributes
    assert all(set(one) <= EntityCustomField.attributes for one in payload["custom_fields"])
    buttons = [one for some in payload["actions"].values() for one in some]
    assert all(set(one) <= EntityActionButton.attributes for one in buttons)


@given(task=tasks)
def test_nobodys_words_are_formatted(task: Task) -> None:
    assert '"format"' not in json.dumps(shown(task))


def test_it_is_known_by_its_team_and_number_alone() -> None:
    found = shown(task())
    assert found["external_ref"] == {"id": "T1-12", "type": "task"}
    assert found["url"] == URL
    assert referred("T1-12", "T1") == 12
    others = ("T2-12", "T1-0", "T1-", "12", "T1-12-3")
    assert [referred(name, "T1") for name in others] == [None] * 5
    assert reference("T1", 12) == "T1-12"


def test_it_tells_what_the_card_tells() -> None:
    told = fields(
        task(
            status=Status.IN_PROGRESS,
            assignees=("U2",),
            due=Due.on(date(2026, 11, 27)),
            priority=Priority.URGENT,
            tags=("offsite", "budget"),
            notes="two\n*lines*",
            checklist=("a", "b"),
            ticked=("a",),
            repeat="monday",
            sync=Sync(state=SyncState.SYNCED, url=PAGE),
        )
    )
    assert told["status"] == {"value": "In progress", "tag_color": "yellow"}
    assert told["assignee"] == {"type": "slack#/types/user", "user": {"user_id": "U2"}}
    assert told["due_date"] == {"type": "slack#/types/date", "value": "2026-11-27"}
    assert told["priority"] == {"value": "Urgent", "tag_color": "red"}
    assert told["description"] == {"value": "two *lines*", "long": True}
    assert told["created_by"]["user"] == {"user_id": "U1"}
    assert told["tags"]["value"] == [{"value": "offsite"}, {"value": "budget"}]
    assert told["checklist"]["value"] == "1/2"
    assert told["repeats"]["value"] == "every monday"
    assert told["notion"]["value"] == PAGE


def test_several_people_and_instants_have_forms_of_their_own() -> None:
    later = Due.local(NOW + timedelta(hours=3), "Europe/Berlin")
    told = fields(task(assignees=("U2", "U3"), due=later, snoozed=later))
    assert "assignee" not in told
    assert [one["user"]["user_id"] for one in told["assignees"]["value"]] == ["U2", "U3"]
    stamp = int((NOW + timedelta(hours=3)).timestamp())
    assert told["due_date"] == {"type": "slack#/types/timestamp", "value": stamp}
    assert (told["snoozed"]["label"], told["snoozed"]["value"]) == ("Snoozed until", stamp)


@pytest.mark.parametrize(
    ("audience", "told"),
    [
        ("C7", {"type": "slack#/types/channel_id", "value": "C7"}),
        ("U1", {"type": "slack#/types/user", "user": {"user_id": "U1"}}),
        ("D7", {"type": "string", "value": "those in its conversation"}),
    ],
)
def test_whom_it_is_private_to_is_told(audience: str, told: dict[str, Any]) -> None:
    found = fields(task(audience=audience))["private"]
    assert {key: found[key] for key in told} == told


def test_a_row_that_needs_somebody_says_why() -> None:
    stalled = Sync(state=SyncState.STALLED, reason="Notion refuses the title", url=PAGE)
    found = fields(task(sync=stalled))["notion"]
    assert (found["label"], found["type"]) == ("Notion", "string")
    assert found["value"] == "stalled — Notion refuses the title"
    assert "notion" not in fields(task(sync=Sync(state=SyncState.OFF, url=PAGE)))


def test_its_buttons_are_those_of_the_card() -> None:
    assert labels(task()) == [["Done", "Edit"], ["Claim", "Assign", "Snooze", "History", "Delete"]]
    assert labels(task(assignees=("U2",)))[1] == ["Assign", "Snooze", "History", "Delete"]
    assert labels(task(status=Status.DONE)) == [["Reopen", "Edit"], ["Assign", "History", "Delete"]]
    assert labels(task(deleted=True)) == [["Restore"]]
    conflict = task(sync=Sync(state=SyncState.CONFLICT))
    assert labels(conflict)[1] == ["Take Notion's", "Keep Slack's", "Claim", "Assign", "Snooze"]
    done = shown(task())["entity_payload"]["actions"]["primary_actions"][0]
    assert (done["action_id"], done["value"]) == (Act.DONE.value, "12")


def test_long_notes_end_where_they_are_still_taken() -> None:
    assert len(fields(task(notes="x" * 5000))["description"]["value"]) == NOTES_MAX


def test_it_is_found_at_its_own_address_else_at_its_page() -> None:
    posted = "https://www.notion.so/acme/page?p=1"
    synced = task(sync=Sync(state=SyncState.SYNCED, url=PAGE))
    assert Links(base="https://tasks.example.com").where(synced, posted) == URL
    assert Links().where(synced, posted) == PAGE
    assert Links().where(task(), posted) == posted


@given(task=tasks, audience=st.none() | st.just("C7"))
@settings(max_examples=60)
def test_an_attachment_has_no_rich_text_which_slack_does_not_take_there(
    task: Task, audience: str | None
) -> None:
    given = card(
        replace(task, audience=audience), now=NOW, viewer="", is_shared=True, has_link=True
    )
    found: Message = below_link(given, dict.fromkeys(people_in(given), "somebody"))
    body = found.body()
    assert problems_of_attachments([{"blocks": body["blocks"]}]) == []
    assert "rich_text" not in {block["type"] for block in body["blocks"]}
    assert "<#C7>" not in json.dumps(body)
