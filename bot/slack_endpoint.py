"""POST /slack/events: verify, parse, hand over. Nothing unverified is parsed or logged."""

import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiohttp import web
from slack_bolt.response import BoltResponse

from bot.slack_body import BadBody, Json, read_body
from bot.slack_signature import judge
from observability.metrics import Metrics

PATH = "/slack/events"

_SSL_CHECK = re.compile(rb"ssl_check=1(&token=\w{0,64})?|token=\w{0,64}&ssl_check=1")
_RETRY_HEADERS = {  # all that is let through: Bolt obeys some headers of its own, unsigned
    "X-Slack-Retry-Num": re.compile(r"[0-9]{1,3}"),
    "X-Slack-Retry-Reason": re.compile(r"[a-z_]{1,40}"),
}
_REFUSALS = {
    "too_large": (413, "request too large"),
    "body": (400, "bad request"),
}


class SlackEndpoint:
    """Lets Slack's own requests through to `dispatch` and refuses all others, counted by reason."""

    def __init__(
        self,
        dispatch: Callable[[Json, Mapping[str, str]], Awaitable[BoltResponse]],
        *,
        secrets: Sequence[bytes],
        metrics: Metrics,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Take the signing secrets, newest first; there must be one, and none may be empty."""
        if not secrets or not all(secrets):
            raise ValueError("a signing secret is needed")
        self._dispatch = dispatch
        self._secrets = secrets
        self._metrics = metrics
        self._clock_skew = metrics.clock_skew.labels("slack")
        self._now = now

    def routes(self) -> list[web.RouteDef]:
        """Return the one route of everything that Slack sends."""
        return [web.post(PATH, self.handle)]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        try:
            raw = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return self._refused("too_large")
        except (web.RequestPayloadError, ConnectionError):
            return self._refused("body")
        if _SSL_CHECK.fullmatch(raw):  # may come unsigned; says nothing and reaches nothing
            return web.Response()
        if rejection := self._rejection(raw, request):
            return self._refused(rejection)
        try:
            body = read_body(raw, request.headers.get("Content-Type", ""))
        except BadBody:
            return self._refused("body")
        return _answer(await self._dispatch(body, _kept(request)))

    def _rejection(self, raw: bytes, request: web.Request) -> str | None:
        verdict = judge(
            raw,
            stamps=request.headers.getall("X-Slack-Request-Timestamp", ()),
            signatures=request.headers.getall("X-Slack-Signature", ()),
            secrets=self._secrets,
            now=self._now(),
        )
        if verdict.skew_seconds is not None:
            self._clock_skew.set(verdict.skew_seconds)
        return verdict.rejection

    def _refused(self, reason: str) -> web.Response:
        self._metrics.slack_rejected.labels(reason).inc()
        status, text = _REFUSALS.get(reason, (401, "invalid request"))
        return web.json_response({"error": text}, status=status)


def _answer(response: BoltResponse) -> web.Response:
    """Return Bolt's answer to write; ours have neither cookies nor a header twice."""
    headers = response.first_headers()
    return web.Response(status=response.status, body=response.body.encode(), headers=headers)


def _kept(request: web.Request) -> dict[str, str]:
    return {
        name: value
        for name, shape in _RETRY_HEADERS.items()
        if (value := request.headers.get(name)) and shape.fullmatch(value)
    }
