"""Installations on MongoDB, their tokens sealed."""

from __future__ import annotations

from storage.client import Database
from storage.codec import Document
from storage.operations import REQUEST, within
from storage.sealing import KeyRing
from tasks.ports import Installation, Installations


class MongoInstallations(Installations):
    """One document per workspace, or per organisation that has the bot in all of its own."""

    def __init__(self, database: Database, *, keys: KeyRing) -> None:
        self._installations = database.tenants("installations")
        self._keys = keys

    async def find(self, *, team: str | None, enterprise: str | None) -> Installation | None:
        """Return the workspace's installation, or its organisation's; see the port."""
        owners = [_owner(team, None)] if team is not None else []
        if enterprise is not None:
            owners.append(_owner(None, enterprise))
        with within(REQUEST):
            for owner in owners:
                tenant = self._installations.of(owner)
                found = await tenant.find_one("installations.find", {"_id": owner})
                if found is not None:
                    return self._opened(found)
        return None

    async def save(self, installation: Installation) -> None:
        """Keep it, in place of an earlier one; see the port."""
        owner = _owner(installation.team, installation.enterprise)
        token = self._keys.seal(installation.bot_token, bound_to=token_binding(owner))
        document: Document = {
            "_id": owner,
            "team_id": owner,
            "team": installation.team,
            "enterprise": installation.enterprise,
            "bot_token": token,
            "bot_id": installation.bot_id,
            "bot_user": installation.bot_user,
            "scopes": list(installation.scopes),
        }
        with within(REQUEST):
            tenant = self._installations.of(owner)
            await tenant.replace_one("installations.save", {"_id": owner}, document)

    async def remove(self, *, team: str | None, enterprise: str | None) -> None:
        """Forget the tokens; see the port."""
        owner = _owner(team, enterprise)
        with within(REQUEST):
            tenant = self._installations.of(owner)
            await tenant.delete_one("installations.remove", {"_id": owner})

    def _opened(self, stored: Document) -> Installation:
        token = self._keys.open(stored["bot_token"], bound_to=token_binding(stored["team_id"]))
        return Installation(
            team=stored["team"],
            enterprise=stored["enterprise"],
            bot_token=token,
            bot_id=stored["bot_id"],
            bot_user=stored["bot_user"],
            scopes=tuple(stored["scopes"]),
        )


def _owner(team: str | None, enterprise: str | None) -> str:
    """Name the tenant: a workspace, or an organisation as a whole."""
    if team is not None:
        return f"team|{team}"
    if enterprise is None:
        raise ValueError("An installation belongs to a workspace or to an organisation.")
    return f"enterprise|{enterprise}"


def token_binding(owner: str) -> str:
    """Return what the token of a tenant is sealed to."""
    return f"{owner}|slack|bot_token"
