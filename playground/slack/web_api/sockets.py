"""apps.connections.open."""

from playground.slack.core import Core
from playground.slack.web_api.calls import Call, Method
from playground.slack.wire import Json


def _open(core: Core, _call: Call) -> Json:
    ticket = core.ids.secret(32)
    core.tickets.add(ticket)
    address = core.base_url.replace("http", "ws", 1)
    return {"url": f"{address}/link/?ticket={ticket}&app_id={core.app_id}"}


METHODS = {
    "apps.connections.open": Method(handle=_open, tier="t3", caller="app"),
}
