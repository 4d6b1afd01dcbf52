"""What the app may do in Slack, against what the manifest asks for; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from notion_sync.inspection import Finding, Level

ABOUT = "Slack scopes"
_WHO = "private tasks are seen in their own conversation alone, by members too"
_LINKS = "links to tasks and to their pages in Notion show no card"
COSTS: Mapping[str, str] = {
    "channels:history": (
        "the form of a reaction starts empty, replies under tasks are not kept, and a card whose "
        "posting was not answered is not posted again"
    ),
    "groups:history": "the same as without channels:history, in private channels",
    "users:read.email": "people are not matched with those in Notion",
    "channels:read": (
        "tasks that are made by a mention or a workflow in a public channel are private to it, and "
        "guests see their own tasks alone, and those of the channel they type in"
    ),
    "groups:read": _WHO,
    "mpim:read": _WHO,
    "im:write": (
        "a direct message to an admin whose answer was lost is sent a second time, and one that a "
        "task was declined never again"
    ),
    "im:read": "Slack may not say who is in which conversation, as without groups:read",
    "links:read": _LINKS,
    "links:write": _LINKS,
}
"""What does not work without each optional scope."""


def findings(
    granted: Collection[str], needed: Sequence[str], optional: Sequence[str]
) -> list[Finding]:
    """Return what is missing, and for each optional scope what that costs."""
    missing = [scope for scope in needed if scope not in granted]
    if missing:
        again = "paste the manifest again and reinstall the app"
        sentence = f"Missing: {', '.join(missing)}; {again}."
        return [Finding(level=Level.FAIL, about=ABOUT, sentence=sentence)]
    without = [scope for scope in optional if scope not in granted]
    if not without:
        sentence = "All that the manifest names are granted."
        return [Finding(level=Level.OK, about=ABOUT, sentence=sentence)]
    return [
        Finding(
            level=Level.WARN,
            about=f"Slack scope {scope}",
            sentence=f"Not granted, so {COSTS[scope]}: add it to the app and reinstall it.",
        )
        for scope in without
    ]
