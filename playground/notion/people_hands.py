"""Who comes to a workspace, who leaves, and what they are called."""

from playground.notion.hands import Hands
from playground.notion.state import User


class PeopleHands(Hands):
    """The members' page of Notion's settings."""

    def add_person(self, name: str, email: str | None = None) -> User:
        """Add a member."""
        return self._add(User(id=self.workspace.ids.uuid(), name=name, kind="person", email=email))

    def add_guest(self, name: str, email: str | None = None) -> User:
        """Add a guest: shown where assigned or as author, but in no list of users."""
        guest = self.add_person(name, email)
        guest.is_guest = True
        return guest

    def remove_person(self, person: User) -> None:
        """Take somebody out of the workspace: of what bears their name only the id is left."""
        del self.workspace.users[person.id]
        self.workspace.revision += 1

    def _add(self, person: User) -> User:
        self.workspace.users[person.id] = person
        return person
