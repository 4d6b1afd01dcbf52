"""The OAuth page, with everybody agreeing at once."""

from urllib.parse import urlencode

from aiohttp import web

from playground.slack.core import Core, Grant

AUTHORIZE_PATH = "/oauth/v2/authorize"


class AuthorizePage:
    """Grants what is asked and sends the browser back with a code that works once.

    `team` and `user` in the query choose who agrees; else the first there is. Without any
    workspace, and for a redirect that was not registered, it is a 400.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer with a redirect."""
        query, core = request.query, self._core
        redirect = query.get("redirect_uri") or next(iter(core.redirect_urls), "")
        if query.get("client_id") != core.client_id:
            return web.Response(status=400, text="invalid_client_id")
        if core.redirect_urls and redirect not in core.redirect_urls:
            return web.Response(status=400, text="bad_redirect_uri")
        team = core.state.teams.get(query.get("team") or next(iter(core.state.teams), ""))
        if team is None or not redirect:
            return web.Response(
                status=400, text="team_not_found" if redirect else "bad_redirect_uri"
            )
        people = [user.id for user in team.people()]
        code = core.ids.secret(32)
        core.grants[code] = Grant(
            team_id=team.id,
            user_id=query.get("user") or (people[0] if people else ""),
            scopes=frozenset(filter(None, query.get("scope", "").split(","))),
            redirect_uri=redirect,
        )
        answer = urlencode({"code": code, "state": query.get("state", "")})
        joint = "&" if "?" in redirect else "?"
        return web.Response(status=302, headers={"Location": f"{redirect}{joint}{answer}"})
