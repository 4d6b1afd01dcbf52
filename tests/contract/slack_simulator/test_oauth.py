import base64
from urllib.parse import parse_qsl, urlsplit

import aiohttp
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from tests.contract.slack_simulator.world import World, refusal

BACK = "https://bot.example/slack/oauth_redirect"


async def code_for(world: World, **query: str) -> tuple[int, dict[str, str]]:
    asked = {
        "client_id": world.slack.core.client_id,
        "scope": "chat:write,commands",
        "state": "s1",
        "redirect_uri": BACK,
        **query,
    }
    url = f"{world.slack.core.base_url}/oauth/v2/authorize"
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, params=asked, allow_redirects=False) as response,
    ):
        location = response.headers.get("Location", "")
        return response.status, dict(parse_qsl(urlsplit(location).query))


async def access(world: World, **args: str) -> AsyncSlackResponse:
    given = {
        "client_id": world.slack.core.client_id,
        "client_secret": world.slack.core.client_secret,
        "redirect_uri": BACK,
        **args,
    }
    return await world.client(None).api_call("oauth.v2.access", data=given)


async def test_installing_ends_with_a_token_that_works(world: World) -> None:
    world.slack.add_team("T3", "Three")
    world.slack.add_user("U9", "nina", team="T3")

    status, query = await code_for(world, team="T3")
    answer = await access(world, code=query["code"])

    assert status == 302
    assert query["state"] == "s1"
    assert answer["team"] == {"id": "T3", "name": "Three"}
    assert answer["authed_user"]["id"] == "U9"
    assert set(answer["scope"].split(",")) == {"chat:write", "commands"}
    assert (await world.client(answer["access_token"]).auth_test())["team_id"] == "T3"


async def test_a_code_works_once(world: World) -> None:
    _, query = await code_for(world)
    await access(world, code=query["code"])

    assert (await refusal(access(world, code=query["code"])))["error"] == "invalid_code"


async def test_the_redirect_must_be_the_one_asked_for(world: World) -> None:
    _, query = await code_for(world)

    body = await refusal(access(world, code=query["code"], redirect_uri="https://evil.example/"))
    assert body["error"] == "bad_redirect_uri"


async def test_the_app_must_know_its_secret(world: World) -> None:
    _, query = await code_for(world)

    body = await refusal(access(world, code=query["code"], client_secret="guess"))  # noqa: S106 - made up
    assert body["error"] == "bad_client_secret"


async def test_the_page_sends_nobody_to_a_strange_address(world: World) -> None:
    world.slack.core.redirect_urls.append(BACK)

    assert (await code_for(world, redirect_uri="https://evil.example/"))[0] == 400
    assert (await code_for(world, client_id="another"))[0] == 400
    assert (await code_for(world))[0] == 302


async def test_the_app_may_introduce_itself_in_the_header(world: World) -> None:
    _, query = await code_for(world)
    core = world.slack.core
    pair = base64.b64encode(f"{core.client_id}:{core.client_secret}".encode()).decode()
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{core.base_url}/api/oauth.v2.access",
            data={"code": query["code"]},
            headers={"Authorization": f"Basic {pair}"},
        ) as response,
    ):
        assert (await response.json())["ok"]
