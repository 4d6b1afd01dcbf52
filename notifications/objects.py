"""Work Objects below links: whether Slack has taken them, or wants attachments instead; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

OBJECT = "object"
"""Where the body of a card below a link has it; what stands beside it is the attachment."""
WHY_MAX = 300
_UNWANTED = ("feature_not_enabled", "invalid_arguments", "missing_unfurls")


def offered(objects: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what chat.unfurl takes them as."""
    return {"metadata": {"entities": [dict(one) for one in objects]}}


def is_unwanted(code: str) -> bool:
    """Tell whether a refusal is about the objects alone, so that attachments may do."""
    return "metadata" in code or code in _UNWANTED


def why(answer: object) -> str:
    """Return where Slack says that the fault is: pointers and names of fields, nobody's words."""
    body = getattr(answer, "data", answer)
    more = body.get("response_metadata") if isinstance(body, Mapping) else None
    messages = more.get("messages") if isinstance(more, Mapping) else None
    return "; ".join(map(str, messages))[:WHY_MAX] if isinstance(messages, list) else ""


def was_dropped(answer: Mapping[str, Any]) -> bool:
    """Tell whether Slack says that all is well, and that it has left the objects out."""
    more = answer.get("response_metadata")
    warnings = more.get("warnings") if isinstance(more, Mapping) else None
    said = [answer.get("warning"), *(warnings if isinstance(warnings, list) else ())]
    return any("metadata" in str(one) for one in said)
