"""conversations.history, info, list, members, replies, open, join."""

from collections.abc import Sequence

from playground.slack import payloads
from playground.slack.core import Core
from playground.slack.errors import Refused
from playground.slack.state import Channel, Message
from playground.slack.web_api.calls import Call, Method, channel_of, need, team_of
from playground.slack.web_api.paging import page
from playground.slack.wire import Json

_SCOPE_OF = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}
_TYPES = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}
READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_GROUP_LIMIT = 8


def channel_object(channel: Channel, bot_user_id: str) -> Json:
    """Return a conversation as Slack shows one."""
    flags: Json = {
        "id": channel.id,
        "created": 1_700_000_000,
        "is_archived": channel.is_archived,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "public",
        "is_org_shared": False,
        "is_shared": False,
        "is_ext_shared": False,
        "is_member": bot_user_id in channel.members,
        "context_team_id": channel.team_id,
    }
    if channel.kind == "im":
        person = next((m for m in channel.members if m != bot_user_id), bot_user_id)
        return flags | {"user": person, "is_user_deleted": False}
    return flags | {
        "name": channel.name,
        "name_normalized": channel.name,
        "creator": channel.members[0] if channel.members else "",
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(channel.members),
    }


def _info(core: Core, call: Call) -> Json:
    channel = channel_of(core, call)
    need(call, f"{_SCOPE_OF[channel.kind]}:read")
    return {"channel": channel_object(channel, call.bot.bot_user_id)}


def _members(core: Core, call: Call) -> Json:
    channel = channel_of(core, call)
    need(call, f"{_SCOPE_OF[channel.kind]}:read")
    shown, cursor = page(call, channel.members, default=100, most=1000)
    return {"members": shown, "response_metadata": {"next_cursor": cursor}}


def _replies(core: Core, call: Call) -> Json:
    channel = channel_of(core, call)
    need(call, f"{_SCOPE_OF[channel.kind]}:history")
    if call.bot.bot_user_id not in channel.members:
        raise Refused("channel_not_found")
    parent = channel.find(call.text("ts"))
    if parent is None:
        raise Refused("thread_not_found")
    under = parent.thread_ts or parent.ts
    thread = [
        found
        for each in channel.messages
        if under in (each.ts, each.thread_ts) and (found := channel.find(each.ts)) is not None
    ]
    oldest, latest = str(call.args.get("oldest") or "0"), str(call.args.get("latest") or "9" * 17)
    thread = [m for m in thread if m is parent_of(thread) or _within(call, m.ts, oldest, latest)]
    shown, cursor = page(call, thread, default=1000, most=1000)
    return {
        "messages": [_shown(call, each) for each in shown],
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }


def _history(core: Core, call: Call) -> Json:
    channel = channel_of(core, call)
    need(call, f"{_SCOPE_OF[channel.kind]}:history")
    if call.bot.bot_user_id not in channel.members:
        raise Refused("not_in_channel")
    oldest, latest = str(call.args.get("oldest") or "0"), str(call.args.get("latest") or "9" * 17)
    found = [
        message
        for each in reversed(channel.messages)
        if (message := channel.find(each.ts)) is not None
        and message.thread_ts in (None, message.ts)
        and _within(call, message.ts, oldest, latest)
    ]
    shown, cursor = page(call, found, default=100, most=999)
    return {
        "messages": [_shown(call, each) for each in shown],
        "has_more": bool(cursor),
        "pin_count": 0,
        "response_metadata": {"next_cursor": cursor},
    }


def _shown(call: Call, message: Message) -> Json:
    hidden = set() if call.flag("include_all_metadata") else {"metadata"}
    return {key: value for key, value in payloads.message(message).items() if key not in hidden}


def parent_of(thread: Sequence[Message]) -> Message | None:
    """Return what a thread hangs under, which always comes along."""
    return thread[0] if thread else None


def _within(call: Call, ts: str, oldest: str, latest: str) -> bool:
    if ts in (oldest, latest):
        return call.flag("inclusive")
    return float(oldest) < float(ts) < float(latest)


def kinds_of(call: Call) -> list[str]:
    """Return the kinds of channels a call asks for; for each its scope is needed."""
    wanted = [name.strip() for name in str(call.args.get("types") or "public_channel").split(",")]
    if not set(wanted) <= set(_TYPES):
        raise Refused("invalid_types")
    kinds = [_TYPES[name] for name in wanted]
    for kind in kinds:
        need(call, f"{_SCOPE_OF[kind]}:read")
    return kinds


def _list(core: Core, call: Call) -> Json:
    kinds = kinds_of(call)
    bot = call.bot.bot_user_id
    known = [
        channel
        for channel in team_of(core, call).channels.values()
        if channel.kind in kinds
        and (channel.kind == "public" or bot in channel.members)
        and not (channel.is_archived and call.flag("exclude_archived"))
    ]
    shown, cursor = page(call, known, default=100, most=1000)
    return {
        "channels": [channel_object(channel, bot) for channel in shown],
        "response_metadata": {"next_cursor": cursor},
    }


def _open(core: Core, call: Call) -> Json:
    team = team_of(core, call)
    if call.args.get("channel"):
        return {"channel": {"id": channel_of(core, call).id}}
    given = call.args.get("users")
    if not given:
        raise Refused("users_list_not_supplied")
    users: Sequence[str] = given.split(",") if isinstance(given, str) else [str(u) for u in given]
    if any(user not in team.users for user in users):
        raise Refused("user_not_found")
    if any(team.users[user].deleted for user in users):
        raise Refused("user_disabled")
    if len(users) > _GROUP_LIMIT:
        raise Refused("too_many_users")
    if len(users) == 1:
        need(call, "im:write")
        channel = core.direct_message(team, users[0])
    else:
        need(call, "mpim:write")
        channel = core.group_message(team, users)
    full = channel_object(channel, call.bot.bot_user_id)
    return {"channel": full if call.flag("return_im") else {"id": channel.id}}


def _join(core: Core, call: Call) -> Json:
    channel = channel_of(core, call)
    if channel.kind != "public":
        raise Refused("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise Refused("is_archived")
    answer: Json = {}
    if call.bot.bot_user_id in channel.members:
        answer = {
            "warning": "already_in_channel",
            "response_metadata": {"warnings": ["already_in_channel"]},
        }
    else:
        channel.members.append(call.bot.bot_user_id)
    return answer | {"channel": channel_object(channel, call.bot.bot_user_id)}


_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
METHODS = {
    "conversations.history": Method(handle=_history, tier="t3", scopes=_HISTORY),
    "conversations.replies": Method(handle=_replies, tier="t3", scopes=_HISTORY),
    "conversations.info": Method(handle=_info, tier="t3", scopes=READ),
    "conversations.list": Method(handle=_list, tier="t2", scopes=READ),
    "conversations.members": Method(handle=_members, tier="t4", scopes=READ),
    "conversations.open": Method(
        handle=_open,
        tier="t3",
        scopes=("channels:manage", "groups:write", "im:write", "mpim:write"),
    ),
    "conversations.join": Method(handle=_join, tier="t3", scopes=("channels:join",)),
}
