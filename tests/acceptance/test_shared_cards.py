"""Shared cards over HTTP: posted once, edited in place, right in every place in the end."""

from __future__ import annotations

from playground.slack.answers import SubmitAnswer
from playground.slack.state import Message
from tests.acceptance.world import World


async def opened(world: World, number: int = 1, *, user: str = "U1", channel: str = "C1") -> object:
    card = await world.slack.command(f"/task show {number}", user=user, channel=channel)
    answer = await world.slack.click(card.message, "Share", user=user)
    assert answer.modal is not None
    return answer.modal


async def share(
    world: World, channel: str = "C1", words: str = "", *, user: str = "U1", number: int = 1
) -> SubmitAnswer:
    form = await opened(world, number, user=user)
    return await world.slack.submit(form, {"place": channel, "words": words}, user=user)


def cards(world: World, channel: str = "C1", *, user: str = "U1") -> list[Message]:
    return [
        message
        for message in world.slack.messages(channel, user=user)
        if message.bot_id and not message.is_ephemeral
    ]


def plain(world: World, channel: str = "C1") -> list[str]:
    return [message.plain for message in cards(world, channel)]


async def test_a_card_is_shared_and_follows_its_task(http_world: World) -> None:
    world = http_world
    await world.slack.command("/task add Book the venue")
    assert (await share(world, words="Who can take <this>?")).closed
    (card,) = cards(world)
    assert card.plain.startswith("maria: Who can take <this>?\nBook the venue  T-1\nOpen")
    assert card.pings == frozenset()
    await world.slack.command("/task assign T-1 @sam")
    await world.slack.until(lambda: "Open · sam" in plain(world)[0])
    assert len(cards(world)) == 1
