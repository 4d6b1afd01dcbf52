"""The specification is true: generated requests are sent to a running server over a real mongod."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from handlers.http.docs_page import page
from handlers.http.openapi import document
from handlers.http.operations import OPERATIONS
from storage.client import connect
from storage.indexes import ensure_indexes
from storage.tasks import MongoTaskStore
from tasks.api_keys import Role
from tests.contract.rest.world import RestWorld, serving

HERE = Path(__file__).parent
MAX_EXAMPLES = "20"  # per operation and phase: about 1,300 requests, well below a minute


@pytest.fixture
def address(mongo_uri: str, mongo_database: str) -> tuple[str, str]:
    """Say where tasks live; asked for first, so that mongod starts outside the test's loop."""
    return mongo_uri, mongo_database


async def test_generated_requests_are_answered_as_the_specification_says(
    address: tuple[str, str], caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    uri, name = address
    async with connect(uri, database=name) as database:
        await ensure_indexes(database)
        world = RestWorld(MongoTaskStore(database), None)
        async with serving(world, requests_per_minute=10_000_000) as rest:
            await rest.add()
            await rest.add(due={"day": "2026-11-27"}, tags=["offsite"])
            code, printed = await _schemathesis(rest, tmp_path)
    assert code == 0, printed
    assert re.search(r"Tested: 11\b", printed), printed
    assert "rest_request_failed" not in caplog.text


async def _schemathesis(rest: RestWorld, directory: Path) -> tuple[int, str]:
    token = rest.tokens["T1", Role.ADMIN]
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "schemathesis"),
        *("--config-file", str(HERE / "schemathesis.toml")),
        *("run", f"{rest.base}/api/v1/openapi.json"),
        *("--header", f"Authorization: Bearer {token}"),
        *("--max-examples", MAX_EXAMPLES, "--seed", "1"),
        *("--generation-database", "none", "--continue-on-failure", "--no-color"),
        cwd=directory,
        env={
            **os.environ,
            "NO_PROXY": "127.0.0.1",
            "PYTHONPATH": str(HERE.parents[2]),
            "SCHEMATHESIS_HOOKS": "tests.contract.rest.schemathesis_hooks",
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        printed, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, printed.decode(errors="replace")


class Page(HTMLParser):
    """Collects what a browser would fetch, run or link to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            assert name != "style"
            assert not name.startswith("on")
            if name in {"href", "src"}:
                self.links.append(value or "")
            if name == "id":
                self.ids.append(value or "")


async def test_the_page_needs_no_key_no_script_and_no_network(rest: RestWorld) -> None:
    answer = await rest.ask("GET", "/api/docs", anonymous=True)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    shown = Page(answer.text)
    assert "script" not in shown.tags
    assert all(link.startswith(("/api/", "#")) for link in shown.links)
    inside = {link[1:] for link in shown.links if link.startswith("#")}
    assert inside <= set(shown.ids)
    for link in {link for link in shown.links if link.startswith("/")}:
        assert (await rest.ask("GET", link, anonymous=True)).status == 200


async def test_every_problem_leads_to_its_place_on_the_page(rest: RestWorld) -> None:
    told = await rest.ask("GET", "77")
    shown = Page((await rest.ask("GET", "/api/docs", anonymous=True)).text)
    path, _, place = told.body["type"].partition("#")
    assert path == "/api/docs"
    assert place in shown.ids


async def test_the_specification_needs_no_key_and_holds_every_operation(rest: RestWorld) -> None:
    answer = await rest.ask("GET", "/api/v1/openapi.json", anonymous=True)
    assert answer.status == 200
    assert answer.body["openapi"] == "3.1.0"
    found = {
        operation["operationId"]
        for path in answer.body["paths"].values()
        for operation in path.values()
    }
    assert len(found) == 11
    assert answer.body["components"]["schemas"]["NewTask"]["required"] == ["title"]


def test_the_statuses_that_are_counted_are_those_of_the_specification() -> None:
    paths = document("0")["paths"]
    for operation in OPERATIONS:
        answers = paths[operation.path][operation.method.lower()]["responses"]
        assert {str(status) for status in operation.statuses} == set(answers)


async def test_every_specified_status_is_a_series_from_the_start(rest: RestWorld) -> None:
    text = rest.metrics.render()[0].decode()
    for operation in OPERATIONS:
        for status in operation.statuses:
            labels = f'endpoint="{operation.path}",status="{status}"'
            assert f"http_requests_total{{{labels}}} 0.0" in text


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/", "/api/v1/never", "/api/v1/tasks/1/x"])
async def test_what_is_nowhere_below_the_api_is_a_problem_and_counted_as_other(
    rest: RestWorld, path: str
) -> None:
    answer = await rest.ask("GET", path, anonymous=True)
    assert answer.problem == (404, "no_such_route")
    text = rest.metrics.render()[0].decode()
    assert 'http_requests_total{endpoint="other",status="404"} 1.0' in text
    assert "{tail" not in text


def test_what_looks_like_markup_in_the_specification_is_shown_as_text() -> None:
    evil = "<script>alert(1)</script>"
    specification = {
        "info": {"title": evil, "version": evil, "description": evil},
        "paths": {},
        "components": {"schemas": {evil: {"description": evil, "type": evil}}},
    }
    shown = page(specification)
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
