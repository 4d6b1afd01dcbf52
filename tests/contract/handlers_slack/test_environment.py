"""Bolt reads settings of its own from the environment: ours must not reach it."""

import os
from pathlib import Path

import pytest

from tests.contract.handlers_slack.world import running

NONSENSE = {
    "SLACK_BOT_TOKEN": "xoxb-nonsense",
    "SLACK_SIGNING_SECRET": "nonsense",
    "SLACK_CLIENT_ID": "nonsense",
    "SLACK_CLIENT_SECRET": "nonsense",
    "SLACK_SCOPES": "nonsense",
    "SLACK_REDIRECT_URI": "nonsense",
    "SLACK_VERIFICATION_TOKEN": "nonsense",
    "SLACK_APP_TOKEN": "nonsense",
}


async def test_no_setting_of_bolts_own_has_an_effect(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in NONSENSE.items():
        monkeypatch.setenv(name, value)
    async with running() as world:
        assert world.side.bolt.oauth_flow is None
        assert world.side.bolt.client.token is None
        answer = await world.slack.command("/task add Buy milk")
        assert answer.plain.startswith("Added T-1.")
        modal = (await world.slack.command("/task add")).modal
        assert modal is not None
    assert os.listdir(tmp_path) == []  # noqa: PTH208  # pathlib would block, says ASYNC240
    assert {name: os.environ[name] for name in NONSENSE} == NONSENSE
