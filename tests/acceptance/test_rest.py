"""The REST API of the real bot, beside Slack and Notion: one task, three doors."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot import api_keys
from bot.clock_and_ids import utc_now
from playground.notion.faults import Fault
from tasks.api_keys import Role, digest_of
from tests.acceptance.stall import stall
from tests.acceptance.test_promises import KEYS
from tests.acceptance.world import APP_TOKEN, SOON, World
from tests.unit.handlers.http_api.issuer import public_jwk, signed

TOKEN = "acme-automation-7d0f5c"  # noqa: S105  # a key of the settings, for tests only
API_KEYS = f"stored,write:T1:{digest_of(TOKEN)}"
VENUE = {"title": "Book the venue", "priority": "high", "tags": ["offsite"]}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def problem(self) -> tuple[int, str]:
        """Status and code of a problem; it is one."""
        assert self.headers["Content-Type"] == "application/problem+json"
        assert self.body["status"] == self.status
        return self.status, self.body["code"]


async def ask(
    world: World,
    method: str,
    path: str = "",
    json: Any = None,  # noqa: ANN401  # any JSON
    *,
    token: str = TOKEN,
    **headers: str,
) -> Answer:
    """Send a request below /api/v1/tasks; `If_Match` becomes a header of that name."""
    url = f"http://127.0.0.1:{world.bot.port}/api/v1/tasks{path}"
    sent = {"Authorization": f"Bearer {token}"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    async with world.session.request(method, url, json=json, headers=sent) as answer:
        return Answer(answer.status, answer.headers, await answer.json(content_type=None))


@pytest.fixture
async def acme_rest(empty_world: World) -> AsyncIterator[World]:
    """Give a world whose bot has the REST API on."""
    async with empty_world.run_bot(API_KEYS=API_KEYS):
        yield empty_world


async def stored_key(world: World, *, team: str, role: Role) -> api_keys.Issued:
    return await api_keys.create(
        world.bot.stores.api_keys,
        team=team,
        role=role,
        name="tests",
        now=utc_now(),
        random=secrets.token_bytes,
    )


async def test_a_task_made_over_rest_is_a_row_in_notion_and_shows_in_slack(
    acme_rest: World,
) -> None:
    made = await ask(acme_rest, "POST", json=VENUE, Idempotency_Key="k1")

    assert made.status == 201
    assert made.headers["Location"] == "/api/v1/tasks/1"
    shown = await acme_rest.slack.command("/task show T-1", user="U1")
    assert "Book the venue" in shown.plain
    assert "High priority" in shown.plain
    row = await acme_rest.row("Book the venue", Priority="High", Tags=["offsite"])
    assert row.properties["Task ID"] == made.body["id"]


async def test_what_is_done_in_slack_is_read_over_rest_and_the_other_way_round(
    acme_rest: World,
) -> None:
    await ask(acme_rest, "POST", json=VENUE, Idempotency_Key="k1")
    await acme_rest.slack.command("/task done T-1", user="U1")
    read = await ask(acme_rest, "GET", "/1")
    assert (read.body["status"], read.body["rev"]) == ("done", 2)

    await ask(acme_rest, "POST", "/1/reopen")

    await acme_rest.row("Book the venue", Status="Not started")
    history = await ask(acme_rest, "GET", "/1/history")
    assert [(c["rev"], c["source"]) for c in history.body["changes"]] == [
        (3, "rest"),
        (2, "slack"),
        (1, "rest"),
    ]


async def test_a_change_at_a_revision_that_is_past_is_a_conflict_and_changes_nothing(
    acme_rest: World,
) -> None:
    made = await ask(acme_rest, "POST", json=VENUE, Idempotency_Key="k1")
    await acme_rest.slack.command("/task priority T-1 low", user="U1")

    late = await ask(
        acme_rest, "PATCH", "/1", {"title": "Cancel it"}, If_Match=made.headers["ETag"]
    )

    assert late.problem == (412, "changed_meanwhile")
    read = await ask(acme_rest, "GET", "/1")
    assert (read.body["title"], read.body["priority"]) == ("Book the venue", "low")
    again = await ask(
        acme_rest, "PATCH", "/1", {"title": "Cancel it"}, If_Match=read.headers["ETag"]
    )
    assert again.status == 200
    await acme_rest.row("Cancel it", Priority="Low")


async def test_p2_twenty_deliveries_under_one_idempotency_key_make_one_task_and_one_row(
    acme_rest: World,
) -> None:
    answers = await asyncio.gather(
        *(ask(acme_rest, "POST", json=VENUE, Idempotency_Key="k1") for _ in range(20))
    )

    assert {answer.status for answer in answers} == {201}
    assert len({answer.body["id"] for answer in answers}) == 1
    other = await ask(acme_rest, "POST", json={"title": "Another"}, Idempotency_Key="k1")
    assert other.problem == (422, "idempotency_key_reused")
    await acme_rest.row("Book the venue")
    assert acme_rest.titles() == ["Book the venue"]


async def test_p6_a_key_of_another_workspace_sees_nothing_and_changes_nothing(
    acme_rest: World,
) -> None:
    await ask(acme_rest, "POST", json=VENUE, Idempotency_Key="k1")
    theirs = (await stored_key(acme_rest, team="T9", role=Role.ADMIN)).token

    listed = await ask(acme_rest, "GET", token=theirs)
    read = await ask(acme_rest, "GET", "/1", token=theirs)
    never = await ask(acme_rest, "GET", "/99", token=theirs)
    deleted = await ask(acme_rest, "DELETE", "/1", token=theirs)

    assert listed.body == {"tasks": [], "next": None}
    assert read.problem == never.problem == deleted.problem == (404, "no_such_task")
    assert read.body["detail"] == never.body["detail"]
    assert (await ask(acme_rest, "GET", "/1")).body["deleted"] is False


async def test_a_stored_key_opens_until_it_is_revoked_and_shows_its_last_use(
    acme_rest: World,
) -> None:
    issued = await stored_key(acme_rest, team="T1", role=Role.READ)
    keys = acme_rest.bot.stores.api_keys
    assert (await ask(acme_rest, "GET", token=issued.token)).status == 200
    refused = await ask(acme_rest, "POST", json=VENUE, token=issued.token, Idempotency_Key="k")
    assert refused.problem == (403, "role_too_small")
    async with asyncio.timeout(SOON):
        while (found := await keys.find(issued.key.id)) and found.last_used_at is None:  # noqa: ASYNC110  # the database tells nobody
            await asyncio.sleep(0.01)

    await api_keys.revoke(keys, team="T1", key_id=issued.key.id, now=utc_now())

    assert (await ask(acme_rest, "GET", token=issued.token)).problem == (401, "unauthenticated")


async def test_more_than_a_keys_share_of_requests_is_told_when_to_come_again(
    empty_world: World,
) -> None:
    async with empty_world.run_bot(API_KEYS=API_KEYS, API_REQUESTS_PER_MINUTE="1"):
        answers = [await ask(empty_world, "GET") for _ in range(4)]
        _, metrics = await empty_world.get("/metrics")

    limited = [answer for answer in answers if answer.status == 429]
    assert limited
    assert limited[0].problem == (429, "too_many_requests")
    assert 1 <= int(limited[0].headers["Retry-After"]) <= 60
    assert f'rate_limit_hits_total{{source="api_key"}} {len(limited)}.0' in metrics


async def test_a_database_that_fails_is_a_problem_that_says_whether_it_was_saved(
    acme_rest: World, mongo_uri: str
) -> None:
    await ask(acme_rest, "POST", json={"title": "Warm up"}, Idempotency_Key="k0")
    with stall(mongo_uri, ["insert"], milliseconds=4000):
        unsure = await ask(acme_rest, "POST", json=VENUE, Idempotency_Key="k1")
    with stall(mongo_uri, ["find", "aggregate"], milliseconds=4000):
        unread = await ask(acme_rest, "GET", "/1")

    assert unsure.problem == (503, "outcome_unknown")
    assert unread.problem == (503, "unavailable")
    assert int(unread.headers["Retry-After"]) >= 1
    # The same key again: whatever became of the first, there is one.
    assert (await ask(acme_rest, "POST", json=VENUE, Idempotency_Key="k1")).status == 201
    listed = await ask(acme_rest, "GET")
    assert [task["title"] for task in listed.body["tasks"]].count("Book the venue") == 1


async def test_without_a_database_nothing_is_saved_and_the_client_is_told_to_try_again(
    empty_world: World,
) -> None:
    async with empty_world.run_bot(
        await_ready=False, API_KEYS=API_KEYS, MONGODB_URI="mongodb://127.0.0.1:1/"
    ):
        answer = await ask(empty_world, "POST", json=VENUE, Idempotency_Key="k1")

    assert answer.problem == (503, "not_saved")
    assert "same Idempotency-Key" in answer.body["detail"]


async def test_while_notion_is_down_rest_saves_and_the_row_follows(acme_rest: World) -> None:
    down = acme_rest.notion.faults.add(Fault(match="*", times=None, status=503))

    made = await ask(acme_rest, "POST", json=VENUE, Idempotency_Key="k1")
    await asyncio.wait_for(down.reached.wait(), SOON)

    assert made.status == 201
    assert (await ask(acme_rest, "GET", "/1")).status == 200
    acme_rest.notion.faults.remove(down)
    await acme_rest.row("Book the venue", seconds=20)


async def test_without_keys_and_issuer_there_is_no_rest_api(http_world: World) -> None:
    for path in ("/api/v1/tasks", "/api/v1/openapi.json", "/api/docs"):
        status, body = await http_world.get(path)
        assert (status, body) == (404, {"error": "not found"})
        unknown = await http_world.get("/never/was")
        assert (status, body) == unknown


async def test_an_access_token_of_the_issuer_opens_its_workspace(empty_world: World) -> None:
    async with _issuer() as url:
        until = int((utc_now() + timedelta(hours=1)).timestamp())
        token = signed(iss=url, exp=until, nbf=0, aud="taskbridge", workspace="T1", roles=["write"])
        async with empty_world.run_bot(
            OAUTH_ISSUER=url,
            OAUTH_AUDIENCE="taskbridge",
            OAUTH_TEAM_CLAIM="workspace",
            OAUTH_ROLE_CLAIM="roles",
        ):
            made = await ask(empty_world, "POST", json=VENUE, token=token, Idempotency_Key="k1")
            wrong = await ask(empty_world, "GET", token=signed(iss="https://other.example"))
            assert made.status == 201
            assert wrong.problem == (401, "unauthenticated")
            shown = await empty_world.slack.command("/task show T-1", user="U1")
    assert "Book the venue" in shown.plain


async def test_with_everything_on_the_process_has_fewer_than_a_thousand_series(
    empty_world: World,
) -> None:
    async with empty_world.run_bot(
        SLACK_APP_TOKEN=APP_TOKEN,
        SLACK_CLIENT_ID="1.2",
        SLACK_CLIENT_SECRET="client-secret",  # noqa: S106  # for tests only
        ENCRYPTION_KEYS=KEYS,
        API_KEYS=API_KEYS,
        OAUTH_ISSUER="https://issuer.example",
        OAUTH_AUDIENCE="taskbridge",
    ):
        before = await _series(empty_world)
        await ask(empty_world, "POST", json=VENUE, Idempotency_Key="k1")
        await ask(empty_world, "PATCH", "/1", {"title": ""})
        await ask(empty_world, "GET", "/99", token="nobody")  # noqa: S106  # opens nothing
        await empty_world.slack.command("/task show T-1", user="U1")
        await empty_world.row("Book the venue")
        after = await _series(empty_world)

    assert 800 < len(before) < 1000
    assert after - before == set()  # each was there at zero before the first request


async def test_the_specification_and_its_page_are_served_and_need_nothing_else(
    acme_rest: World,
) -> None:
    status, specification = await acme_rest.get("/api/v1/openapi.json")
    assert (status, specification["openapi"]) == (200, "3.1.0")
    base = f"http://127.0.0.1:{acme_rest.bot.port}"
    async with acme_rest.session.get(f"{base}/api/docs") as answer:
        page = await answer.text()
        assert (answer.status, answer.content_type) == (200, "text/html")
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Make a task" in page
    assert "<script" not in page
    assert not re.search(r"""(?:src|href|action)\s*=\s*["'](?!/|#)""", page)
    async with acme_rest.session.get(f"{base}/api/docs.css") as answer:
        assert (answer.status, answer.content_type) == (200, "text/css")


async def _series(world: World) -> set[str]:
    _, text = await world.get("/metrics")
    return {line.rsplit(" ", 1)[0] for line in text.splitlines() if not line.startswith("#")}


@asynccontextmanager
async def _issuer() -> AsyncIterator[str]:
    """Serve an issuer's metadata and keys on loopback; give its URL."""
    base: list[str] = []

    async def metadata(_request: web.Request) -> web.Response:
        return web.json_response({"issuer": base[0], "jwks_uri": f"{base[0]}/keys"})

    async def keys(_request: web.Request) -> web.Response:
        return web.Response(text=json.dumps({"keys": [public_jwk("ES256", "k1")]}))

    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", metadata)
    app.router.add_get("/keys", keys)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        base.append(f"http://127.0.0.1:{runner.addresses[0][1]}")
        yield base[0]
    finally:
        await runner.cleanup()
