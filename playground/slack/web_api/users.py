"""users.info, users.list, users.lookupByEmail."""

from playground.slack.core import Core
from playground.slack.errors import Refused
from playground.slack.state import User
from playground.slack.web_api.calls import Call, Method, missing, team_of
from playground.slack.web_api.conversations import READ, channel_object, kinds_of
from playground.slack.web_api.paging import page
from playground.slack.wire import Json


def user_object(core: Core, call: Call, user: User) -> Json:
    """Return a user as Slack shows one; the address only with its scope."""
    profile: Json = {
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "status_text": "",
        "status_emoji": "",
        "team": user.team_id,
    }
    if user.email and "users:read.email" in call.bot.scopes:
        profile["email"] = user.email
    shown: Json = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "profile": profile,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": int(core.now()),
    }
    if user.deleted:
        return shown
    return shown | {
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": user.tz_offset(core.now()),
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_guest or user.is_single_channel_guest,
        "is_ultra_restricted": user.is_single_channel_guest,
        **({"is_stranger": True} if user.is_stranger else {}),
        "is_email_confirmed": True,
        **({"locale": user.locale} if call.flag("include_locale") else {}),
    }


def _info(core: Core, call: Call) -> Json:
    user = team_of(core, call).users.get(call.text("user"))
    if user is None:
        raise Refused("user_not_found")
    return {"user": user_object(core, call, user)}


def _list(core: Core, call: Call) -> Json:
    everyone = list(team_of(core, call).users.values())
    shown, cursor = page(call, everyone, default=1000, most=1000)
    return {
        "members": [user_object(core, call, user) for user in shown],
        "cache_ts": int(core.now()),
        "response_metadata": {"next_cursor": cursor},
    }


def _lookup_by_email(core: Core, call: Call) -> Json:
    wanted = str(call.args.get("email") or "").lower()
    if not wanted:
        raise missing("email")
    everyone = team_of(core, call).users.values()
    found = (u for u in everyone if u.email and u.email.lower() == wanted and not u.deleted)
    user = next(found, None)
    if user is None:
        raise Refused("users_not_found")
    return {"user": user_object(core, call, user)}


def _conversations(core: Core, call: Call) -> Json:
    """Return where somebody is: of what is not public only what the bot is in as well."""
    team, bot = team_of(core, call), call.bot.bot_user_id
    person = str(call.args.get("user") or bot)
    if person not in team.users or team.users[person].is_stranger:
        raise Refused("user_not_found")
    kinds = kinds_of(call)
    theirs = [
        channel
        for channel in team.channels.values()
        if channel.kind in kinds
        and person in channel.members
        and (channel.kind == "public" or bot in channel.members)
        and not (channel.is_archived and call.flag("exclude_archived"))
    ]
    shown, cursor = page(call, theirs, default=100, most=999)
    return {
        "channels": [channel_object(channel, bot) for channel in shown],
        "response_metadata": {"next_cursor": cursor},
    }


METHODS = {
    "users.conversations": Method(handle=_conversations, tier="t3", scopes=READ),
    "users.info": Method(handle=_info, tier="t4", scopes=("users:read",)),
    "users.list": Method(handle=_list, tier="t2", scopes=("users:read",)),
    "users.lookupByEmail": Method(handle=_lookup_by_email, tier="t3", scopes=("users:read.email",)),
}
