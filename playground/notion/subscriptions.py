"""Webhook subscriptions: where events go, of which types, in the shape of which version."""

from dataclasses import dataclass
from typing import Literal

SubscriptionVersion = Literal["2022-06-28", "2025-09-03", "2026-03-11"]


class WrongToken(ValueError):
    """The token pasted into Notion is not the one that was sent to the endpoint."""


class NotReached(Exception):
    """The endpoint did not accept the hand-shake, so there is no subscription."""


@dataclass(slots=True, kw_only=True)
class Subscription:
    """One of an integration; `types` None means all. Nothing goes out before it is verified."""

    id: str
    url: str
    integration_id: str
    verification_token: str
    version: SubscriptionVersion = "2026-03-11"
    types: frozenset[str] | None = None
    is_verified: bool = False
    is_paused: bool = False

    def verify(self, token: str) -> None:
        """Paste the token back, as a person does in Notion's settings. WrongToken."""
        if token != self.verification_token:
            raise WrongToken(token)
        self.is_verified = True

    def wants(self, event_type: str) -> bool:
        """Tell whether events of that type go out."""
        chosen = self.types is None or event_type in self.types
        return self.is_verified and not self.is_paused and chosen
