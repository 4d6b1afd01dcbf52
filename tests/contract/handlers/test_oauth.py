"""Whoever opens an address of installing by OAuth is told that it is not there yet."""

import aiohttp
import pytest
from prometheus_client import CollectorRegistry

from bot.server import build_server, listening
from handlers.http import oauth
from observability.metrics import OTHER, Metrics


@pytest.mark.parametrize(
    ("path", "setting"),
    [
        ("/slack/install", "SLACK_BOT_TOKEN"),
        ("/slack/oauth_redirect?code=1&state=2", "SLACK_BOT_TOKEN"),
        ("/notion/install", "NOTION_TOKEN"),
        ("/notion/oauth_redirect", "NOTION_TOKEN"),
    ],
)
async def test_an_address_of_oauth_says_that_it_is_not_there_yet_and_what_to_set(
    path: str, setting: str
) -> None:
    metrics = Metrics(CollectorRegistry(), version="test")
    async with (
        listening(build_server(oauth.routes(), metrics=metrics), "127.0.0.1", 0) as port,
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}") as answer,
    ):
        assert answer.status == 404
        said = await answer.text()
    assert "not there yet" in said
    assert setting in said
    counted = {"endpoint": OTHER, "status": "404"}
    assert metrics.registry.get_sample_value("http_requests_total", counted) == 1.0
