"""From who acts, and where, to what they may: asks for memberships only where they can matter."""

from __future__ import annotations

from tasks.model import Actor, PersonId
from tasks.permissions import ANYBODY, Asker, Presence, Standing
from tasks.ports.memberships import Confined, Memberships


class Access:
    """Knows askers."""

    def __init__(self, *, memberships: Memberships, confined: Confined) -> None:
        self._memberships = memberships
        self._confined = confined

    def note(self, team: str) -> None:
        """Take in that there is now a task that only members of a conversation see."""
        self._confined.note(team)

    async def of(
        self,
        team: str,
        by: Actor | None,
        presence: Presence,
        *,
        surely: bool = False,
        own_list: bool = False,
    ) -> Asker:
        """Return somebody as an asker.

        `surely`: a private task is known to be in question. `own_list`: nothing but the tasks of
        their own list is, which is the same whether they are a guest or not.
        """
        if by is None or by.person is None:
            return ANYBODY
        if presence.is_stranger:
            return _stranger(by.person, presence)
        if own_list and not self._confined.has_any(team):
            return Asker(person=by.person, standing=Standing.MEMBER)
        standing = await self._memberships.standing(team, by.person)
        if standing is Standing.STRANGER:
            return _stranger(by.person, presence)
        is_guest = standing is Standing.GUEST
        if not (surely or is_guest or self._confined.has_any(team)):
            return Asker(person=by.person, standing=standing)
        inside = await self._memberships.inside(team, by.person, presence, public_too=is_guest)
        return Asker(
            person=by.person,
            standing=standing,
            inside=_proven(presence) if inside is None else inside | _proven(presence),
            is_sure=inside is not None,
        )


class OpenAccess(Access):
    """Stands in where nobody can be asked: everybody is a member, and in no conversation."""

    def __init__(self) -> None:
        """Need nothing."""

    def note(self, team: str) -> None:
        """Keep nothing."""

    async def of(
        self,
        team: str,  # noqa: ARG002  # as above
        by: Actor | None,
        presence: Presence,
        *,
        surely: bool = False,  # noqa: ARG002  # as above
        own_list: bool = False,  # noqa: ARG002  # as above
    ) -> Asker:
        """Return a member, in the conversation they were proven to act in."""
        if by is None or by.person is None:
            return ANYBODY
        if presence.is_stranger:
            return _stranger(by.person, presence)
        return Asker(
            person=by.person, standing=Standing.MEMBER, inside=_proven(presence), is_sure=True
        )


def _stranger(person: PersonId, presence: Presence) -> Asker:
    """Return somebody of another workspace: nothing but where they act is known of them."""
    here = frozenset({presence.here}) if presence.here is not None else frozenset[str]()
    return Asker(person=person, standing=Standing.STRANGER, inside=here)


def _proven(presence: Presence) -> frozenset[str]:
    if presence.here is not None and presence.is_proven:
        return frozenset({presence.here})
    return frozenset()
