"""oauth.v2.access."""

from playground.slack.core import Core
from playground.slack.errors import Refused
from playground.slack.web_api.calls import Call, Method
from playground.slack.wire import Json


def _access(core: Core, call: Call) -> Json:
    if call.args.get("client_id") != core.client_id:
        raise Refused("invalid_client_id")
    if call.args.get("client_secret") != core.client_secret:
        raise Refused("bad_client_secret")
    grant = core.grants.pop(str(call.args.get("code")), None)
    if grant is None:
        raise Refused("invalid_code")
    if grant.redirect_uri != call.args.get("redirect_uri", grant.redirect_uri):
        raise Refused("bad_redirect_uri")
    team = core.state.teams[grant.team_id]
    installation = core.installed(team, scopes=grant.scopes)
    return {
        "access_token": installation.bot_token,
        "token_type": "bot",
        "scope": ",".join(sorted(installation.scopes)),
        "bot_user_id": installation.bot_user_id,
        "app_id": core.app_id,
        "team": {"name": team.name, "id": team.id},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": grant.user_id},
    }


METHODS = {
    "oauth.v2.access": Method(handle=_access, tier="special", caller="none"),
}
