"""Builds the dashboard's JSON: `python -m deploy.grafana.dashboard` writes it beside this file."""

from __future__ import annotations

from pathlib import Path
from string import ascii_uppercase

from grafana_foundation_sdk.builders import common as shapes
from grafana_foundation_sdk.builders import prometheus, timeseries
from grafana_foundation_sdk.builders.dashboard import (
    Dashboard,
    DatasourceVariable,
    Row,
    ThresholdsConfig,
)
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import (
    GraphTresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DataSourceRef,
    Threshold,
    ThresholdsMode,
)

from deploy.grafana.panels import QUESTIONS, Panel

FILE = Path(__file__).with_name("taskbridge.json")
DATASOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
WIDTH = 6  # of 24: four panels in a row
HEIGHT = 7
GOOD, BAD = "green", "red"


def rendered() -> str:
    """Return the dashboard as it is committed."""
    return JSONEncoder(sort_keys=True, indent=2).encode(built().build()) + "\n"


def built() -> Dashboard:
    """Return the dashboard: one row for each question."""
    dashboard = (
        Dashboard("Taskbridge")
        .uid("taskbridge")
        .description("Are people served, does sync keep up, who limits us, how is the process?")
        .tags(["taskbridge"])
        .timezone("browser")
        .refresh("30s")
        .time("now-3h", "now")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .with_variable(DatasourceVariable("datasource").label("Prometheus").type("prometheus"))
    )
    for question in QUESTIONS:
        dashboard.with_row(Row(question.title))
        for panel in question.panels:
            dashboard.with_panel(_panel(panel))
    return dashboard


def _panel(panel: Panel) -> timeseries.Panel:
    shown = (
        timeseries.Panel()
        .title(panel.title)
        .description(panel.says)
        .datasource(DATASOURCE)
        .unit(panel.unit)
        .min(0)
        .span(WIDTH)
        .height(HEIGHT)
        .show_points(VisibilityMode.AUTO)
        .legend(
            shapes.VizLegendOptions()
            .display_mode(LegendDisplayMode.LIST)
            .placement(LegendPlacement.BOTTOM)
            .show_legend(True)  # noqa: FBT003  # the SDK takes it by position
        )
    )
    for name, query in zip(ascii_uppercase, panel.queries, strict=False):
        shown.with_target(
            prometheus.Dataquery()
            .ref_id(name)
            .expr(query.expr)
            .legend_format(query.legend)
            .datasource(DATASOURCE)
            .range()
        )
    if panel.objective is not None:
        shown.thresholds(_thresholds(panel.objective, good_above=panel.good_above))
        shown.thresholds_style(
            shapes.GraphThresholdsStyleConfig().mode(GraphTresholdsStyleMode.LINE)
        )
    return shown


def _thresholds(objective: float, *, good_above: bool) -> ThresholdsConfig:
    below, above = (BAD, GOOD) if good_above else (GOOD, BAD)
    return (
        ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([Threshold(value=None, color=below), Threshold(value=objective, color=above)])
    )


if __name__ == "__main__":
    FILE.write_text(rendered(), encoding="utf-8")
