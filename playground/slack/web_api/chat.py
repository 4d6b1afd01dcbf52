"""Messages through the Web API: chat.*."""

from playground.slack import payloads, posting
from playground.slack.core import Core
from playground.slack.errors import Refused, invalid
from playground.slack.state import Channel, Message
from playground.slack.validate.messages import (
    is_metadata,
    problems_of_attachments,
    problems_of_blocks,
)
from playground.slack.web_api.calls import Call, Method, channel_of, team_of
from playground.slack.wire import Json

UPDATE_LIMIT = 4_000
MARKDOWN_LIMIT = 12_000


def _content(core: Core, call: Call) -> Json:
    """Return what the message shall say, judged as Slack judges it."""
    given: Json = {key: call.args.get(key) for key in ("text", "markdown_text", "thread_ts")}
    if "mrkdwn" in call.args:
        given["mrkdwn"] = call.flag("mrkdwn")
    given["blocks"] = _blocks(call)
    given["attachments"] = call.structure("attachments", refusal="invalid_attachments")
    if given["attachments"] and (problems := problems_of_attachments(given["attachments"])):
        raise invalid("invalid_attachments", problems)
    given["metadata"] = call.structure("metadata", refusal="invalid_metadata_format")
    if given["metadata"] is not None and not is_metadata(given["metadata"]):
        raise Refused("invalid_metadata_format")
    _markdown(given)
    if posting.empty(given):
        raise Refused("no_text")
    if not given["text"] and not given["markdown_text"]:
        core.journal.blame("no_text", f"{call.method} without text beside its blocks", given)
    return given


def _blocks(call: Call) -> object:
    blocks = call.structure("blocks", refusal="invalid_blocks_format")
    if blocks is not None and not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    if blocks and (problems := problems_of_blocks(blocks)):
        raise invalid("invalid_blocks", problems)
    return blocks


def _markdown(given: Json) -> None:
    if not given["markdown_text"]:
        return
    if given["text"] or given["blocks"]:
        raise Refused("markdown_text_conflict")
    if len(str(given["markdown_text"])) > MARKDOWN_LIMIT:
        raise Refused("msg_too_long")


def _target(core: Core, call: Call) -> Channel:
    """Return where to post: an id, `#name`, or a person's direct message."""
    team, wanted = team_of(core, call), call.text("channel")
    if wanted in team.users:
        return core.direct_message(team, wanted)
    named = team.channel_named(wanted.removeprefix("#"))
    if named is not None:
        wanted = named.id
    channel = channel_of(
        core, Call(method=call.method, args={"channel": wanted}, installation=call.installation)
    )
    if channel.is_archived:
        raise Refused("is_archived")
    member = call.bot.bot_user_id in channel.members
    if not member and "chat:write.public" not in call.bot.scopes:
        raise Refused("not_in_channel")
    return channel


def _posted(message: Message) -> Json:
    return {
        "channel": message.channel_id,
        "ts": message.ts,
        "message": payloads.message(message),
    }


def _post_message(core: Core, call: Call) -> Json:
    channel, given = _target(core, call), _content(core, call)
    if given["thread_ts"] and channel.find(given["thread_ts"]) is None:
        raise Refused("thread_not_found")
    core.limits.post(team_id=call.bot.team_id, channel_id=channel.id)
    message = posting.from_bot(core, team_of(core, call), channel, given)
    answer = _posted(message)
    if len(str(given["text"] or "")) > posting.TEXT_LIMIT:
        answer |= {"warning": "message_truncated"}
        answer["response_metadata"] = {"warnings": ["message_truncated"]}
    return answer


def _post_ephemeral(core: Core, call: Call) -> Json:
    channel, user_id = _target(core, call), call.text("user")
    if user_id not in channel.members:
        raise Refused("user_not_in_channel")
    given = _content(core, call)
    if len(str(given["text"] or "")) > posting.TEXT_LIMIT:
        raise Refused("msg_too_long")
    message = posting.from_bot(core, team_of(core, call), channel, given, ephemeral_to=user_id)
    return {"message_ts": message.ts}


def _own(core: Core, call: Call, *, refusal: str) -> Message:
    channel = channel_of(core, call)
    if channel.is_archived:
        raise Refused("is_inactive" if call.method == "chat.update" else "is_archived")
    if call.bot.bot_user_id not in channel.members:
        raise Refused("channel_not_found")
    message = channel.find(call.text("ts"))
    if message is None:
        raise Refused("message_not_found")
    if message.bot_id != call.bot.bot_id:
        raise Refused(refusal)
    return message


def _update(core: Core, call: Call) -> Json:
    message, given = _own(core, call, refusal="cant_update_message"), _content(core, call)
    if len(str(given["text"] or "")) > UPDATE_LIMIT:
        raise Refused("msg_too_long")
    posting.replace(message, given, core.ids)
    if given["metadata"] is not None:
        message.metadata = given["metadata"]
    core.journal.changed()
    return {**_posted(message), "text": message.text}


def _delete(core: Core, call: Call) -> Json:
    message = _own(core, call, refusal="cant_delete_message")
    message.deleted = True
    core.journal.changed()
    return {"channel": message.channel_id, "ts": message.ts}


def _permalink(core: Core, call: Call) -> Json:
    channel = channel_of(core, call)
    message = channel.find(call.text("message_ts"))
    if message is None:
        raise Refused("message_not_found")
    return {"channel": channel.id, "permalink": permalink(message)}


def permalink(message: Message) -> str:
    """Return the address people copy from a message."""
    packed = message.ts.replace(".", "")
    return f"https://{message.team.domain}.slack.com/archives/{message.channel_id}/p{packed}"


def _react(core: Core, call: Call) -> Json:
    if not call.args.get("timestamp"):
        raise Refused("no_item_specified")
    message = channel_of(core, call).find(call.args["timestamp"])
    if message is None:
        raise Refused("message_not_found")
    name = call.text("name").strip(":")
    if not name.replace("_", "").replace("-", "").replace("+", "").isalnum():
        raise Refused("invalid_name")
    users = message.reactions.setdefault(name, [])
    if call.bot.bot_user_id in users:
        raise Refused("already_reacted")
    users.append(call.bot.bot_user_id)
    core.journal.changed()
    return {}


_WRITE = ("chat:write",)
METHODS = {
    "chat.postMessage": Method(handle=_post_message, tier="special", scopes=_WRITE),
    "chat.postEphemeral": Method(handle=_post_ephemeral, tier="t4", scopes=_WRITE),
    "chat.update": Method(handle=_update, tier="t3", scopes=_WRITE),
    "chat.delete": Method(handle=_delete, tier="t3", scopes=_WRITE),
    "chat.getPermalink": Method(handle=_permalink, tier="special"),
    "reactions.add": Method(handle=_react, tier="t3", scopes=("reactions:write",)),
}
