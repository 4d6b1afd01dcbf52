"""An app's manifest: what it has asked Slack to send. What is not in it is not sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

import yaml

from playground.slack.errors import Impossible
from playground.slack.wire import Json

_MESSAGE_EVENTS = {
    "channel": "message.channels",
    "group": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppManifest:
    """The parts of a manifest that decide what reaches the app."""

    commands: Mapping[str, bool]  # the command: whether its text is escaped
    shortcuts: Mapping[str, str]  # callback_id: `global` or `message`
    events: frozenset[str]
    scopes: tuple[str, ...]
    redirect_urls: tuple[str, ...]
    home_tab: bool
    writable: bool  # whether people can write to the bot
    interactive: bool
    functions: Mapping[str, Json]  # steps for workflows; only with a remote runtime
    unfurl_domains: tuple[str, ...] = ()  # and all below them

    @classmethod
    def read(cls, given: str | Json) -> Self:
        """Read a manifest, as YAML or JSON text or as a dict."""
        manifest: Json = yaml.safe_load(given) if isinstance(given, str) else given
        features, settings = _part(manifest, "features"), _part(manifest, "settings")
        oauth = _part(manifest, "oauth_config")
        return cls(
            commands={
                command["command"]: bool(command.get("should_escape"))
                for command in features.get("slash_commands") or []
            },
            shortcuts={s["callback_id"]: s["type"] for s in features.get("shortcuts") or []},
            events=frozenset(_part(settings, "event_subscriptions").get("bot_events") or []),
            scopes=tuple(_part(oauth, "scopes").get("bot") or []),
            redirect_urls=tuple(oauth.get("redirect_urls") or []),
            home_tab=bool(_part(features, "app_home").get("home_tab_enabled")),
            writable=not _part(features, "app_home").get("messages_tab_read_only_enabled"),
            interactive=bool(_part(settings, "interactivity").get("is_enabled")),
            unfurl_domains=tuple(features.get("unfurl_domains") or []),
            functions=(
                _part(manifest, "functions") if settings.get("function_runtime") == "remote" else {}
            ),
        )

    def escapes(self, command: str) -> bool:
        """Tell whether a command's text is escaped; Impossible for an unknown command."""
        if command not in self.commands:
            raise Impossible(f"{command} is not a valid command: the manifest does not name it")
        return self.commands[command]

    def check_shortcut(self, callback_id: str, kind: str) -> None:
        """Raise Impossible for a shortcut nobody can find in a menu."""
        self.check_interactive()
        if self.shortcuts.get(callback_id) != kind:
            raise Impossible(f"the manifest has no {kind} shortcut {callback_id}")

    def check_interactive(self) -> None:
        """Raise Impossible where Slack does not know whom to tell of a click."""
        if not self.interactive:
            raise Impossible("the manifest does not switch interactivity on")

    def check_event(self, inner: Mapping[str, object]) -> None:
        """Raise Impossible for an event the app has not subscribed to."""
        name = str(inner.get("type"))
        if name == "message":
            name = _MESSAGE_EVENTS.get(str(inner.get("channel_type")), name)
        if name not in self.events:
            raise Impossible(f"the manifest does not subscribe to {name}")

    def check_links(self, links: Iterable[str]) -> None:
        """Raise Impossible for a link of which Slack would not tell the app."""
        for link in links:
            host = f".{urlsplit(link).hostname or ''}"
            if not any(host.endswith(f".{domain}") for domain in self.unfurl_domains):
                raise Impossible(f"the manifest does not register the domain of {link}")


def _part(parent: Mapping[str, Any], name: str) -> Json:
    part = parent.get(name)
    return part if isinstance(part, dict) else {}
