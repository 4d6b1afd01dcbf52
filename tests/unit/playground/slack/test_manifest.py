import pytest

from playground.slack.errors import Impossible
from playground.slack.manifest import AppManifest
from playground.slack.simulator import SlackSimulator

TEXT = """
features:
  app_home: {home_tab_enabled: true}
  slash_commands: [{command: /task, should_escape: true}, {command: /raw}]
  shortcuts: [{callback_id: new, type: global}, {callback_id: turn, type: message}]
oauth_config:
  redirect_urls: [https://bot.example/slack/oauth_redirect]
  scopes: {bot: [commands, chat:write]}
settings:
  event_subscriptions: {bot_events: [app_home_opened, message.im]}
  interactivity: {is_enabled: true}
"""


def test_it_names_what_reaches_the_app() -> None:
    manifest = AppManifest.read(TEXT)

    assert manifest.escapes("/task")
    assert not manifest.escapes("/raw")
    manifest.check_shortcut("new", "global")
    manifest.check_event({"type": "app_home_opened"})
    manifest.check_event({"type": "message", "channel_type": "im"})
    assert manifest.scopes == ("commands", "chat:write")


def test_what_it_does_not_name_cannot_happen() -> None:
    manifest = AppManifest.read(TEXT)

    with pytest.raises(Impossible, match="/todo"):
        manifest.escapes("/todo")
    with pytest.raises(Impossible, match="no message shortcut new"):
        manifest.check_shortcut("new", "message")
    with pytest.raises(Impossible, match=r"message\.channels"):
        manifest.check_event({"type": "message", "channel_type": "channel"})


def test_an_empty_manifest_switches_everything_off() -> None:
    manifest = AppManifest.read({})

    assert not manifest.home_tab
    with pytest.raises(Impossible, match="interactivity"):
        manifest.check_interactive()


async def test_a_simulator_with_a_manifest_sends_nothing_else() -> None:
    slack = SlackSimulator(signing_secret="x")  # noqa: S106 - of a simulator
    slack.install("T1", "One", "xoxb-1")
    slack.add_user("U1", "maria")
    slack.add_channel("C1", "general")
    slack.use_manifest(TEXT)

    assert slack.core.home_tab_enabled
    assert slack.core.redirect_urls == ["https://bot.example/slack/oauth_redirect"]
    for act in (
        slack.command("/todo x"),
        slack.shortcut("turn"),
        slack.message_shortcut(slack.say("x"), "new"),
        slack.event({"type": "link_shared"}),
    ):
        with pytest.raises(Impossible):
            await act
