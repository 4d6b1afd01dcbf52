"""Workflows that run a step of the app, and wait for how it ends."""

from collections.abc import Mapping

from playground.slack.core import Core, Execution
from playground.slack.errors import Impossible
from playground.slack.events import Events
from playground.slack.state import Team
from playground.slack.wire import Json


class Steps:
    """Runs steps; an execution ends once."""

    def __init__(self, *, core: Core, events: Events) -> None:
        self._core = core
        self._events = events

    async def run(
        self, team: Team, callback_id: str, inputs: Mapping[str, object], *, deliveries: int
    ) -> Execution:
        """Tell the app to carry out a step; it ends, some time, in the execution returned."""
        function = self._function(callback_id)
        parameters = function.get("input_parameters") or {}
        missing = set(parameters.get("required") or ()) - {k for k, v in inputs.items() if v != ""}
        unknown = set(inputs) - set(parameters.get("properties") or ())
        if self._core.manifest is not None and (missing or unknown):
            raise Impossible(f"{callback_id} takes no {unknown or ''} and needs {missing or ''}")
        execution = Execution(
            id=self._core.ids.next("Fx"),
            team_id=team.id,
            token=f"xwfp-{self._core.ids.secret()}",
            outputs_needed=frozenset(
                (function.get("output_parameters") or {}).get("required") or ()
            ),
        )
        self._core.executions[execution.id] = execution
        await self._events.send(
            team,
            {
                "type": "function_executed",
                "function": {"id": "Fn1", "callback_id": callback_id, "type": "app"},
                "inputs": dict(inputs),
                "function_execution_id": execution.id,
                "workflow_execution_id": self._core.ids.next("Wx"),
                "bot_access_token": execution.token,
            },
            deliveries=deliveries,
        )
        return execution

    def _function(self, callback_id: str) -> Json:
        manifest = self._core.manifest
        if manifest is None:
            return {}
        if callback_id not in manifest.functions:
            raise Impossible(f"the manifest has no function {callback_id}")
        return dict(manifest.functions[callback_id])
