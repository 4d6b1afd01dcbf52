import asyncio

import pytest
from aiohttp import ClientError, ClientPayloadError, ServerDisconnectedError

from playground.notion import Fault
from tests.contract.notion_emulator.world import World

CREATE = "POST /v1/pages"


def count(world: World) -> int:
    return len(world.workspace.live_pages(world.database.data_source_id))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (409, "conflict_error"),
        (500, "internal_server_error"),
        (502, "bad_gateway"),
        (503, "service_unavailable"),
        (504, "gateway_timeout"),
        (529, "service_overload"),
    ],
)
async def test_a_fault_hits_as_often_as_told_and_has_no_effect(
    world: World, status: int, code: str
) -> None:
    armed = world.emulator.faults.add(Fault(match=CREATE, times=1, status=status))
    first, second = await world.create(), await world.create()
    assert (first.status, first.json["code"]) == (status, code)
    assert (second.status, count(world), armed.hits) == (200, 1, 1)


async def test_a_saved_write_can_still_answer_503_with_the_id_of_the_new_page(
    world: World,
) -> None:
    fault = Fault(match=CREATE, status=503, saved=True, committed_id=True)
    world.emulator.faults.add(fault)
    answer = await world.create()
    page = world.workspace.live_pages(world.database.data_source_id)[0]
    assert answer.status == 503
    assert answer.json["message"].startswith("The change was saved")
    assert answer.json["additional_data"] == {
        "retry_guidance": [
            "Read the object again to confirm the saved change.",
            "Do not repeat the write.",
        ],
        "committed_resource_id": page.id,
    }


async def test_a_saved_write_can_answer_503_without_any_id(world: World) -> None:
    world.emulator.faults.add(Fault(match=CREATE, status=503, saved=True))
    answer = await world.create()
    assert (answer.status, count(world)) == (503, 1)
    assert "committed_resource_id" not in answer.json["additional_data"]


async def test_a_saved_append_names_the_parent_and_the_new_blocks(world: World) -> None:
    page = (await world.create()).json["id"]
    world.emulator.faults.add(
        Fault(match="PATCH /v1/blocks/*/children", status=503, saved=True, committed_id=True)
    )
    body = {"children": [{"paragraph": {"rich_text": [{"text": {"content": "Hello"}}]}}]}
    answer = await world.call("PATCH", f"/v1/blocks/{page}/children", body)
    children = (await world.call("GET", f"/v1/blocks/{page}/children")).json["results"]
    data = answer.json["additional_data"]
    assert data["committed_resource_id"] == page
    assert data["committed_child_ids"] == [children[0]["id"]]


async def test_a_bad_request_is_refused_even_where_a_saved_fault_waits(world: World) -> None:
    world.emulator.faults.add(Fault(match=CREATE, status=503, saved=True))
    answer = await world.create(Points={"number": "x"})
    assert (answer.status, count(world)) == (400, 0)


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        ("connection", "public_api_request_rate_limit"),
        ("workspace", "public_api_space_request_rate_limit"),
        ("endpoint", "public_api_endpoint_rate_limit"),
        ("blocked", "public_api_request_blocked"),
    ],
)
async def test_a_scripted_429_names_its_reason_and_announces_a_pause(
    world: World, reason: object, word: str
) -> None:
    world.emulator.faults.add(Fault(match="*", status=429, retry_after=7, reason=reason))  # type: ignore[arg-type]  # parametrised
    answer = await world.create()
    await world.create()
    assert answer.headers["Retry-After"] == "7"
    assert answer.json["additional_data"] == {"rate_limit_reason": word, "retry_after": "7"}
    assert len(world.emulator.journal.calls_inside_pause) == 1


async def test_a_429_may_come_without_or_with_a_dated_retry_after(world: World) -> None:
    date = "Mon, 23 Nov 2026 10:01:00 GMT"
    world.emulator.faults.add(Fault(match="*", status=429))
    world.emulator.faults.add(Fault(match="*", status=429, retry_after=date))
    bare, dated = await world.create(), await world.create()
    assert "Retry-After" not in bare.headers
    assert dated.headers["Retry-After"] == date
    assert "retry_after" not in dated.json["additional_data"]


@pytest.mark.parametrize("status", [200, 502])
async def test_a_gateway_may_answer_in_html(world: World, status: int) -> None:
    world.emulator.faults.add(Fault(match=CREATE, status=status, html=True))
    answer = await world.create()
    assert (answer.status, answer.json) == (status, None)
    assert "<html>" in answer.text
    assert count(world) == 0


@pytest.mark.parametrize(("saved", "pages"), [(True, 1), (False, 0)])
async def test_a_connection_can_break_before_or_after_the_effect(
    world: World, *, saved: bool, pages: int
) -> None:
    world.emulator.faults.add(Fault(match=CREATE, reset=True, saved=saved))
    with pytest.raises((ServerDisconnectedError, ClientError, ConnectionResetError)):
        await world.create()
    assert count(world) == pages
    assert world.emulator.journal.entries[-1].status is None
    assert (await world.create()).status == 200


async def test_a_body_can_be_cut_in_half(world: World) -> None:
    world.emulator.faults.add(Fault(match=CREATE, truncated=True, saved=True))
    with pytest.raises(ClientPayloadError):
        await world.create()
    assert count(world) == 1


async def test_a_call_can_hang_after_its_effect_until_the_client_is_gone(world: World) -> None:
    armed = world.emulator.faults.add(Fault(match=CREATE, hang=True, saved=True))
    client = asyncio.create_task(world.create())
    await armed.reached.wait()
    assert count(world) == 1
    client.cancel()
    with pytest.raises(asyncio.CancelledError):
        await client


async def test_a_call_that_hangs_before_its_effect_takes_it_when_released(world: World) -> None:
    armed = world.emulator.faults.add(Fault(match=CREATE, hang=True))
    client = asyncio.create_task(world.create())
    await armed.reached.wait()
    assert count(world) == 0
    armed.release.set()
    assert (await client).status == 200
    assert count(world) == 1


async def test_a_delayed_call_takes_the_emulators_time(world: World) -> None:
    world.emulator.faults.add(Fault(match=CREATE, delay_seconds=5))
    before = world.clock.seconds
    assert (await world.create()).status == 200
    assert world.clock.seconds == before + 5


async def test_a_fault_can_skip_calls_and_last(world: World) -> None:
    armed = world.emulator.faults.add(Fault(match=CREATE, skip=1, times=None, status=503))
    statuses = [(await world.create()).status for _ in range(3)]
    world.emulator.faults.remove(armed)
    assert [*statuses, (await world.create()).status] == [200, 503, 503, 200]


async def test_a_new_page_may_stay_out_of_queries_for_some_seconds(world: World) -> None:
    world.workspace.set_index_lag(seconds=3)
    await world.create("Late")
    early = await world.titles()
    await world.clock.sleep(3)
    assert (early, await world.titles()) == ([], ["Late"])


async def test_a_new_page_may_stay_out_of_some_queries(world: World) -> None:
    world.workspace.set_index_lag(queries=2)
    await world.create("Late")
    assert [await world.titles() for _ in range(3)] == [[], [], ["Late"]]
