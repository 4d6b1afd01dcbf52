"""Addresses of tasks: the bot's own, which lead into Slack, and those of their pages; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit
from uuid import UUID

from tasks.model import Task

PAGES = ("notion.so", "notion.site", "notion.com")
"""Where pages are, and below; the manifest registers the same."""
_OWN = re.compile(r"/t/(?P<team>[A-Z0-9]{2,20})/(?P<number>[1-9][0-9]{0,8})/?")
_REFERENCE = re.compile(r"(?P<team>[A-Z0-9]{2,20})-(?P<number>[1-9][0-9]{0,9})")
_ID = re.compile(
    r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Makes and reads addresses of tasks."""

    base: str | None = None
    """Where people reach the bot, without a slash at the end; None: tasks have no address."""

    def of(self, team: str, number: int) -> str | None:
        """Return the address of a task."""
        return f"{self.base}/t/{team}/{number}" if self.base else None

    def where(self, task: Task, otherwise: str) -> str:
        """Return the one address that a task is known by: its own, else its page's."""
        return self.of(task.team, task.number) or task.sync.url or otherwise

    def number(self, url: str, team: str) -> int | None:
        """Return the number of the team's task that an address of ours stands for."""
        parts = _split(url)
        own = urlsplit(self.base) if self.base else None
        if parts is None or own is None or parts.netloc.lower() != own.netloc.lower():
            return None
        if not parts.path.startswith(own.path):
            return None
        found = _OWN.fullmatch(parts.path.removeprefix(own.path))
        return int(found["number"]) if found is not None and found["team"] == team else None


NO_LINKS = Links()


def reference(team: str, number: int) -> str:
    """Return what a task is named by in other systems."""
    return f"{team}-{number}"


def referred(name: str, team: str) -> int | None:
    """Return the number of the team's task that goes by that name."""
    found = _REFERENCE.fullmatch(name)
    return int(found["number"]) if found is not None and found["team"] == team else None


def page_id(url: str) -> str | None:
    """Return the id of the Notion page that an address leads to, with dashes.

    A page that is open beside its database stands behind `p=`.
    """
    parts = _split(url)
    host = f".{(parts.hostname or '').lower()}" if parts is not None else ""
    if parts is None or not any(host.endswith(f".{domain}") for domain in PAGES):
        return None
    beside = parse_qs(parts.query).get("p", [""])[0]
    found = _ID.findall(beside.lower()) or _ID.findall(parts.path.lower())
    return str(UUID(found[-1])) if found else None


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.hostname
    except ValueError:
        return None
    return parts if parts.scheme in ("https", "http") else None
