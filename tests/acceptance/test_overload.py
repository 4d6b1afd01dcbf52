"""P5 in the real bot: a held database, and far more requests than it works on at once."""

import asyncio
import itertools
from dataclasses import replace

from aiohttp import ClientSession

from handlers.slack.explain import BUSY, HELD_UP
from tasks.commands import ListTasks, TaskFilter
from tests.acceptance.stall import stall
from tests.acceptance.test_rest import API_KEYS, TOKEN
from tests.acceptance.world import QUICK, World

ROOM, MANY = 6, 40
NOT_SHED = ("/livez", "/readyz", "/health", "/metrics", "/stats")


async def test_p5_with_the_database_held_each_of_many_is_answered_truthfully_and_none_is_doubled(
    empty_world: World, mongo_uri: str
) -> None:
    slack = empty_world.slack
    async with empty_world.run_bot(tuning=replace(QUICK, at_once=ROOM), API_KEYS=API_KEYS):
        await slack.command("/task add Warm up", user="U1")
        with stall(mongo_uri, ["insert", "findAndModify"], milliseconds=4000):
            typed = [
                asyncio.create_task(slack.command(f"/task add Number {n}", user="U1"))
                for n in range(MANY)
            ]
            for told in itertools.islice(asyncio.as_completed(typed), MANY - ROOM):
                await told
            later = await slack.command("/task add Later", user="U1")
            rest = await asked(empty_world.session, empty_world.bot.port)
            statuses = [(await empty_world.get(path))[0] for path in NOT_SHED]
            answers = await asyncio.gather(*typed)
        await empty_world.until(lambda: under_way(empty_world) == 0, seconds=10)

        assert rest == (503, "busy", "2")
        assert statuses == [200] * len(NOT_SHED)
        assert later.plain.startswith(f"{HELD_UP}\n/task add Later\n")  # what it waits for is known
        shed = [answer for answer in answers if answer.plain.startswith((BUSY, HELD_UP))]
        begun = [answer for answer in answers if answer not in shed]
        assert (len(shed), len(begun)) == (MANY - ROOM, ROOM)
        for n, answer in enumerate(answers):
            assert answer.failure == ""
            assert answer.ack_seconds < 3
            assert f"Number {n}" in answer.plain  # what was typed is not lost
        for answer in begun:
            assert "not known" in answer.plain.casefold() or "not saved" in answer.plain.casefold()
        untouched = {f"Number {n}" for n, answer in enumerate(answers) if answer in shed}
        assert untouched.isdisjoint(await titles(empty_world))

        for answer in answers:  # one after the other, each under the key of the first time
            await slack.click(answer.message, "Try again", user="U1")
        found = await titles(empty_world, at_least=MANY + 1)
        assert sorted(found) == sorted(["Warm up", *(f"Number {n}" for n in range(MANY))])


async def titles(world: World, *, at_least: int = 0) -> list[str]:
    """Return the titles of all tasks, once there are so many."""
    order = ListTasks(team="T1", filter=TaskFilter(), limit=100)
    async with asyncio.timeout(20):
        while True:
            found = [task.title for task in (await world.bot.tasks.list(order)).tasks]
            if len(found) >= at_least:
                return found
            await asyncio.sleep(0.05)


async def asked(session: ClientSession, port: int) -> tuple[int, str, str]:
    """Ask for the tasks over REST; return status, code and when to come again."""
    url, headers = f"http://127.0.0.1:{port}/api/v1/tasks", {"Authorization": f"Bearer {TOKEN}"}
    async with session.get(url, headers=headers) as answer:
        return answer.status, (await answer.json())["code"], answer.headers["Retry-After"]


def under_way(world: World) -> float | None:
    """Return how many requests are being worked on."""
    return world.bot.metrics.registry.get_sample_value("taskbridge_requests_under_way")
