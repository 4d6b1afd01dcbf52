"""Refusals in Slack's words."""

from collections.abc import Sequence

from playground.slack.wire import Json


class Refused(Exception):
    """A Web API call that Slack answers with `ok: false`."""

    def __init__(self, code: str, *, status: int = 200, **extra: object) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.extra = extra

    def body(self) -> Json:
        """Return the answer as it goes over the wire."""
        return {"ok": False, "error": self.code, **self.extra}


class RateLimited(Refused):
    """Too many calls; the answer is a 429 with `Retry-After`."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited", status=429)
        self.retry_after = retry_after


class Impossible(Exception):
    """The test asked for something no person could do in Slack's clients."""


def invalid(code: str, problems: Sequence[str]) -> Refused:
    """Return the refusal of blocks or views, with a pointer per problem."""
    return Refused(
        code,
        errors=list(problems),
        response_metadata={"messages": [f"[ERROR] {problem}" for problem in problems]},
    )
