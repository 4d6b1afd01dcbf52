"""entity.presentDetails: what somebody sees who has opened a Work Object."""

from playground.slack import panes
from playground.slack.core import Core
from playground.slack.errors import Refused, invalid
from playground.slack.validate.entities import problems_of_details, problems_of_error
from playground.slack.web_api.calls import Call, Method, missing
from playground.slack.wire import Json


def _present(core: Core, call: Call) -> Json:
    if not core.work_objects:
        raise Refused("feature_not_enabled")
    if not call.args.get("trigger_id"):
        raise missing("trigger_id")
    # As Slack does: a trigger that is over is said before anything else is looked at.
    pane = _pane(core, call)
    metadata = call.structure("metadata", refusal="invalid_metadata")
    error = call.structure("error", refusal="invalid_arguments")
    if call.flag("user_auth_required") and not call.args.get("user_auth_url"):
        raise Refused("user_auth_url_missing")
    if error is not None:
        if problems := problems_of_error(error):
            raise invalid("invalid_arguments", problems)
        pane.fail(error)
    else:
        if problems := problems_of_details(metadata):
            raise invalid("invalid_arguments", problems)
        _match(pane, metadata)
        pane.show(metadata, core.ids)
        _refresh(core, pane, metadata)
    core.triggers.spend(call.args["trigger_id"])
    core.journal.changed()
    return {}


def _pane(core: Core, call: Call) -> panes.Pane:
    trigger_id = str(call.args["trigger_id"])
    try:
        core.triggers.look(trigger_id, team_id=call.bot.team_id)
    except Refused:
        raise Refused("invalid_trigger_id") from None
    pane = core.panes.get(trigger_id)
    if pane is None:
        raise Refused("invalid_trigger_id")
    return pane


def _match(pane: panes.Pane, entity: Json) -> None:
    if pane.reference is not None and entity["external_ref"] != pane.reference:
        raise Refused("entity_metadata_does_not_match_trigger")


def _refresh(core: Core, pane: panes.Pane, entity: Json) -> None:
    """Show the same below the link, as Slack does where it is newer than what stands there."""
    if pane.on is None or pane.link not in pane.on.objects:
        return
    if _modified(entity) > _modified(pane.on.objects[pane.link]):
        pane.on.objects[pane.link] = {"app_unfurl_url": pane.link, **entity}
        blocks = panes.as_blocks(entity, core.ids, pane.team.name_of)
        pane.on.unfurls[pane.link] = {"blocks": blocks}


def _modified(entity: Json) -> int:
    return int(entity["entity_payload"]["attributes"].get("metadata_last_modified", 0))


METHODS = {"entity.presentDetails": Method(handle=_present, tier="t3")}
