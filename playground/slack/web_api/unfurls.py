"""chat.unfurl: what a link in a message is shown as."""

from playground.slack.core import Core, Linked
from playground.slack.errors import Refused, invalid
from playground.slack.normalise import stored
from playground.slack.panes import as_blocks
from playground.slack.render import unescaped
from playground.slack.validate.entities import problems_of_entities
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
    linked = _linked(core, call)
    shown = {link: _shown(core, linked, link, one) for link, one in (unfurls or {}).items()}
    objects = _objects(core, linked, metadata) if metadata else {}
    message = linked.message
    for link in shown:
        message.objects.pop(link, None)
    message.objects |= objects
    message.unfurls |= shown | {
        link: {"blocks": as_blocks(one, core.ids, message.team.name_of)}
        for link, one in objects.items()
    }
    core.journal.changed()
    return {}


def _objects(core: Core, linked: Linked, metadata: Json) -> Json:
    """Return Work Objects by link; one that is wrong spoils them all."""
    if not core.work_objects:
        raise Refused("feature_not_enabled")
    if problems := problems_of_entities(metadata):
        raise invalid("error_processing_metadata", problems)
    found = {one["app_unfurl_url"]: one for one in metadata["entities"]}
    for link in found:
        _check(linked, link)
    return found


def _check(linked: Linked, link: str) -> None:
    if link not in unescaped(linked.message.text):
        raise Refused("cannot_unfurl_message")
    if link not in linked.links:
        raise Refused("cannot_unfurl_url")


def _shown(core: Core, linked: Linked, link: str, given: object) -> Json:
    _check(linked, link)
    if isinstance(given, dict) and _is_rich(given.get("blocks")):
        raise Refused("invalid_blocks")
    if not isinstance(given, dict) or not given or problems_of_attachments([given]):
        raise Refused("cannot_parse_attachment")
    return {**given, "blocks": stored(given["blocks"], core.ids)} if "blocks" in given else given


def _is_rich(blocks: object) -> bool:
    """Tell whether there is rich text, which this method alone does not take."""
    some = blocks if isinstance(blocks, list) else []
    return any(isinstance(one, dict) and one.get("type") == "rich_text" for one in some)


def _linked(core: Core, call: Call) -> Linked:
    if call.args.get("unfurl_id") or call.args.get("source"):
        return _by_unfurl_id(core, call)
    for name in ("channel", "ts"):
        if not call.args.get(name):
            raise Refused(f"missing_{name}")
    message = channel_of(core, call, refusal="cannot_find_channel").find(call.args["ts"])
    if message is None:
        raise Refused("cannot_find_message")
    told = (one.links for one in core.unfurl_ids.values() if one.message is message)
    links = frozenset[str]().union(*told)
    return Linked(message=message, source="conversations_history", links=links)


def _by_unfurl_id(core: Core, call: Call) -> Linked:
    for name in ("unfurl_id", "source"):
        if not call.args.get(name):
            raise Refused(f"missing_{name}")
    if call.args["source"] not in _SOURCES:
        raise Refused("invalid_source")
    linked = core.unfurl_ids.get(str(call.args["unfurl_id"]))
    if linked is None or linked.message.team.id != call.bot.team_id:
        raise Refused("invalid_unfurl_id")
    if linked.source != call.args["source"]:
        raise Refused("invalid_source")
    if linked.message.deleted:
        raise Refused("cannot_find_message")
    return linked


METHODS = {"chat.unfurl": Method(handle=_unfurl, tier="t3", scopes=("links:write",))}
