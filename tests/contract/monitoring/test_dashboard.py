"""The dashboard that is committed is the one that is generated, and reads what is recorded."""

from __future__ import annotations

import json

import pytest

from deploy.grafana.dashboard import rendered
from deploy.grafana.panels import QUESTIONS, Panel
from tests.monitoring import DASHBOARD, panel_queries, rules, selectors

PANELS = [panel for question in QUESTIONS for panel in question.panels]


def test_the_committed_dashboard_is_current() -> None:
    committed = DASHBOARD.read_text(encoding="utf-8")
    assert committed == rendered(), "make it current: python -m deploy.grafana.dashboard"


def test_the_rows_are_the_questions_in_their_order() -> None:
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    assert [panel["title"] for panel in panels if panel["type"] == "row"] == [
        "Are people served?",
        "Does sync keep up?",
        "Who limits us?",
        "The process and MongoDB",
    ]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.title)
def test_a_panel_says_how_to_read_it_and_shows_its_objective_as_a_line(panel: Panel) -> None:
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    (shown,) = [each for each in panels if each["title"] == panel.title]
    assert shown["description"]
    defaults = shown["fieldConfig"]["defaults"]
    if panel.objective is not None:
        assert defaults["custom"]["thresholdsStyle"] == {"mode": "line"}
        assert defaults["thresholds"]["steps"][-1]["value"] == panel.objective
    refs = [target["refId"] for target in shown["targets"]]
    assert len(refs) == len(set(refs)) == len(panel.queries)


def test_what_the_panels_read_of_the_rules_is_recorded() -> None:
    recorded = {rule.name for rule in rules() if not rule.is_alert}
    read = {each.metric for _, expr in panel_queries() for each in selectors(expr)}
    assert {name for name in read if ":" in name} <= recorded
