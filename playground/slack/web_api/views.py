"""views.open, views.push, views.update, views.publish."""

from playground.slack import payloads
from playground.slack.core import Core
from playground.slack.errors import Refused
from playground.slack.triggers import Trigger
from playground.slack.views import View
from playground.slack.web_api.calls import Call, Method, missing, team_of
from playground.slack.wire import Json


def _given(call: Call) -> Json:
    view = call.structure("view", refusal="invalid_arguments")
    if view is None:
        raise missing("view")
    return view  # type: ignore[no-any-return]  # judged by the validator, whatever it is


def _trigger(core: Core, call: Call) -> Trigger:
    trigger_id = call.args.get("trigger_id")
    if not trigger_id:
        raise missing("trigger_id")
    return core.triggers.look(trigger_id, team_id=call.bot.team_id)


def _answer(core: Core, view: View) -> Json:
    core.journal.changed()
    return {"view": payloads.view(core, view)}


def _open(core: Core, call: Call) -> Json:
    given = core.views.check(_given(call), kind="modal")
    trigger = _trigger(core, call)
    view = core.views.open(team_of(core, call), trigger.user_id, given)
    trigger.used = True
    return _answer(core, view)


def _push(core: Core, call: Call) -> Json:
    given = core.views.check(_given(call), kind="modal")
    trigger = _trigger(core, call)
    if trigger.view_id is None:
        raise Refused("invalid_trigger_id")  # only a trigger from the modal itself can push
    view = core.views.push(team_of(core, call), trigger.user_id, given)
    trigger.used = True
    return _answer(core, view)


def _update(core: Core, call: Call) -> Json:
    given = core.views.check(_given(call))
    view_id, external_id = call.args.get("view_id"), call.args.get("external_id")
    if not view_id and not external_id:
        raise missing("view_id")
    view = core.views.find(call.bot.team_id, view_id=view_id, external_id=external_id)
    if view is None:
        raise Refused("not_found")
    core.views.update(view, given, expected_hash=call.args.get("hash"))
    return _answer(core, view)


def _publish(core: Core, call: Call) -> Json:
    given, team = core.views.check(_given(call), kind="home"), team_of(core, call)
    user_id = call.text("user_id")
    user = team.users.get(user_id)
    if user is None or user.is_bot:
        raise Refused("invalid_arguments", response_metadata={"messages": ["invalid `user_id`"]})
    if not core.home_tab_enabled:
        raise Refused("not_enabled")
    view = core.views.publish(team, user_id, given, expected_hash=call.args.get("hash"))
    return _answer(core, view)


METHODS = {
    "views.open": Method(handle=_open, tier="t4"),
    "views.push": Method(handle=_push, tier="t4"),
    "views.update": Method(handle=_update, tier="t4"),
    "views.publish": Method(handle=_publish, tier="t4"),
}
