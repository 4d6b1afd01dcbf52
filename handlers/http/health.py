"""GET /health for people and monitors, /livez and /readyz for probes."""

from aiohttp import web

from observability.checks import Aged, Status
from observability.health import Health


class HealthRoutes:
    """Shows what `Health` knows; nothing here asks anybody by itself."""

    def __init__(self, health: Health, *, version: str) -> None:
        self._health = health
        self._version = version

    def routes(self) -> list[web.RouteDef]:
        """Return the three routes."""
        return [
            web.get("/health", self.health),
            web.get("/livez", self.livez),
            web.get("/readyz", self.readyz),
        ]

    async def health(self, _request: web.Request) -> web.StreamResponse:
        """Tell how everything stands; 503 only when nothing can be saved."""
        report = await self._health.report()
        checks = {name: _shown(answer) for name, answer in report.checks.items()}
        body = {"status": report.status, "version": self._version, "checks": checks}
        return web.json_response(body, status=503 if report.status is Status.FAIL else 200)

    async def livez(self, _request: web.Request) -> web.StreamResponse:
        """Tell whether the event loop runs."""
        alive = self._health.is_alive
        return web.json_response({"alive": alive}, status=200 if alive else 503)

    async def readyz(self, _request: web.Request) -> web.StreamResponse:
        """Tell whether to send traffic here, and why not."""
        readiness = await self._health.ready()
        body = {"ready": readiness.ready, "reason": readiness.reason}
        return web.json_response(body, status=200 if readiness.ready else 503)


def _shown(answer: Aged) -> dict[str, object]:
    finding = answer.finding
    return {
        "status": finding.status,
        "age_seconds": round(answer.age, 1),
        "detail": finding.detail,
        **finding.facts,
    }
