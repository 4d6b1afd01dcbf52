"""chat.unfurl: what a link in a message is shown as."""

from playground.slack.core import Core
from playground.slack.errors import Refused
from playground.slack.render import unescaped
from playground.slack.state import Message
from playground.slack.validate.messages import problems_of_attachments
from playground.slack.web_api.calls import Call, Method, channel_of
from playground.slack.wire import Json

_SOURCES = {"composer", "conversations_history"}


def _unfurl(core: Core, call: Call) -> Json:
    unfurls = call.structure("unfurls", refusal="invalid_unfurls_format")
    metadata = call.structure("metadata", refusal="invalid_metadata_format")
    if not unfurls and not metadata:
        raise Refused("missing_unfurls")
    if unfurls is not None and not isinstance(unfurls, dict):
        raise Refused("invalid_unfurls_format")
    if metadata is not None and not (isinstance(metadata, dict) and "entities" in metadata):
        raise Refused("invalid_metadata_format")
    message = _message(core, call)
    for link, shown in (unfurls or {}).items():
        if link not in unescaped(message.text):
            raise Refused("cannot_unfurl_message")
        if problems_of_attachments([shown]):
            raise Refused("cannot_parse_attachment")
    message.unfurls |= unfurls or {}
    core.journal.changed()
    return {}


def _message(core: Core, call: Call) -> Message:
    if call.args.get("unfurl_id") or call.args.get("source"):
        return _by_unfurl_id(core, call)
    for name in ("channel", "ts"):
        if not call.args.get(name):
            raise Refused(f"missing_{name}")
    message = channel_of(core, call, refusal="cannot_find_channel").find(call.args["ts"])
    if message is None:
        raise Refused("cannot_find_message")
    return message


def _by_unfurl_id(core: Core, call: Call) -> Message:
    for name in ("unfurl_id", "source"):
        if not call.args.get(name):
            raise Refused(f"missing_{name}")
    if call.args["source"] not in _SOURCES:
        raise Refused("invalid_source")
    message = core.unfurl_ids.get(str(call.args["unfurl_id"]))
    if message is None or message.team.id != call.bot.team_id:
        raise Refused("invalid_unfurl_id")
    return message


METHODS = {"chat.unfurl": Method(handle=_unfurl, tier="t3", scopes=("links:write",))}
