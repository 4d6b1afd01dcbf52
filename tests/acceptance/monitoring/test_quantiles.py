"""p50, p95 and p99 of the same minute, three ways: measured outside, `/stats`, recording rules.

The load is low, and its slow parts are slow for the database's sake, by far more than the way to
the bot and back: measured outside is from when a request was due, so it includes both.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.agreement import MARKS, apart, checks, told
from benchmarks.load import open_loop
from benchmarks.population import Member
from benchmarks.requests import SlackSigner
from benchmarks.stats import MILLISECONDS, pooled, summarise
from benchmarks.wire import Client
from benchmarks.workloads import Shot, sender
from tests.acceptance.monitoring.prometheus import watching
from tests.acceptance.monitoring.test_names import until
from tests.acceptance.stall import stall
from tests.acceptance.world import SECRET, World

RATE = 20
PHASES = ((12.0, 0), (3.0, 150), (0.6, 700))
"""Seconds, and by how many milliseconds a question to the database takes longer meanwhile.

77 % of the requests are quick, 19 % slow, 4 % very slow: each quantile is well inside another.
"""
COUNT = sum(int(RATE * seconds) for seconds, _ in PHASES)
RULE = 'taskbridge:slack_ack_duration_seconds:{}_5m{{kind="command"}} > 0'
SCRAPED = 'taskbridge_slack_ack_duration_seconds_count{kind="command"}'


@contextmanager
def slower(uri: str, milliseconds: int) -> Iterator[None]:
    with ExitStack() as stack:
        if milliseconds:
            stack.enter_context(stall(uri, ["find", "aggregate"], milliseconds=milliseconds))
        yield


async def test_what_is_measured_what_stats_says_and_what_the_rules_record_agree_within_a_bucket(
    empty_world: World, mongo_uri: str, tmp_path: Path
) -> None:
    signer = SlackSigner(
        secret=SECRET.encode(), slack_url=empty_world.environ["SLACK_API_URL"], run="quantiles"
    )
    maria = Member(team="T1", user="U1", channel="C1")

    def asked(number: int) -> Shot:
        typed = signer.command("list all", by=maria, number=number, now=time.time())
        return Shot(typed, b"open tasks", asked="/task list")

    async with empty_world.bot_process():
        port = urlsplit(empty_world.slack.bot_url).port
        assert port is not None
        async with watching(port, tmp_path / "prometheus", empty_world.session) as prometheus:
            await until(lambda: prometheus.query("taskbridge_build_info"))
            client, samples = Client(port), []
            for seconds, milliseconds in PHASES:
                with slower(mongo_uri, milliseconds):
                    send = sender(client, asked)
                    samples.append(await open_loop("list", send, rate=RATE, seconds=seconds))
            client.close()
            measured = summarise(pooled(samples))
            assert measured.success == 1.0, measured.wrong
            url = f"http://127.0.0.1:{port}/stats"
            async with empty_world.session.get(url) as answer:
                stats = await answer.json()
            both = told(measured, stats, "slack_ack", "command")
            assert stats["slack_ack"]["command"]["count"] == COUNT
            assert [check.measured for check in checks(both) if not check.met] == []
            # All three would be the same bucket if the quantiles were mixed up, but for this:
            assert apart(measured.p50 / MILLISECONDS, measured.p95 / MILLISECONDS) > 1
            assert apart(measured.p95 / MILLISECONDS, measured.p99 / MILLISECONDS) > 1

            await until(lambda: prometheus.query(f"{SCRAPED} == {COUNT}"))

            async def agreed() -> bool:
                """Compare once the rules have followed the scrape; they do so every second."""
                recorded = [await prometheus.query(RULE.format(mark)) for mark in MARKS]
                return all(recorded) and all(
                    apart(float(found["value"][1]), seconds) <= 1
                    for mark, (found,) in zip(MARKS, recorded, strict=True)
                    for seconds in (
                        stats["slack_ack"]["command"][mark],
                        both.measured[mark] / MILLISECONDS,
                    )
                )

            await until(agreed)
