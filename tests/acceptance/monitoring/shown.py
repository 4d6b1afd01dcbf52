"""What somebody sees who has only `/health` and the dashboard, as text."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.acceptance.monitoring.prometheus import Prometheus
from tests.acceptance.world import World
from tests.monitoring import DASHBOARD

STEP_SECONDS = 20
_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


async def screen(world: World, prometheus: Prometheus, *, seconds: float, now: float) -> str:
    """Return `/health` as it is, and every panel over the last `seconds`."""
    status, health = await world.get("/health")
    parts = [f"GET /health: {status}\n{json.dumps(health, indent=1)}"]
    for panel in json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]:
        if panel["type"] == "row":
            parts.append(f"=== {panel['title']} ===")
        else:
            parts.append(await _panel(panel, prometheus, since=now - seconds, until=now))
    return "\n\n".join(parts) + "\n"


async def _panel(
    panel: Mapping[str, Any], prometheus: Prometheus, *, since: float, until: float
) -> str:
    """Return title, unit and (i) of a panel, and its lines, oldest value first."""
    defaults = panel["fieldConfig"]["defaults"]
    limits = [step["value"] for step in defaults.get("thresholds", {}).get("steps", ())]
    limit = "".join(f", line at {value:g}" for value in limits if value is not None)
    lines = [f"{panel['title']} ({defaults.get('unit', 'short')}{limit})"]
    lines.append(f"  (i) {panel.get('description', '')}")
    drawn = []
    for target in panel["targets"]:
        found = await prometheus.query_range(
            target["expr"], since=since, until=until, step=STEP_SECONDS
        )
        drawn += [
            f"  {_legend(target['legendFormat'], one['metric'])}: {_values(one['values'])}"
            for one in found
        ]
    return "\n".join((*lines, *(drawn or ["  No data"])))


def _legend(template: str, labels: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda match: labels.get(match[1], ""), template)


def _values(points: Sequence[tuple[float, str]]) -> str:
    return " ".join(_short(float(value)) for _, value in points)


def _short(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3g}"
