"""GET /metrics in Prometheus' text format, and /stats for people without Prometheus."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from handlers.http.bearer import guarded
from observability.metrics import Metrics
from observability.stats import Stats


class MetricsRoutes:
    """Renders the registry, and the quantiles of the last five minutes."""

    def __init__(
        self,
        metrics: Metrics,
        stats: Stats,
        *,
        token: str | None,
        refresh: Callable[[], Awaitable[object]],
    ) -> None:
        """`refresh` brings gauges up to date that follow a question (the backlog), within 1 s."""
        self._metrics = metrics
        self._stats = stats
        self._token = token
        self._refresh = refresh

    def routes(self) -> list[web.RouteDef]:
        """Return both routes, behind the token where one is set."""
        return [
            web.get("/metrics", guarded(self.metrics, self._token)),
            web.get("/stats", guarded(self.stats, self._token)),
        ]

    async def metrics(self, _request: web.Request) -> web.StreamResponse:
        """Return all metrics."""
        await self._refresh()
        body, content_type = self._metrics.render()
        return web.Response(body=body, headers={"Content-Type": content_type})

    async def stats(self, _request: web.Request) -> web.StreamResponse:
        """Return quantiles by endpoint."""
        return web.json_response(self._stats.summary())
