"""What operators never set: times and bounds, which tests make small."""

from __future__ import annotations

from dataclasses import dataclass

from observability.admission import AT_MOST


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What operators never set: times and bounds, which tests make small."""

    lease_seconds: float = 60.0
    """Longer than Notion's slowest answer, or two instances would push."""
    notion_timeout_seconds: float = 30.0
    notion_grace_seconds: float = 60.0
    """How long Notion's index may lag behind a created page."""
    notion_probe_seconds: float = 300.0
    """How often a Notion connection in trouble is looked at again."""
    notion_poll_seconds: float = 60.0
    """How often Notion is asked for what was edited there, beside its webhooks."""
    slack_settled_seconds: float = 20.0
    """Within what time after it was sent a message is in its thread, or never will be."""
    teller_seconds: float = 2.0
    """How often it is looked for what a team is to be told, or asked."""
    news_gathered_seconds: float = 60.0
    """How long a burst of rows made in Notion is waited for, to be announced in one message."""
    membership_seconds: float = 20.0
    """How long somebody who has left a private channel may still see its tasks."""
    backlog_seconds: float = 5.0
    """How old the figure of what waits for Notion may be."""
    balancer_seconds: float = 5.0
    """How long a stopping bot still serves, until balancers have seen that it is not ready."""
    at_once: int = AT_MOST
    """How many requests are worked on at the same time; more are turned away."""
    drain_seconds: float = 10.0
    """How long answers and Notion calls under way may take to end."""


USUAL = Tuning()
