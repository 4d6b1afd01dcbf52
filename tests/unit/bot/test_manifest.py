import copy
from typing import Any

import pytest
import yaml

from bot.manifest import (
    PLACEHOLDER,
    TEMPLATE,
    BadAddress,
    as_yaml,
    for_address,
    for_socket_mode,
    read_template,
)

SMALL: dict[str, Any] = {
    "display_information": {"name": "Taskbridge"},
    "features": {"slash_commands": [{"command": "/task", "url": f"{PLACEHOLDER}/slack/events"}]},
    "oauth_config": {
        "redirect_urls": [f"{PLACEHOLDER}/slack/oauth_redirect"],
        "scopes": {"bot": ["commands"]},
    },
    "settings": {
        "event_subscriptions": {
            "request_url": f"{PLACEHOLDER}/slack/events",
            "bot_events": ["app_home_opened"],
        },
        "interactivity": {
            "is_enabled": True,
            "request_url": f"{PLACEHOLDER}/slack/events",
            "message_menu_options_url": f"{PLACEHOLDER}/slack/events",
        },
        "socket_mode_enabled": False,
    },
}


def templates() -> list[dict[str, Any]]:
    return [SMALL, *([read_template()] if TEMPLATE.exists() else [])]


@pytest.mark.parametrize("template", templates())
@pytest.mark.parametrize("url", ["https://bot.acme.example", "https://acme.example/bot/"])
def test_every_address_becomes_the_one_given(template: dict[str, Any], url: str) -> None:
    before = copy.deepcopy(template)
    text = as_yaml(for_address(template, url))
    assert PLACEHOLDER not in text
    assert f"{url.rstrip('/')}/slack/events" in text
    assert template == before


@pytest.mark.parametrize("template", templates())
def test_in_socket_mode_there_is_no_address_at_all(template: dict[str, Any]) -> None:
    before = copy.deepcopy(template)
    found = for_socket_mode(template)
    assert "https://" not in as_yaml(found)
    assert found["settings"]["socket_mode_enabled"] is True
    assert found["settings"]["interactivity"] == {"is_enabled": True}
    assert template == before


def test_what_is_printed_reads_back_in_the_same_order() -> None:
    text = as_yaml(for_address(SMALL, "https://x.example"))
    assert list(yaml.safe_load(text)) == list(SMALL)
    assert text.startswith("display_information:")


@pytest.mark.parametrize(
    "url", ["http://x.example", "x.example", "https://", "https://x.example/?a", "https://x/#a", ""]
)
def test_what_slack_cannot_call_is_refused(url: str) -> None:
    with pytest.raises(BadAddress, match="expected the https address"):
        for_address(SMALL, url)


def test_links_to_tasks_are_registered_under_the_host_of_the_address() -> None:
    template = read_template()
    named = for_address(template, "https://acme.example:8443/bot/")["features"]["unfurl_domains"]
    assert named == ["acme.example", "notion.so", "notion.site", "notion.com"]
    alone = for_socket_mode(template)["features"]["unfurl_domains"]
    assert alone == ["notion.so", "notion.site", "notion.com"]
    assert template["features"]["unfurl_domains"][0] == "taskbridge.example.com"
