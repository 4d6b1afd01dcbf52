"""GET /t/{team}/{number}: the address of a task. Where it stands is Slack, so there it leads."""

from __future__ import annotations

import re
from collections.abc import Callable

from aiohttp import web

_TEAM = re.compile(r"[A-Z0-9]{2,20}")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_APP = "https://slack.com/app_redirect?app={app}&team={team}"
"""Opens the app, on every device; a task has no page of its own."""
_WORKSPACE = "https://app.slack.com/client/{team}"


class LinkRoutes:
    """Leads into Slack without a look at the task: an address tells strangers nothing."""

    def __init__(self, app: Callable[[], str | None]) -> None:
        """Take what knows the app's own id, once Slack has told."""
        self._app = app

    def routes(self) -> list[web.RouteDef]:
        """Return the one route."""
        return [web.get("/t/{team}/{number}", self.follow)]

    async def follow(self, request: web.Request) -> web.StreamResponse:
        """Lead to the app in its workspace; whoever may not see the task will not see it there."""
        team, number = request.match_info["team"], request.match_info["number"]
        if _TEAM.fullmatch(team) is None or _NUMBER.fullmatch(number) is None:
            raise web.HTTPNotFound
        app = self._app()
        target = _WORKSPACE if app is None else _APP
        raise web.HTTPFound(target.format(app=app, team=team))
