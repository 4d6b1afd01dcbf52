"""Slack's own recorded requests and official schemas."""

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest
from jsonschema import Draft7Validator

from handlers.slack.blocks.home import Found, Lead, Shown, Which, home
from handlers.slack.blocks.parts import blocks
from tasks.commands import LinePage, TaskLine
from tasks.model import Due
from tests.contract.handlers_slack.world import TEAM, World
from tests.shared_data import shared_data
from tests.unit.handlers.slack.builders import NOW, task


def recorded() -> list[tuple[str, dict[str, Any]]]:
    """Return the request bodies of Bolt's own tests, read as the server reads them."""
    path = shared_data("slack", "payloads", "bolt-python", "bodies.json")
    found = [(one["kind"], as_object(one["body"])) for one in json.loads(path.read_text())]
    return [(kind, body) for kind, body in found if isinstance(body, dict) and body]


def as_object(body: object) -> object:
    if not isinstance(body, str):
        return body
    try:
        return json.loads(body)
    except ValueError:
        form = dict(parse_qsl(body, keep_blank_values=True))
        return json.loads(form["payload"]) if "payload" in form else form


@pytest.mark.parametrize("as_team", [TEAM, None])
async def test_every_recorded_request_is_answered(world: World, as_team: str | None) -> None:
    bodies = recorded()
    assert len(bodies) > 80
    for kind, body in bodies:
        if as_team is not None and isinstance(body.get("team"), dict):
            body = {**body, "team": {**body["team"], "id": as_team}, "team_id": as_team}  # noqa: PLW2901  # the same, as ours
        response = await world.dispatch(body, {})
        assert response.status == 200, (kind, response.body)
    await world.settled()
    world.slack.journal.violations.clear()  # their view ids and triggers are not this Slack's


async def test_what_the_main_job_sends_satisfies_the_official_schemas(world: World) -> None:
    block = validator("KnownBlock")
    lines = [
        "add Book the venue @sam due friday 5pm !urgent #offsite every month",
        "",
        "list all",
        "history 1",
        "help",
        "sync status",
        "due 1 9/12",
        "add Buy milk due yesterday",
        "nonsense",
    ]
    for line in lines:
        answer = await world.slack.command(f"/task {line}")
        sent = json.loads(answer.ack.text)["blocks"]
        for one in sent:
            assert list(block.iter_errors(one)) == [], (line, one)


async def test_the_forms_satisfy_the_official_schema(world: World) -> None:
    modal = validator("ModalView")
    await world.slack.command("/task add Book the venue @sam due friday 5pm !urgent #offsite")
    for line in ("add", "edit 1"):
        view = (await world.slack.command(f"/task {line}")).modal
        assert view is not None
        sent = [exchange.request["view"] for exchange in world.slack.journal.calls("views.open")][
            -1
        ]
        given = json.loads(sent) if isinstance(sent, str) else sent
        assert list(modal.iter_errors(given)) == []


def test_the_home_tab_satisfies_the_official_schema() -> None:
    due = Due.local(NOW, "Europe/Berlin")
    lines = (TaskLine.of(task(assignees=("U2",))), TaskLine.of(task(number=13, due=due)))
    page = LinePage(lines=lines, next="more")
    for which in Which:
        shown = Shown(which=which, tag="offsite", words="venue", cursor="earlier")
        view = home(Found(page=page), shown, now=NOW, lead=Lead(said=("Done.",), undo="1:2"))
        assert list(validator("HomeView").iter_errors(view)) == []
    assert blocks(()) == []


def validator(name: str) -> Draft7Validator:
    path = shared_data("slack", "types-schemas", f"{name}.limits.schema.json")
    return Draft7Validator(json.loads(path.read_text()))
