"""What the manifest asks of Slack is what the bot does, no more and no less."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from handlers.slack.ids import Command, Event, Shortcut, Step
from handlers.slack.links import PAGES
from observability.metrics import SLACK_METHODS
from tests.shared_data import shared_data

ROOT = Path(__file__).parents[2]
_METHOD = re.compile(r"[a-z]+(\.[a-zA-Z]+)+")
SELDOM = {
    *("users.lookupByEmail", "conversations.info", "conversations.open", "users.conversations"),
    *("conversations.replies", "chat.getPermalink", "chat.unfurl"),
    "entity.presentDetails",
    *("auth.test", "chat.delete", "conversations.history", "users.list"),
    *("functions.completeSuccess", "functions.completeError"),
}
SCOPE_OF_EVENT: dict[str, str | None] = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "app_uninstalled": None,
    "entity_details_requested": None,
    "function_executed": None,
    "link_shared": "links:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "reaction_added": "reactions:read",
    "tokens_revoked": None,
}
_WITH_ANOTHER_TOKEN = {"apps.connections.open"}
LIMITS = {"name": 35, "description": 140, "long_description": 4000}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    found = yaml.safe_load((ROOT / "manifest.yml").read_text())
    assert isinstance(found, dict)
    return found


def test_the_official_schema_accepts_it(manifest: dict[str, Any]) -> None:
    schema = shared_data("slack", "manifest-schema", "manifest.schema.2.0.0.json")
    assert list(Draft7Validator(json.loads(schema.read_text())).iter_errors(manifest)) == []


def test_it_names_every_command_and_escapes_what_is_typed(manifest: dict[str, Any]) -> None:
    commands = manifest["features"]["slash_commands"]
    assert [command["command"] for command in commands] == [command.value for command in Command]
    assert all(command["should_escape"] and command["usage_hint"] for command in commands)


def test_it_subscribes_to_the_events_that_are_acted_on(manifest: dict[str, Any]) -> None:
    subscribed = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert set(subscribed) == {event.value for event in Event}


def test_its_texts_have_the_lengths_that_slack_takes(manifest: dict[str, Any]) -> None:
    shown = manifest["display_information"]
    assert all(len(shown[name]) <= limit for name, limit in LIMITS.items())
    assert len(shown["long_description"]) >= 175


def test_everything_goes_to_one_address(manifest: dict[str, Any]) -> None:
    settings = manifest["settings"]
    urls = {
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
        settings["interactivity"]["message_menu_options_url"],
        *(command["url"] for command in manifest["features"]["slash_commands"]),
    }
    assert len(urls) == 1
    assert urls.pop().endswith("/slack/events")
    assert settings["interactivity"]["is_enabled"]
    assert manifest["features"]["app_home"]["home_tab_enabled"]


def test_its_scopes_are_those_of_the_methods_called(manifest: dict[str, Any]) -> None:
    scopes = manifest["oauth_config"]["scopes"]
    asked = {*scopes["bot"], *scopes["bot_optional"]}
    subscribed = manifest["settings"]["event_subscriptions"]["bot_events"]
    useful = {"commands", *(SCOPE_OF_EVENT[event] for event in subscribed)} - {None}
    assert useful <= asked
    for method in called_methods():
        described = json.loads(shared_data("slack", "method-errors", f"{method}.json").read_text())
        scope = described["scope"]
        any_of = set([] if scope == "none" else scope.get("bot", []))
        assert not any_of or any_of & asked, method
        useful |= any_of
    assert asked <= useful
    assert not set(scopes["bot"]) & set(scopes["bot_optional"])


def test_it_names_the_shortcuts_that_are_listened_to(manifest: dict[str, Any]) -> None:
    named = {one["callback_id"] for one in manifest["features"]["shortcuts"]}
    assert named == {shortcut.value for shortcut in Shortcut}
    assert set(manifest["functions"]) == {step.value for step in Step}
    assert manifest["settings"]["function_runtime"] == "remote"


def test_people_can_write_to_the_bot(manifest: dict[str, Any]) -> None:
    assert not manifest["features"]["app_home"]["messages_tab_read_only_enabled"]


def test_every_method_called_is_counted_under_its_name() -> None:
    # A label has fewer than ten values: the rarest methods, seldom called at all, are `other`.
    assert called_methods() - SELDOM <= set(SLACK_METHODS)


def called_methods() -> set[str]:
    """Return the Web API methods whose names stand in the source that talks to Slack."""
    known = {path.stem for path in shared_data("slack", "method-errors").glob("*.json")}
    literals = {
        node.value
        for folder in ("handlers/slack", "notifications")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in literals if _METHOD.fullmatch(text)} & known - _WITH_ANOTHER_TOKEN


def test_it_registers_where_pages_are(manifest: dict[str, Any]) -> None:
    domains = manifest["features"]["unfurl_domains"]
    assert set(PAGES) < set(domains)
    assert len(domains) <= 5
