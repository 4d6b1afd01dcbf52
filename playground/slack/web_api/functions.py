"""functions.completeSuccess, functions.completeError: how a step of a workflow ended."""

from playground.slack.core import Core, Execution
from playground.slack.errors import Refused
from playground.slack.web_api.calls import Call, Method
from playground.slack.wire import Json


def _running(core: Core, call: Call) -> Execution:
    found = core.executions.get(call.text("function_execution_id"))
    if found is None or found.team_id != call.bot.team_id:
        raise Refused("function_execution_not_found")
    if found.state != "running":
        raise Refused("execution_not_in_running_state")
    return found


def _success(core: Core, call: Call) -> Json:
    execution = _running(core, call)
    outputs = call.structure("outputs", refusal="invalid_arguments")
    if not isinstance(outputs, dict) or not execution.outputs_needed <= set(outputs):
        raise Refused("parameter_validation_failed")
    execution.outputs, execution.state = outputs, "completed"
    core.journal.changed()
    return {}


def _error(core: Core, call: Call) -> Json:
    execution = _running(core, call)
    execution.error, execution.state = call.text("error"), "failed"
    core.journal.changed()
    return {}


METHODS = {
    "functions.completeSuccess": Method(handle=_success, tier="t3"),
    "functions.completeError": Method(handle=_error, tier="t3"),
}
