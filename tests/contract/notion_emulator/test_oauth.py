"""OAuth as documented: consent, tokens, rotation, introspection, revocation, both error shapes."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import encode_basic_auth

from playground.notion import Fault, Integration
from playground.notion.oauth import ErrorShape
from tests.contract.notion_emulator import official
from tests.contract.notion_emulator.receiver import Receiver, receiving
from tests.contract.notion_emulator.world import Answer, World, answer_of

HERE = "https://bot.example.com/notion/oauth_redirect"


@pytest.fixture
def integration(world: World) -> Integration:
    return world.emulator.add_integration("Public", redirect_uris=(HERE,))


async def consent(world: World, integration: Integration, **changes: str) -> Answer:
    query = {
        "client_id": integration.client_id,
        "redirect_uri": HERE,
        "response_type": "code",
        "owner": "user",
        "state": "s1",
    } | changes
    async with world.session.get(
        f"{world.url}/v1/oauth/authorize", params=query, allow_redirects=False
    ) as response:
        return await answer_of(response)


def given_back(answer: Answer) -> Mapping[str, str]:
    assert answer.status == 302
    assert answer.headers["Location"].startswith(HERE)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}


async def ask(
    world: World, integration: Integration, path: str, body: object, *, secret: str | None = None
) -> Answer:
    basic = encode_basic_auth(integration.client_id, secret or integration.client_secret)
    async with world.session.post(
        f"{world.url}/v1/oauth/{path}", json=body, headers={"Authorization": basic}
    ) as response:
        answer = await answer_of(response)
    if answer.status == 200 and official.are_here():
        name = f"Oauth{path.capitalize()}Response"
        assert list(official.faults_as(name, answer.json)) == []
    return answer


async def tokens(world: World, integration: Integration) -> dict[str, Any]:
    code = given_back(await consent(world, integration))["code"]
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": HERE}
    answer: dict[str, Any] = (await ask(world, integration, "token", body)).json
    return answer


async def refresh(world: World, integration: Integration, token: str) -> Answer:
    body = {"grant_type": "refresh_token", "refresh_token": token}
    return await ask(world, integration, "token", body)


async def me(world: World, token: str) -> Answer:
    return await world.call("GET", "/v1/users/me", headers={"Authorization": f"Bearer {token}"})


async def test_consent_gives_a_code_and_the_code_a_bot_in_the_workspace(
    world: World, integration: Integration
) -> None:
    maria = world.workspace.add_person("Maria", "maria@example.com")
    world.emulator.consent_in(world.workspace, by=maria)
    back = given_back(await consent(world, integration))
    body = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": HERE}
    answer = (await ask(world, integration, "token", body)).json
    shown = (await me(world, answer["access_token"])).json
    assert back["state"] == "s1"
    assert answer["workspace_id"] == world.workspace.workspace.id
    assert answer["owner"]["user"]["person"]["email"] == "maria@example.com"
    assert shown["id"] == answer["bot_id"]
    assert shown["bot"]["owner"]["user"]["id"] == maria.id


async def test_who_does_not_agree_is_sent_back_without_a_code(
    world: World, integration: Integration
) -> None:
    world.emulator.oauth.agrees = False
    assert given_back(await consent(world, integration)) == {
        "error": "access_denied",
        "state": "s1",
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client_id": "nobody"}, "invalid_client"),
        ({"redirect_uri": f"{HERE}/"}, "invalid_request"),
        ({"response_type": "token"}, "invalid_request"),
        ({"owner": "workspace"}, "invalid_request"),
    ],
)
async def test_a_wrong_address_is_never_redirected_to(
    world: World, integration: Integration, changes: dict[str, str], code: str
) -> None:
    answer = await consent(world, integration, **changes)
    assert (answer.status, answer.json["error"]) == (400, code)


async def test_a_code_is_good_once_for_ten_minutes_for_its_client_and_address(
    world: World, integration: Integration
) -> None:
    other = world.emulator.add_integration("Other", redirect_uris=(HERE,))

    async def exchange(client: Integration, seconds: float, address: str, times: int) -> int:
        code = given_back(await consent(world, integration))["code"]
        await world.clock.sleep(seconds)
        body = {"grant_type": "authorization_code", "code": code, "redirect_uri": address}
        answers = [await ask(world, client, "token", body) for _ in range(times)]
        return answers[-1].status

    assert await exchange(integration, 0, HERE, 1) == 200
    assert await exchange(integration, 0, HERE, 2) == 400
    assert await exchange(integration, 601, HERE, 1) == 400
    assert await exchange(integration, 0, "https://elsewhere.example.com", 1) == 400
    assert await exchange(other, 0, HERE, 1) == 400


async def test_a_refresh_replaces_both_tokens(world: World, integration: Integration) -> None:
    old = await tokens(world, integration)
    new = (await refresh(world, integration, old["refresh_token"])).json
    again = await refresh(world, integration, old["refresh_token"])
    assert new["bot_id"] == old["bot_id"]
    assert {new["access_token"], new["refresh_token"]}.isdisjoint(
        {old["access_token"], old["refresh_token"]}
    )
    assert (await me(world, old["access_token"])).status == 401
    assert (await me(world, new["access_token"])).status == 200
    assert (again.status, again.json["error"]) == (400, "invalid_grant")


async def test_a_refresh_whose_answer_is_lost_has_rotated_all_the_same(
    world: World, integration: Integration
) -> None:
    old = await tokens(world, integration)
    world.emulator.faults.add(Fault(match="POST /v1/oauth/token", status=503, saved=True))
    lost = await refresh(world, integration, old["refresh_token"])
    assert lost.status == 503
    assert (await me(world, old["access_token"])).status == 401
    assert (await refresh(world, integration, old["refresh_token"])).status == 400


async def test_each_consent_mints_tokens_for_the_same_bot_and_keeps_the_old_ones(
    world: World, integration: Integration
) -> None:
    first, second = await tokens(world, integration), await tokens(world, integration)
    assert first["bot_id"] == second["bot_id"]
    for pair in (first, second):
        assert (await me(world, pair["access_token"])).status == 200


async def test_a_token_is_introspected_and_revoked(world: World, integration: Integration) -> None:
    pair = await tokens(world, integration)
    token = {"token": pair["access_token"]}
    active = (await ask(world, integration, "introspect", token)).json
    revoked = await ask(world, integration, "revoke", token)
    dead = (await ask(world, integration, "introspect", token)).json
    assert (active["active"], active["iat"]) == (True, int(world.clock.now().timestamp()))
    assert (revoked.status, set(revoked.json)) == (200, {"request_id"})
    assert dead["active"] is False
    assert (await me(world, pair["access_token"])).status == 401
    assert (await refresh(world, integration, pair["refresh_token"])).status == 400


async def test_a_bot_removed_in_notion_can_neither_call_nor_refresh(
    world: World, integration: Integration
) -> None:
    pair = await tokens(world, integration)
    bot = world.emulator.connections.named(pair["access_token"])
    assert bot is not None
    bot.revoke()
    assert (await me(world, pair["access_token"])).status == 401
    refused = await refresh(world, integration, pair["refresh_token"])
    assert (refused.status, refused.json["error"]) == (400, "invalid_grant")
    assert (await tokens(world, integration))["bot_id"] != pair["bot_id"]


@pytest.mark.parametrize("shape", ["oauth", "envelope"])
async def test_errors_come_in_either_shape(
    world: World, integration: Integration, shape: ErrorShape
) -> None:
    world.emulator.oauth.error_shape = shape
    answers = [
        await refresh(world, integration, "nrt_unknown"),
        await ask(world, integration, "token", {"grant_type": "password"}),
        await ask(world, integration, "token", {"grant_type": "refresh_token"}),
        await ask(world, integration, "token", {}, secret="wrong"),  # noqa: S106 - no secret
    ]
    key = "error" if shape == "oauth" else "code"
    assert [(answer.status, answer.json[key]) for answer in answers] == [
        (400, "invalid_grant"),
        (400, "unsupported_grant_type"),
        (400, "invalid_request"),
        (401, "invalid_client"),
    ]
    assert ("object" in answers[0].json) is (shape == "envelope")


@pytest.fixture
async def hook(world: World, integration: Integration) -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        world.emulator.webhooks.add_subscription(integration.id, receiver.url)
        yield receiver


async def test_one_subscription_serves_all_workspaces_and_names_who_can_read(
    world: World, integration: Integration, hook: Receiver
) -> None:
    other = world.emulator.add_workspace("Other")
    here = await tokens(world, integration)
    world.emulator.consent_in(other)
    there = await tokens(world, integration)
    world.workspace.add_page("Here")
    other.add_page("There")
    await world.emulator.webhooks.settle()
    created = [event for event in hook.events if event["type"] == "page.created"]
    assert [event["workspace_id"] for event in created] == [
        here["workspace_id"],
        there["workspace_id"],
    ]
    assert [
        [each["id"] for each in event["accessible_by"] if each["type"] == "bot"]
        for event in created
    ] == [[here["bot_id"]], [there["bot_id"]]]
