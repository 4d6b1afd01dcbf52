"""The rules, judged by promtool; each alert complete, tested and with its runbook."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.monitoring import PROMETHEUS, ROOT, RUNBOOKS, Rule, alerts, rule_files, rules
from tests.tools import tool

RULE_TESTS = sorted((PROMETHEUS / "tests").glob("*.yml"))
SECTIONS = ["Meaning", "Impact", "Diagnosis", "Mitigation"]


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run promtool and return what it said."""
    command = [tool("promtool"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # ours


def test_promtool_accepts_the_configuration_and_all_rules() -> None:
    done = promtool("check", "config", PROMETHEUS / "prometheus.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(rule_files())} rule files found" in done.stdout


@pytest.mark.parametrize("path", RULE_TESTS, ids=lambda path: path.stem)
def test_the_rule_tests_pass(path: Path) -> None:
    done = promtool("test", "rules", path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert.name)
def test_every_alert_is_complete(alert: Rule) -> None:
    assert alert.name.startswith("Taskbridge")
    assert alert.severity in {"page", "ticket"}
    assert alert.annotations.keys() == {"summary", "description", "runbook_url"}
    assert alert.annotations["runbook_url"] == f"docs/runbooks/{alert.name}.md"
    assert not re.search(r"[.\n]", alert.annotations["summary"])
    assert alert.annotations["description"].endswith(".")


def test_every_alert_is_seen_firing_in_a_rule_test() -> None:
    fired = {
        name
        for path in RULE_TESTS
        for name in re.findall(r'labels: \'{alertname="(\w+)"}', path.read_text(encoding="utf-8"))
    }
    assert fired == {alert.name for alert in alerts()}


def test_every_recorded_quantile_is_seen_in_a_rule_test() -> None:
    tested = (PROMETHEUS / "tests" / "quantiles.yml").read_text(encoding="utf-8")
    recorded = {rule.name for rule in rules() if re.search(r":p\d\d_", rule.name)}
    assert recorded
    assert {name for name in recorded if name not in tested} == set()


def test_each_alert_has_a_runbook_and_each_runbook_an_alert() -> None:
    assert {path.stem for path in RUNBOOKS.glob("*.md")} == {alert.name for alert in alerts()}


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert.name)
def test_each_runbook_has_its_four_parts_and_begins_with_the_doctor(alert: Rule) -> None:
    text = (RUNBOOKS / f"{alert.name}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {alert.name}\n")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    first_step = text.split("## Diagnosis\n")[1].strip().splitlines()[0]
    assert "python -m bot doctor" in first_step


def test_the_job_has_the_name_that_the_rules_look_for() -> None:
    given = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8"))
    assert [job["job_name"] for job in given["scrape_configs"]] == ["taskbridge"]


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert.name)
def test_the_overview_names_every_alert(alert: Rule) -> None:
    overview = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
    assert f"runbooks/{alert.name}.md" in overview
