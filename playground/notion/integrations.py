"""Public integrations: what developers register with Notion to be connected by OAuth."""

import base64
import binascii
import hmac
from dataclasses import dataclass, field

from playground.notion.access import Capability


@dataclass(slots=True, kw_only=True)
class Integration:
    """A registered client of OAuth; addresses are compared to the letter, as Notion does."""

    id: str
    name: str
    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...]
    capabilities: frozenset[Capability] = field(default_factory=lambda: frozenset(Capability))


class Integrations:
    """All public integrations by client id."""

    def __init__(self) -> None:
        self._by_client: dict[str, Integration] = {}

    def add(self, integration: Integration) -> None:
        """Accept a client."""
        self._by_client[integration.client_id] = integration

    def named(self, client_id: str | None) -> Integration | None:
        """Return the integration of a client id."""
        return None if client_id is None else self._by_client.get(client_id)

    def of_header(self, authorization: str | None) -> Integration | None:
        """Return the integration that an `Authorization: Basic …` header proves."""
        scheme, _, given = (authorization or "").partition(" ")
        try:
            client_id, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        found = self._by_client.get(client_id)
        if scheme.lower() != "basic" or found is None:
            return None
        return found if hmac.compare_digest(secret, found.client_secret) else None
