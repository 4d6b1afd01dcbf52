"""What Slack sends, as values: a typed command, a pressed button, a submitted form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from handlers.slack.again import NO_LEAVE, AgainTyped, Leave
from handlers.slack.text import number_of, split_first
from handlers.slack.web import Web
from tasks.model import Actor, PersonId, Source
from tasks.permissions import Presence

Json = dict[str, Any]


_HIDDEN_NAMES = ("directmessage", "privategroup")


def is_private(channel: str, name: str | None) -> bool | None:
    """Tell whether a conversation is no public channel; None: its id and name do not tell."""
    if channel[:1] in "DG" or name in _HIDDEN_NAMES or (name or "").startswith("mpdm-"):
        return True
    return None if name is None else False


def is_outsider(body: Json, team: str) -> bool:
    """Tell whether somebody of another workspace acts, in a channel shared with it.

    Within one organisation a person's home may be another workspace: that is no outsider.
    """
    user = body.get("user")
    home = user.get("team_id") if isinstance(user, dict) else None
    return bool(home) and home != team and not body.get("enterprise")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfurl:
    """A card below a link in somebody's message."""

    ts: str
    """That message."""
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who asks, where, and how to answer later."""

    team: str
    user: PersonId
    channel: str | None = None
    channel_name: str | None = None
    """As Slack gives it: `privategroup` and `directmessage` in place of a private one's name."""
    is_typing: bool = False
    """Whether it is a command, which Slack takes in a conversation from its members only."""
    is_stranger: bool = False
    """Whether their home is another workspace."""
    response_url: str | None = None
    domain: str | None = None
    """The workspace's, as in the addresses of its messages."""
    message: str | None = None
    """The message that they act on, where others see it too."""
    tab: str = ""
    """What the home tab carries unseen that they act on."""
    unfurl: Unfurl | None = None
    """Where it is a card below a link that they act on: the message is not ours to replace."""
    details: str | None = None
    """The address of the Work Object in whose details they act; one person alone sees those."""

    @property
    def presence(self) -> Presence:
        """What that tells of them."""
        return Presence(
            here=self.channel,
            is_proven=self.is_typing,
            is_private=self.channel is not None
            and is_private(self.channel, self.channel_name) is not False,
            is_stranger=self.is_stranger,
        )

    @property
    def actor(self) -> Actor:
        """The same person to the inside."""
        return Actor(person=self.user, source=Source.SLACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A command, or its repetition by a button."""

    sender: Sender
    text: str
    """All behind `/task`, with Slack's escapes."""
    key: str
    """Names the action; the repetition carries the first one's."""
    web: Web
    trigger_id: str
    leave: Leave = NO_LEAVE
    source: str | None = None
    """Where it can be read, where it was a message."""
    thread: str | None = None
    """The thread it was said in, where others talk as well."""

    @property
    def word(self) -> str:
        """The subcommand, as typed."""
        return split_first(self.text)[0]

    @property
    def rest(self) -> str:
        """What follows it, with Slack's escapes."""
        return split_first(self.text)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A button or menu in a message or on the home tab."""

    sender: Sender
    action: str
    value: str
    key: str
    web: Web
    trigger_id: str
    view: Json = field(default_factory=dict)
    """The form or tab it stands in."""
    block: str = ""
    """The id of the block that it stands in."""
    picked: tuple[str, ...] = ()
    """The values of all that is chosen in it, where that may be several."""

    @property
    def number(self) -> int:
        """The task it stands for."""
        return number_of(self.value.partition(":")[0]) or 0

    @property
    def rev(self) -> int | None:
        """The change it stands for, where the value is `number:rev`."""
        return number_of(self.value.partition(":")[2])

    def again(self, *, action: str, value: str, key: str) -> Pressed:
        """Return the action that this button repeats."""
        return replace(self, action=action, value=value, key=key)

    def typed(self, again: AgainTyped) -> Typed:
        """Return the command that this button repeats."""
        return Typed(
            sender=self.sender,
            text=again.text,
            key=again.key,
            web=self.web,
            trigger_id=self.trigger_id,
            leave=again.leave,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A form that was sent."""

    sender: Sender
    form: str
    view_id: str
    metadata: Mapping[str, Any]
    values: Mapping[str, Mapping[str, Any]]
    """State by block id, the element in it."""
    web: Web


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A shortcut, from a message's menu or from anywhere."""

    sender: Sender
    shortcut: str
    message: Json
    """The message it was used on; empty where there is none."""
    web: Web
    trigger_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What somebody types into a menu whose options we know."""

    sender: Sender
    what: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overheard:
    """Something that happened in a workspace."""

    team: str
    event: Json
    app: str
    bot: PersonId
    """Ourselves, as people mention us."""
    web: Web
    attempt: int
    """0, and more where Slack sends it again."""
    id: str = ""
    """The event's; each repetition has the same."""
    is_shared: bool = False
    """Whether it happened where people of another workspace are as well."""


Opener: TypeAlias = Typed | Pressed | Used
"""What a form can be opened by."""


def typed(body: Json, *, team: str, web: Web) -> Typed:
    """Read the body of a slash command."""
    sender = Sender(
        team=team,
        user=str(body.get("user_id", "")),
        channel=body.get("channel_id"),
        channel_name=body.get("channel_name") or None,
        is_typing=True,
        response_url=body.get("response_url"),
    )
    trigger = str(body.get("trigger_id", ""))
    return Typed(
        sender=sender, text=str(body.get("text", "")), key=trigger, web=web, trigger_id=trigger
    )


def pressed(body: Json, *, team: str, web: Web) -> Pressed:
    """Read the body of a block action."""
    action = body["actions"][0]
    container = body.get("container") or {}
    place = container.get("view_id") or (
        f"{container.get('channel_id', '')}/{container.get('message_ts', '')}"
    )
    picked = action.get("selected_option") or {}
    return Pressed(
        sender=replace(_sender(body, team), unfurl=_unfurl(container)),
        action=str(action.get("action_id", "")).partition(":")[0],
        value=str(picked.get("value") or action.get("value") or ""),
        key=f"{place}/{action.get('action_id', '')}/{action.get('action_ts', '')}",
        web=web,
        trigger_id=str(body.get("trigger_id", "")),
        view=body.get("view") or {},
        block=str(action.get("block_id", "")),
        picked=tuple(str(one["value"]) for one in action.get("selected_options") or ()),
    )


def used(body: Json, *, team: str, web: Web) -> Used:
    """Read the body of a shortcut."""
    message = body.get("message")
    return Used(
        sender=_sender(body, team),
        shortcut=str(body.get("callback_id", "")),
        message=message if isinstance(message, dict) else {},
        web=web,
        trigger_id=str(body.get("trigger_id", "")),
    )


def searched(body: Json, *, team: str) -> Searched:
    """Read the body of a question for options; a form knows where it was opened from."""
    sender = _sender(body, team)
    found = _metadata(body.get("view") or {})
    if sender.channel is None:
        channel, name = found.get("channel"), found.get("channel_name")
        sender = replace(sender, channel=channel, channel_name=name)
    return Searched(
        sender=sender,
        what=str(body.get("action_id", "")).partition(":")[0],
        words=str(body.get("value") or ""),
    )


def overheard(body: Json, *, team: str, web: Web, attempt: int) -> Overheard:
    """Read the body of an event."""
    event = body.get("event")
    authorizations = body.get("authorizations") or [{}]
    return Overheard(
        team=team,
        event=event if isinstance(event, dict) else {},
        app=str(body.get("api_app_id") or ""),
        bot=str(authorizations[0].get("user_id") or ""),
        web=web,
        attempt=attempt,
        id=str(body.get("event_id") or ""),
        is_shared=bool(body.get("is_ext_shared_channel")),
    )


def submitted(body: Json, *, team: str, web: Web) -> Submitted:
    """Read the body of a sent form."""
    view = body["view"]
    metadata = json.loads(view.get("private_metadata") or "{}")
    sender = replace(
        _sender(body, team),
        channel=metadata.get("channel"),
        channel_name=metadata.get("channel_name"),
        response_url=metadata.get("response_url"),
        message=metadata.get("message"),
        unfurl=_packed_unfurl(metadata),
    )
    state = view.get("state", {}).get("values", {})
    return Submitted(
        sender=sender,
        form=str(view.get("callback_id", "")),
        view_id=str(view["id"]),
        metadata=metadata,
        values={block: next(iter(found.values()), {}) for block, found in state.items()},
        web=web,
    )


def _unfurl(container: Json) -> Unfurl | None:
    link, ts = container.get("app_unfurl_url"), container.get("message_ts")
    return Unfurl(ts=str(ts), link=str(link)) if link and ts else None


def _details(container: Json) -> str | None:
    """Return the object in whose details a button stands; a form from there knows it no more."""
    if container.get("type") != "entity_detail":
        return None
    return str(container.get("entity_url") or "") or None


def _packed_unfurl(metadata: Json) -> Unfurl | None:
    """Return which card below a link a form was opened from."""
    found = metadata.get("unfurl")
    if not (isinstance(found, list) and len(found) == len(("ts", "link"))):
        return None
    return Unfurl(ts=str(found[0]), link=str(found[1]))


def _metadata(view: Json) -> Json:
    """Return what a form of ours carries unseen; nothing where it is none."""
    try:
        found = json.loads(view.get("private_metadata") or "{}")
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _sender(body: Json, team: str) -> Sender:
    channel = body.get("channel") or {}
    container = body.get("container") or {}
    return Sender(
        team=team,
        user=str((body.get("user") or {}).get("id", "")),
        channel=channel.get("id") or container.get("channel_id"),
        channel_name=channel.get("name") or None,
        is_stranger=is_outsider(body, team),
        response_url=body.get("response_url"),
        domain=(body.get("team") or {}).get("domain") or None,
        message=_message(container),
        details=_details(container),
        tab=_tab(body.get("view") or {}),
    )


def _tab(view: Json) -> str:
    """Return what the home tab carries unseen; nothing of any other view."""
    return str(view.get("private_metadata") or "") if view.get("type") == "home" else ""


def _message(container: Json) -> str | None:
    """Return the message that a button stands in; None where one person alone sees it."""
    if container.get("type") != "message" or container.get("is_ephemeral"):
        return None
    return str(container.get("message_ts") or "") or None
