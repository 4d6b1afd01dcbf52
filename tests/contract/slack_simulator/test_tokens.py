import json

import aiohttp
import pytest

from tests.contract.slack_simulator.world import World, refusal


async def test_a_token_names_its_workspace(world: World) -> None:
    one, two = await world.one.auth_test(), await world.two.auth_test()

    assert (one["team_id"], two["team_id"]) == ("T1", "T2")
    assert one["user_id"] != two["user_id"]
    assert one["url"] == "https://one.slack.com/"


@pytest.mark.parametrize(
    ("token", "code"), [(None, "not_authed"), ("xoxb-invented", "invalid_auth")]
)
async def test_without_a_good_token_nothing_works(
    world: World, token: str | None, code: str
) -> None:
    assert (await refusal(world.client(token).auth_test()))["error"] == code


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("revoked", "token_revoked"),
        ("inactive", "account_inactive"),
        ("expired", "token_expired"),
    ],
)
async def test_a_dead_token_says_why(world: World, state: str, code: str) -> None:
    installation = world.slack.core.state.teams["T1"].installation
    assert installation is not None
    installation.state = state  # type: ignore[assignment]  # one of the literals

    assert (await refusal(world.one.auth_test()))["error"] == code
    assert (await world.two.auth_test())["ok"]


async def test_an_app_token_is_of_the_wrong_type(world: World) -> None:
    world.slack.add_app_token("xapp-1")

    body = await refusal(world.client("xapp-1").auth_test())
    assert body["error"] == "not_allowed_token_type"


async def test_a_missing_scope_is_named(world: World) -> None:
    world.slack.install("T1", "One", "xoxb-small", ["commands"])

    body = await refusal(world.client("xoxb-small").users_info(user="U1"))

    assert body == {
        "ok": False,
        "error": "missing_scope",
        "needed": "users:read",
        "provided": "commands",
    }


async def test_every_answer_names_the_scopes(world: World) -> None:
    answer = await world.one.users_info(user="U1")

    headers = {name.lower(): value for name, value in answer.headers.items()}
    assert "users:read" in headers["x-oauth-scopes"].split(",")
    assert headers["x-accepted-oauth-scopes"] == "users:read"


async def test_an_unknown_method_is_unknown(world: World) -> None:
    body = await refusal(world.one.api_call("tasks.add"))

    assert body["error"] == "unknown_method"


@pytest.mark.parametrize("where", ["header", "form", "query"])
async def test_the_token_may_stand_anywhere(world: World, where: str) -> None:
    url = f"{world.slack.core.base_url}/api/users.info"
    token, args = "xoxb-T1", {"user": "U1", "team_id": "T1"}
    async with aiohttp.ClientSession() as session:
        sent = {
            "header": {"data": args, "headers": {"Authorization": f"Bearer {token}"}},
            "form": {"data": {**args, "token": token}},
            "query": {"params": {**args, "token": token}},
        }[where]
        async with session.post(url, **sent) as response:  # type: ignore[arg-type]  # one of three
            body = await response.json()

    assert body["user"]["name"] == "maria"


@pytest.mark.parametrize(
    ("raw", "content_type", "code"),
    [
        (b"{", "application/json", "invalid_json"),
        (b"[]", "application/json", "json_not_object"),
        (b"x", "text/plain", "invalid_post_type"),
        (b"text=%ff", "application/x-www-form-urlencoded", "invalid_charset"),
    ],
)
async def test_a_malformed_body_is_refused(
    world: World, raw: bytes, content_type: str, code: str
) -> None:
    url = f"{world.slack.core.base_url}/api/auth.test"
    headers = {"Content-Type": content_type, "Authorization": "Bearer xoxb-T1"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=raw, headers=headers) as response,
    ):
        body = json.loads(await response.text())

    assert body == {"ok": False, "error": code}


async def test_no_token_is_in_the_journal(world: World) -> None:
    await world.one.api_call("auth.test", params={"token": "xoxb-T1"})

    assert "xoxb" not in repr(list(world.slack.journal))
