"""Who of a workspace is asked what only an admin can decide."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from notifications.posts import NotPosted, Posts, PostUnknown
from tasks.model import PersonId

ADMINS_MAX = 5
"""More need not be asked the same."""
_PAGES_MAX = 10
_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Admins:
    """Asks who connected Notion, else the workspace's admins and owners."""

    posts: Posts
    installer: Callable[[str], Awaitable[PersonId | None]]

    async def of(self, team: str) -> tuple[PersonId, ...]:
        """Return a few; empty where none is known, or Slack does not say. StoreError."""
        installer = await self.installer(team)
        if installer is not None:
            return (installer,)
        try:
            return await self._listed(team)
        except (NotPosted, PostUnknown):
            return ()

    async def _listed(self, team: str) -> tuple[PersonId, ...]:
        token, cursor, found = await self.posts.token(team), "", list[PersonId]()
        for _ in range(_PAGES_MAX):
            asked = {"limit": _PAGE, **({"cursor": cursor} if cursor else {})}
            answer = await self.posts.call("users.list", token, asked)
            found += [str(one["id"]) for one in answer.get("members", ()) if _decides(one)]
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor or len(found) >= ADMINS_MAX:
                break
        return tuple(found[:ADMINS_MAX])


def _decides(member: dict[str, Any]) -> bool:
    is_admin = member.get("is_admin") or member.get("is_owner")
    return bool(is_admin) and not member.get("deleted") and not member.get("is_bot")
