"""Whose the bot token is: what Slack's troubles mean, and what a dead token means."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.single_workspace import ASK_AGAIN_SECONDS, SingleWorkspace, TokenRefused
from playground.slack.faults import Fault
from playground.slack.server import serving
from playground.slack.simulator import SlackSimulator
from tasks.errors import NotSaved

TOKEN = "xoxb-T1"  # noqa: S105  # of a simulator


@pytest.fixture
def slack() -> SlackSimulator:
    found = SlackSimulator(signing_secret="secret")  # noqa: S106  # as above
    found.install("T1", "Acme", TOKEN, ("commands",))
    return found


@pytest.fixture
async def workspace(slack: SlackSimulator) -> AsyncIterator[SingleWorkspace]:
    async with serving(slack) as url, ClientSession() as session:
        client = AsyncWebClient(base_url=f"{url}/api/", session=session, retry_handlers=[])
        yield SingleWorkspace(client, token=TOKEN)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="ratelimit"),
        Fault(kind="error", code="internal_error"),
        Fault(kind="error", code="request_timeout"),
        Fault(kind="status", status=503),
        Fault(kind="drop_before"),
        Fault(kind="truncate"),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.code}",
)
async def test_p5_trouble_at_slack_is_no_refusal_of_the_token(
    slack: SlackSimulator, workspace: SingleWorkspace, fault: Fault
) -> None:
    slack.faults.script("auth.test", fault)
    with pytest.raises(NotSaved, match="try again"):
        await workspace.find(team="T1", enterprise=None)
    found = await workspace.find(team="T1", enterprise=None)
    assert found is not None
    assert found.bot_token == TOKEN


@pytest.mark.parametrize("code", ["invalid_auth", "account_inactive", "token_revoked"])
async def test_a_token_that_slack_refuses_is_installed_nowhere(
    slack: SlackSimulator, workspace: SingleWorkspace, code: str
) -> None:
    slack.faults.script("auth.test", *[Fault(kind="error", code=code)] * 2)
    with pytest.raises(TokenRefused, match=code):
        await workspace.identify()
    assert await workspace.find(team="T1", enterprise=None) is None


async def test_fault_11_what_was_removed_is_gone_until_it_is_installed_again(
    slack: SlackSimulator,
) -> None:
    now = 0.0
    async with serving(slack) as url, ClientSession() as session:
        client = AsyncWebClient(base_url=f"{url}/api/", session=session, retry_handlers=[])
        workspace = SingleWorkspace(client, token=TOKEN, clock=lambda: now)
        assert await workspace.find(team="T1", enterprise=None) is not None
        await workspace.remove(team="T2", enterprise=None)
        assert await workspace.find(team="T1", enterprise=None) is not None
        installed = slack.core.state.teams["T1"].installation
        assert installed is not None
        installed.state = "inactive"
        await workspace.remove(team="T1", enterprise=None)
        assert await workspace.find(team="T1", enterprise=None) is None
        now = ASK_AGAIN_SECONDS
        assert await workspace.find(team="T1", enterprise=None) is None
        slack.install("T1", "Acme", TOKEN, ("commands",))
        assert await workspace.find(team="T1", enterprise=None) is None  # asked a moment ago
        now = 2 * ASK_AGAIN_SECONDS
        found = await workspace.find(team="T1", enterprise=None)
        assert found is not None
        assert found.bot_token == TOKEN
