"""Events: the home tab opened, the bot uninstalled; all others are only acknowledged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handlers.slack.authorize import StoredAuthorize
from handlers.slack.blocks.home import Shown
from handlers.slack.home import Home
from handlers.slack.ids import Event
from handlers.slack.incoming import Sender
from handlers.slack.instrument import Instrument
from handlers.slack.replies import Replies
from handlers.slack.router import Kind, Router
from handlers.slack.web import Web
from tasks.ports import Installations

Json = dict[str, Any]


class Events:
    """Acts on the few events that matter."""

    def __init__(
        self,
        *,
        installations: Installations,
        authorize: StoredAuthorize,
        home: Home,
        replies: Replies,
        forget: Callable[[str], None],
    ) -> None:
        self._installations = installations
        self._authorize = authorize
        self._home = home
        self._replies = replies
        self._forget = forget

    async def home_opened(self, body: Json, team: str, web: Web) -> None:
        """Show the home tab as it is now: the list that was looked at last, from its beginning."""
        event = body.get("event") or {}
        if event.get("tab", "home") == "home":
            sender = Sender(team=team, user=str(event.get("user", "")))
            view = event.get("view") or {}
            kept = Shown.read(str(view.get("private_metadata") or "")).first().dumps()
            hash_ = str(view.get("hash") or "") or None
            self._replies.later(self._home.publish(sender, web, kept, hash_=hash_))

    async def uninstalled(self, body: Json, team: str, _web: Web) -> None:
        """Forget the tokens; comes in any order with the next, and repeatedly."""
        enterprise = body.get("enterprise_id") if _is_whole_organisation(body) else None
        gone = {"team": None, "enterprise": enterprise} if enterprise else {"team": team}
        await self._installations.remove(team=gone["team"], enterprise=gone.get("enterprise"))
        self._authorize.forget(team=gone["team"], enterprise=gone.get("enterprise"))
        self._forget(team)

    async def tokens_revoked(self, body: Json, team: str, web: Web) -> None:
        """Forget the tokens if the bot's is among them, not only a person's."""
        tokens = (body.get("event") or {}).get("tokens") or {}
        if tokens.get("bot"):
            await self.uninstalled(body, team, web)


def _is_whole_organisation(body: Json) -> bool:
    authorizations = body.get("authorizations") or [{}]
    return bool(authorizations[0].get("is_enterprise_install"))


def register(router: Router, *, events: Events, instrument: Instrument) -> None:
    """Listen to what happens to the app itself."""
    router.on(Kind.EVENT, Event.HOME_OPENED, instrument.event(events.home_opened))
    router.on(Kind.EVENT, Event.UNINSTALLED, instrument.event(events.uninstalled))
    router.on(Kind.EVENT, Event.TOKENS_REVOKED, instrument.event(events.tokens_revoked))
