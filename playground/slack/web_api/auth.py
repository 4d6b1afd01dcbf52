"""Whose call it is: api.test, auth.test, and the tokens behind every other method."""

from playground.slack.core import Core
from playground.slack.errors import Refused
from playground.slack.state import Installation
from playground.slack.web_api.calls import Call, Method, missing_scope, team_of
from playground.slack.wire import Json

_DEAD = {
    "revoked": "token_revoked",
    "inactive": "account_inactive",
    "expired": "token_expired",
}


def authorised(core: Core, method: Method, token: str | None) -> Installation | None:
    """Return the installation a token stands for; Refused where it may not call this."""
    if method.caller == "none":
        return None
    if not token:
        raise Refused("not_authed")
    if method.caller == "app":
        _app_token(core, token)
        return None
    if token in core.state.app_tokens:
        raise Refused("not_allowed_token_type")
    installation = core.state.by_token(token) or _of_workflow(core, token)
    if installation is None:
        raise Refused("invalid_auth")
    if installation.state in _DEAD:
        raise Refused(_DEAD[installation.state])
    if method.scopes and not installation.scopes.intersection(method.scopes):
        raise missing_scope(",".join(method.scopes), installation)
    return installation


def _of_workflow(core: Core, token: str) -> Installation | None:
    """Return the installation whose step runs under a token of its own."""
    running = (e for e in core.executions.values() if e.token == token and e.state == "running")
    execution = next(running, None)
    return core.state.teams[execution.team_id].installation if execution else None


def _app_token(core: Core, token: str) -> None:
    if core.state.by_token(token) is not None:
        raise Refused("not_allowed_token_type")
    if token not in core.state.app_tokens:
        raise Refused("invalid_auth")
    scopes = core.state.app_tokens[token]
    if "connections:write" not in scopes:
        raise Refused(
            "missing_scope", needed="connections:write", provided=",".join(sorted(scopes))
        )


def _api_test(_core: Core, call: Call) -> Json:
    if "error" in call.args:
        raise Refused(str(call.args["error"]), args=call.args)
    return {"args": call.args}


def _auth_test(core: Core, call: Call) -> Json:
    team, bot = team_of(core, call), call.bot
    return {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": team.name_of(bot.bot_user_id),
        "team_id": team.id,
        "user_id": bot.bot_user_id,
        "bot_id": bot.bot_id,
        "is_enterprise_install": False,
    }


METHODS = {
    "api.test": Method(handle=_api_test, tier="t4", caller="none"),
    "auth.test": Method(handle=_auth_test, tier="special"),
}
