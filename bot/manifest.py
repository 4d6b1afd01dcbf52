"""The app manifest: `manifest.yml`, made ready to paste for one address or for Socket Mode."""

import copy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

TEMPLATE = Path(__file__).resolve().parents[1] / "manifest.yml"
PLACEHOLDER = "https://taskbridge.example.com"
"""Where the template says the bot is."""
PLACEHOLDER_HOST = "taskbridge.example.com"


class BadAddress(ValueError):
    """Not an address that Slack can call; the message is one sentence for a person."""


def read_template(path: Path = TEMPLATE) -> dict[str, Any]:
    """Return the manifest as it is in the repository."""
    template: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return template


def for_address(template: dict[str, Any], url: str) -> dict[str, Any]:
    """Return the manifest of a bot that Slack reaches at `url`. BadAddress."""
    address = urlsplit(url)
    if address.scheme != "https" or not address.hostname or address.query or address.fragment:
        raise BadAddress(
            f'--url: found "{url}", expected the https address under which Slack reaches the bot.'
        )
    found: dict[str, Any] = _replaced(template, url.rstrip("/"))
    domains = found.get("features", {}).get("unfurl_domains")
    if domains is not None:
        own = [address.hostname if name == PLACEHOLDER_HOST else name for name in domains]
        found["features"]["unfurl_domains"] = own
    return found


def for_socket_mode(template: dict[str, Any]) -> dict[str, Any]:
    """Return the manifest of a bot that Slack need not reach: no address in it at all."""
    found = copy.deepcopy(template)
    for command in found["features"].get("slash_commands", ()):
        command.pop("url", None)
    found.get("oauth_config", {}).pop("redirect_urls", None)
    domains = found["features"].get("unfurl_domains", [])
    if PLACEHOLDER_HOST in domains:  # links of our own need an address of our own
        domains.remove(PLACEHOLDER_HOST)
    settings = found["settings"]
    settings.get("event_subscriptions", {}).pop("request_url", None)
    for name in ("request_url", "message_menu_options_url"):
        settings.get("interactivity", {}).pop(name, None)
    settings["socket_mode_enabled"] = True
    return found


def as_yaml(manifest: dict[str, Any]) -> str:
    """Return the text to paste."""
    return str(yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=100))


def _replaced(value: Any, address: str) -> Any:  # noqa: ANN401  # any YAML, and the same shape back
    match value:
        case str():
            return value.replace(PLACEHOLDER, address)
        case dict():
            return {key: _replaced(inner, address) for key, inner in value.items()}
        case list():
            return [_replaced(inner, address) for inner in value]
        case _:
            return value
