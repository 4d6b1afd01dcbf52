"""The bodies Slack sends to an app, with every field a real one has."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from playground.slack import normalise
from playground.slack.core import Core
from playground.slack.panes import Pane, fallback
from playground.slack.state import Channel, Message, Team, User
from playground.slack.views import View
from playground.slack.wire import Json

_HIDDEN_NAMES = {"im": "directmessage", "private": "privategroup", "mpim": "privategroup"}


def channel_name(channel: Channel) -> str:
    """Return the name as slash commands and interactions carry it."""
    return _HIDDEN_NAMES.get(channel.kind, channel.name)


def command(
    core: Core,
    *,
    team: Team,
    user: User,
    channel: Channel,
    name: str,
    text: str,
    trigger_id: str,
    response_url: str,
) -> dict[str, str]:
    """Return the form fields of a slash command."""
    return {
        "token": core.verification_token,
        "team_id": team.id,
        "team_domain": team.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": core.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def _team(team: Team) -> Json:
    return {"id": team.id, "domain": team.domain}


def _user(user: User) -> Json:
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id}


def _interaction(core: Core, kind: str, team: Team, user: User) -> Json:
    return {
        "type": kind,
        "user": _user(user),
        "api_app_id": core.app_id,
        "token": core.verification_token,
        "team": _team(team),
        "is_enterprise_install": False,
    }


def message(shown: Message) -> Json:
    """Return a message as Slack echoes it."""
    body: Json = {
        "type": "message",
        "user": shown.user_id,
        "ts": shown.ts,
        "text": shown.text,
        "team": shown.team.id,
        "blocks": normalise.echoed(shown.blocks),
    }
    optional = {
        "bot_id": shown.bot_id,
        "app_id": shown.app_id,
        "thread_ts": shown.thread_ts,
        "metadata": shown.metadata,
        "attachments": normalise.echoed(shown.attachments),
        "edited": {"user": shown.user_id, "ts": shown.edited_ts} if shown.edited_ts else None,
        "reactions": [
            {"name": name, "users": users, "count": len(users)}
            for name, users in shown.reactions.items()
        ],
    }
    return body | {key: value for key, value in optional.items() if value}


def view(core: Core, shown: View) -> Json:
    """Return a view as Slack echoes it, with `state.values`."""
    given = shown.given
    installation = shown.team.installation
    body: Json = {
        "id": shown.id,
        "team_id": shown.team.id,
        "type": given["type"],
        "blocks": normalise.echoed(shown.blocks),
        "private_metadata": given.get("private_metadata", ""),
        "callback_id": given.get("callback_id", ""),
        "state": {"values": _state(shown.values)},
        "hash": shown.hash,
        "title": normalise.echoed(given.get("title") or _title("View Title")),
        "clear_on_close": given.get("clear_on_close", False),
        "notify_on_close": given.get("notify_on_close", False),
        "close": normalise.echoed(given.get("close")),
        "submit": normalise.echoed(given.get("submit")),
        "previous_view_id": shown.previous_view_id,
        "root_view_id": shown.root_view_id,
        "app_id": core.app_id,
        "external_id": given.get("external_id", ""),
        "app_installed_team_id": shown.team.id,
        "bot_id": installation.bot_id if installation else "",
    }
    return body | (
        {"submit_disabled": given["submit_disabled"]} if "submit_disabled" in given else {}
    )


def _title(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def _state(values: Json) -> Json:
    """Typed values go out raw; the texts of picked options are echoed like all display text."""
    return {
        block_id: {
            action_id: {
                key: normalise.echoed(value) if key.startswith("selected_option") else value
                for key, value in state.items()
            }
            for action_id, state in states.items()
        }
        for block_id, states in values.items()
    }


def message_actions(
    core: Core,
    *,
    on: Message,
    user: User,
    channel: Channel,
    action: Json,
    trigger_id: str,
    response_url: str,
    unfurled: str | None = None,
) -> Json:
    """Return `block_actions` from a message; of an ephemeral one Slack keeps no copy to send.

    Below a link that was unfurled it stands in an attachment, and the message is not sent along.
    """
    container: Json = {
        "type": "message" if unfurled is None else "message_attachment",
        "message_ts": on.ts,
        "channel_id": channel.id,
        "is_ephemeral": on.is_ephemeral,
    }
    if on.thread_ts:
        container["thread_ts"] = on.thread_ts
    body = _interaction(core, "block_actions", on.team, user) | {
        "container": container,
        "trigger_id": trigger_id,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "state": {"values": _state(on.values)},
        "response_url": response_url,
        "actions": [normalise.echoed(action)],
    }
    if unfurled is not None:
        number = 1 + list(on.unfurls).index(unfurled)
        told = {"is_app_unfurl": True, "app_unfurl_url": unfurled}
        container |= {"attachment_id": number, **told}
        shown = normalise.echoed(on.unfurls[unfurled])
        if (entity := on.objects.get(unfurled)) is not None:
            container |= {"entity_url": entity["url"], "external_ref": entity["external_ref"]}
            shown = fallback(entity, on.team.name_of)
        return body | {"app_unfurl": {**shown, **told, "id": number, "app_id": core.app_id}}
    return body if on.is_ephemeral else body | {"message": message(on)}


def pane_actions(core: Core, *, on: Pane, user: User, action: Json, trigger_id: str) -> Json:
    """Return `block_actions` from the details of a Work Object.

    Only the container is documented to say where they were opened; so nothing else does.
    """
    container: Json = {"type": "entity_detail", "entity_url": on.url, "app_unfurl_url": on.link}
    if on.reference is not None:
        container["external_ref"] = on.reference
    return _interaction(core, "block_actions", on.team, user) | {
        "container": container | _told_of(on.on),
        "trigger_id": trigger_id,
        "actions": [normalise.echoed(action)],
    }


def details_requested(on: Pane, *, trigger_id: str) -> Json:
    """Return the inner event of somebody who opens a Work Object, or refreshes its details."""
    told = _told_of(on.on)
    inner: Json = {
        "type": "entity_details_requested",
        "user": on.user.id,
        "trigger_id": trigger_id,
        "user_locale": on.user.locale,
        "entity_url": on.url,
        "app_unfurl_url": on.link,
        "link": {"url": on.url, "domain": urlsplit(on.url).hostname or ""},
        **({"external_ref": on.reference} if on.reference is not None else {}),
    }
    if told:
        inner["channel"] = told.pop("channel_id")
    return inner | told


def _told_of(on: Message | None) -> Json:
    if on is None:
        return {}
    told: Json = {"channel_id": on.channel_id, "message_ts": on.ts}
    return told | ({"thread_ts": on.thread_ts} if on.thread_ts else {})


def view_actions(core: Core, *, on: View, user: User, action: Json, trigger_id: str) -> Json:
    """Return `block_actions` from a modal or home tab: there is no message and no response_url."""
    return _interaction(core, "block_actions", on.team, user) | {
        "container": {"type": "view", "view_id": on.id},
        "trigger_id": trigger_id,
        "view": view(core, on),
        "actions": [normalise.echoed(action)],
    }


def view_submission(
    core: Core, *, on: View, user: User, trigger_id: str, response_urls: list[Json]
) -> Json:
    """Return `view_submission`."""
    return _interaction(core, "view_submission", on.team, user) | {
        "trigger_id": trigger_id,
        "view": view(core, on),
        "response_urls": response_urls,
    }


def view_closed(core: Core, *, on: View, user: User, is_cleared: bool) -> Json:
    """Return `view_closed`; there is nothing to trigger from."""
    return _interaction(core, "view_closed", on.team, user) | {
        "view": view(core, on),
        "is_cleared": is_cleared,
    }


def shortcut(core: Core, *, team: Team, user: User, callback_id: str, trigger_id: str) -> Json:
    """Return a global shortcut: no channel and no response_url."""
    return _base_shortcut(core, "shortcut", team, user) | {
        "callback_id": callback_id,
        "trigger_id": trigger_id,
    }


def message_shortcut(
    core: Core,
    *,
    on: Message,
    user: User,
    channel: Channel,
    callback_id: str,
    trigger_id: str,
    response_url: str,
) -> Json:
    """Return a message shortcut."""
    return _base_shortcut(core, "message_action", on.team, user) | {
        "callback_id": callback_id,
        "trigger_id": trigger_id,
        "message_ts": on.ts,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "message": message(on),
        "response_url": response_url,
    }


def _base_shortcut(core: Core, kind: str, team: Team, user: User) -> Json:
    return {
        "type": kind,
        "token": core.verification_token,
        "action_ts": core.ids.ts(),
        "team": _team(team),
        "user": _user(user),
        "is_enterprise_install": False,
    }


def suggestion(
    core: Core, *, on: View | Message, user: User, block_id: str, action_id: str, value: str
) -> Json:
    """Return `block_suggestion`: what was typed into an external select."""
    body = _interaction(core, "block_suggestion", on.team, user) | {
        "block_id": block_id,
        "action_id": action_id,
        "value": value,
    }
    if isinstance(on, View):
        return body | {"container": {"type": "view", "view_id": on.id}, "view": view(core, on)}
    container = {
        "type": "message",
        "message_ts": on.ts,
        "channel_id": on.channel_id,
        "is_ephemeral": on.is_ephemeral,
    }
    channel = on.team.channels[on.channel_id]
    return body | {
        "container": container,
        "channel": {"id": channel.id, "name": channel_name(channel)},
    }


def event(core: Core, *, team: Team, inner: Mapping[str, object]) -> Json:
    """Return the envelope of an event."""
    installation = team.installation
    return {
        "token": core.verification_token,
        "team_id": team.id,
        "context_team_id": team.id,
        "context_enterprise_id": None,
        "api_app_id": core.app_id,
        "event": {"event_ts": core.ids.ts(), **inner},
        "type": "event_callback",
        "event_id": core.ids.next("Ev"),
        "event_time": int(core.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team.id,
                "user_id": installation.bot_user_id if installation else None,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": _is_shared(team, str(inner.get("channel"))),
        "event_context": f"4-{core.ids.secret(12)}",
    }


def _is_shared(team: Team, channel_id: str) -> bool:
    """Tell whether people of another workspace are there."""
    channel = team.channels.get(channel_id)
    members = channel.members if channel is not None else []
    return any(member in team.users and team.users[member].is_stranger for member in members)
