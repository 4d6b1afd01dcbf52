"""Webhooks as documented: hand-shake, signature, types, bundles, versions, attempts, weather."""

import hashlib
import hmac
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

import pytest

from playground.notion import NotReached, Subscription, Weather, WrongToken
from playground.notion.deliveries import signed
from playground.notion.errors import Refusal
from playground.notion.subscriptions import SubscriptionVersion
from tests.contract.notion_emulator.receiver import Receiver, receiving
from tests.contract.notion_emulator.world import World


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as opened:
        yield opened


@pytest.fixture
def subscription(world: World, receiver: Receiver) -> Subscription:
    return subscribed(world, receiver)


def subscribed(
    world: World, receiver: Receiver, version: SubscriptionVersion = "2026-03-11"
) -> Subscription:
    return world.emulator.webhooks.add_subscription(
        world.connection.integration_id, receiver.url, version=version
    )


async def told(world: World, receiver: Receiver) -> list[str]:
    """Return the types of what has been told since last asked."""
    await world.emulator.webhooks.settle()
    types = receiver.types
    receiver.forget()
    return types


def test_the_signature_is_that_of_the_documentation() -> None:
    token = "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"  # noqa: S105 - documented
    body = f'{{"verification_token":"{token}"}}'.encode()
    assert signed(token, body) == (
        "sha256=461e8cbcba8a75c3edd866f0e71280f5a85cbf21eff040ebd10fe266df38a735"
    )


async def test_nothing_is_noted_or_sent_where_nobody_subscribed(world: World) -> None:
    await world.create()
    assert world.emulator.webhooks.seconds_left is None
    assert await world.emulator.webhooks.settle() == 0
    assert world.emulator.webhooks.events == []


async def test_events_flow_once_the_token_of_the_hand_shake_was_pasted_back(
    world: World, receiver: Receiver
) -> None:
    webhooks = world.emulator.webhooks
    subscription = await webhooks.subscribe(world.connection.integration_id, receiver.url)
    token = receiver.events[0]["verification_token"]
    hand_shake = list(receiver.signatures)
    receiver.forget()
    await world.create()
    before = await told(world, receiver)
    with pytest.raises(WrongToken):
        subscription.verify("secret_wrong")
    subscription.verify(token)
    await world.create()
    assert (hand_shake, before) == ([""], [])
    assert "page.created" in await told(world, receiver)


async def test_an_endpoint_that_refuses_the_hand_shake_gets_no_subscription(
    world: World, receiver: Receiver
) -> None:
    receiver.answers = [500]
    with pytest.raises(NotReached):
        await world.emulator.webhooks.subscribe(world.connection.integration_id, receiver.url)
    assert world.emulator.webhooks.subscriptions == []


async def test_a_delivery_is_signed_over_its_very_bytes(
    world: World, receiver: Receiver, subscription: Subscription
) -> None:
    world.workspace.workspace.name = "Ümläut & Söhne"
    await world.create()
    await world.emulator.webhooks.settle()
    token = subscription.verification_token.encode()
    for body, signature in zip(receiver.bodies, receiver.signatures, strict=True):
        assert signature == "sha256=" + hmac.new(token, body, hashlib.sha256).hexdigest()
    assert "Söhne".encode() in receiver.bodies[0]


async def test_an_event_names_what_happened_where_and_by_whom(
    world: World, receiver: Receiver, subscription: Subscription
) -> None:
    maria = world.workspace.add_person("Maria")
    page = (await world.create()).json["id"]
    await told(world, receiver)
    world.workspace.edit(page, {"Points": 3, "Status": "Done"}, by=maria)
    await world.emulator.webhooks.settle()
    (event,) = receiver.events
    ids = {
        name: value["id"]
        for name, value in (await world.call("GET", f"/v1/pages/{page}")).json["properties"].items()
    }
    stamp = datetime.fromisoformat(event.pop("timestamp"))
    assert (world.clock.now() - stamp).total_seconds() == 1  # the bundle waited that long
    event.pop("id")
    assert event == {
        "workspace_id": world.workspace.workspace.id,
        "workspace_name": "Acme",
        "subscription_id": subscription.id,
        "integration_id": world.connection.integration_id,
        "type": "page.properties_updated",
        "authors": [{"id": maria.id, "type": "person"}],
        "attempt_number": 1,
        "api_version": "2026-03-11",
        "entity": {"id": page, "type": "page"},
        "data": {
            "parent": {
                "id": world.database.database_id,
                "type": "database",
                "data_source_id": world.database.data_source_id,
            },
            "updated_properties": [ids["Points"], ids["Status"]],
        },
    }


async def test_a_write_of_what_is_there_already_is_no_event(
    world: World, receiver: Receiver, subscription: Subscription
) -> None:
    page = (await world.create(Points={"number": 3})).json["id"]
    await told(world, receiver)
    same = {"properties": {"Points": {"number": 3}, "Due": {"date": None}}}
    await world.call("PATCH", f"/v1/pages/{page}", same)
    assert subscription.is_verified
    assert await told(world, receiver) == []


@pytest.mark.usefixtures("subscription")
async def test_every_change_of_a_row_is_told(world: World, receiver: Receiver) -> None:
    hands, source = world.workspace, world.database.data_source_id
    other = hands.add_database("Other", {"Name": {"title": {}}}).data_source_id
    await told(world, receiver)
    page = hands.add_row(source, {"Name": "A"})
    created = await told(world, receiver)
    seen = []
    changes: list[Callable[[], object]] = [
        lambda: hands.edit(page, {"Name": "B"}),
        lambda: hands.trash(page),
        lambda: hands.restore(page),
        lambda: hands.lock(page),
        lambda: hands.unlock(page),
        lambda: hands.move(page, other),
        lambda: hands.write_text(page, "Hello"),
        lambda: hands.archive(page),
    ]
    for change in changes:
        change()
        seen.append([kind for kind in await told(world, receiver) if kind.startswith("page")])
    assert created == ["page.created", "data_source.content_updated"]
    assert seen == [
        ["page.properties_updated"],
        ["page.deleted"],
        ["page.undeleted"],
        ["page.locked"],
        ["page.unlocked"],
        ["page.moved"],
        ["page.content_updated"],
        [],
    ]


@pytest.mark.usefixtures("subscription")
async def test_every_change_of_a_database_and_its_tables_is_told(
    world: World, receiver: Receiver
) -> None:
    hands = world.workspace
    folder = hands.add_page("Folder")
    await told(world, receiver)
    made = hands.add_database("More", {"Name": {"title": {}}})
    seen = [await told(world, receiver)]
    second = hands.add_data_source(made.database_id, "Second", {"Name": {"title": {}}})
    changes: list[Callable[[], object]] = [
        lambda: hands.change_schema(second, {"Due": {"date": {}}}),
        lambda: hands.trash(second),
        lambda: hands.restore(second),
        lambda: hands.move_data_source(second, world.database.database_id),
        lambda: hands.move(made.database_id, folder),
        lambda: hands.trash(made.database_id),
        lambda: hands.restore(made.database_id),
    ]
    for change in changes:
        seen.append(await told(world, receiver))
        change()
    seen.append(await told(world, receiver))
    assert [[kind for kind in kinds if not kind.startswith("page")] for kinds in seen] == [
        ["database.created"],
        ["data_source.created"],
        ["data_source.schema_updated"],
        ["data_source.deleted"],
        ["data_source.undeleted"],
        ["data_source.moved"],
        ["database.moved"],
        ["database.deleted"],
        ["database.undeleted"],
    ]


async def test_a_changed_schema_names_its_columns(
    world: World, receiver: Receiver, subscription: Subscription
) -> None:
    source = world.database.data_source_id
    gone = world.workspace.column_id(source, "Slack")
    changes: dict[str, Any] = {
        "Slack": None,
        "Points": {"name": "Effort"},
        "Extra": {"checkbox": {}},
    }
    world.workspace.change_schema(source, changes)
    await world.emulator.webhooks.settle()
    (event,) = receiver.events
    columns = event["data"]["updated_properties"]
    assert {(each["name"], each["action"]) for each in columns} == {
        ("Slack", "deleted"),
        ("Effort", "updated"),
        ("Extra", "created"),
    }
    assert gone in {unquote(each["id"]) for each in columns}
    assert subscription.version == event["api_version"]


@pytest.mark.usefixtures("subscription")
async def test_changes_within_a_short_while_come_as_one_event(
    world: World, receiver: Receiver
) -> None:
    page = (await world.create()).json["id"]
    await told(world, receiver)
    for points in range(5):
        world.workspace.edit(page, {"Points": points})
        await world.clock.sleep(0.1)
    together = await told(world, receiver)
    for points in range(5, 9):
        world.workspace.edit(page, {"Points": points})
        await world.clock.sleep(0.6)
    in_pairs = await told(world, receiver)
    short_lived = (await world.create()).json["id"]
    world.workspace.trash(short_lived)
    assert together == ["page.properties_updated"]
    assert in_pairs == ["page.properties_updated"] * 2
    assert await told(world, receiver) == ["data_source.content_updated"]


@pytest.mark.usefixtures("subscription")
async def test_comments_come_one_by_one_with_their_page(world: World, receiver: Receiver) -> None:
    page = (await world.create()).json["id"]
    await told(world, receiver)
    comment = world.workspace.comment(page, "Hello")
    world.workspace.edit_comment(comment, "Hello again")
    world.workspace.delete_comment(comment)
    await world.emulator.webhooks.settle()
    assert receiver.types == ["comment.created", "comment.updated", "comment.deleted"]
    assert {event["entity"]["id"] for event in receiver.events} == {comment}
    assert receiver.events[0]["data"] == {
        "parent": {"id": page, "type": "page"},
        "page_id": page,
    }


@pytest.mark.usefixtures("subscription")
async def test_nothing_is_told_of_what_is_not_shared_nor_of_its_loss(
    world: World, receiver: Receiver
) -> None:
    page = (await world.create()).json["id"]
    await told(world, receiver)
    world.workspace.unshare(page)
    world.workspace.edit(page, {"Points": 3})
    assert await told(world, receiver) == []
    world.workspace.share(page)
    world.workspace.edit(page, {"Points": 4})
    assert await told(world, receiver) == ["page.properties_updated"]
    world.connection.revoke()
    world.workspace.edit(page, {"Points": 5})
    assert await told(world, receiver) == []


async def test_an_old_subscription_sees_databases_for_tables(
    world: World, receiver: Receiver
) -> None:
    subscribed(world, receiver, "2022-06-28")
    page = world.workspace.add_row(world.database.data_source_id, {"Name": "A"})
    world.workspace.change_schema(world.database.data_source_id, {"Extra": {"date": {}}})
    world.workspace.add_data_source(world.database.database_id, "More", {"Name": {"title": {}}})
    await world.emulator.webhooks.settle()
    by_type = {event["type"]: event for event in receiver.events}
    assert set(by_type) == {
        "page.created",
        "database.content_updated",
        "database.schema_updated",
    }
    assert by_type["page.created"]["entity"]["id"] == page
    assert by_type["page.created"]["data"]["parent"] == {
        "id": world.database.database_id,
        "type": "database",
    }
    for event in by_type.values():
        assert event["api_version"] == "2022-06-28"


async def test_a_refused_delivery_is_tried_eight_times_within_a_day(
    world: World, receiver: Receiver, subscription: Subscription
) -> None:
    receiver.answers = [500] * 20
    subscription.types = frozenset({"page.created"})
    await world.create()
    began = world.clock.seconds
    await world.emulator.webhooks.settle()
    deliveries = world.emulator.webhooks.deliveries
    assert [event["attempt_number"] for event in receiver.events] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert len({event["id"] for event in receiver.events}) == 1
    gaps = [b.at - a.at for a, b in pairwise(deliveries)]
    assert gaps == sorted(gaps)
    assert world.clock.seconds - began == pytest.approx(24 * 3600, abs=2)


async def test_a_delivery_that_is_taken_late_is_not_tried_again(
    world: World, receiver: Receiver, subscription: Subscription
) -> None:
    receiver.answers = [503, 429]
    subscription.types = frozenset({"page.created"})
    await world.create()
    await world.emulator.webhooks.settle()
    assert [each.status for each in world.emulator.webhooks.deliveries] == [503, 429, 200]


async def test_an_endpoint_that_is_down_is_tried_later(
    world: World, subscription: Subscription
) -> None:
    subscription.url = "http://127.0.0.1:9/hook"
    subscription.types = frozenset({"page.created"})
    await world.create()
    await world.emulator.webhooks.settle(within_seconds=100)
    deliveries = world.emulator.webhooks.deliveries
    assert [(each.attempt, each.status) for each in deliveries] == [(1, None), (2, None)]


async def test_lost_events_are_never_sent_and_doubled_ones_bear_one_id(
    world: World, receiver: Receiver, subscription: Subscription
) -> None:
    subscription.types = frozenset({"page.created"})
    webhooks = world.emulator.webhooks
    webhooks.weather = Weather(drop=0.4, duplicate=0.4)
    for _ in range(60):
        await world.create()
    await webhooks.settle()
    sent = Counter(event["id"] for event in receiver.events)
    lost = {event.id for event in webhooks.events if event.is_lost}
    assert len(webhooks.events) == 60
    assert lost
    assert lost.isdisjoint(sent)
    assert set(sent.values()) == {1, 2}


async def test_events_can_overtake_each_other(
    world: World, receiver: Receiver, subscription: Subscription
) -> None:
    subscription.types = frozenset({"page.created"})
    world.emulator.webhooks.weather = Weather(reorder=0.5, reorder_seconds=30)
    pages = []
    for _ in range(20):
        pages.append((await world.create()).json["id"])
        await world.clock.sleep(2)
    await world.emulator.webhooks.settle()
    came = [event["entity"]["id"] for event in receiver.events]
    assert came != pages
    assert sorted(came) == sorted(pages)


async def test_a_new_title_may_come_as_new_content(
    world: World, receiver: Receiver, subscription: Subscription
) -> None:
    page = (await world.create()).json["id"]
    await told(world, receiver)
    world.emulator.webhooks.weather = Weather(title_as_content=1)
    world.workspace.edit(page, {"Name": "Renamed"})
    assert subscription.is_verified
    assert await told(world, receiver) == ["page.content_updated"]
    world.workspace.edit(page, {"Name": "Again", "Points": 1})
    assert await told(world, receiver) == ["page.properties_updated"]


async def test_a_cancelled_subscription_gets_nothing_more(
    world: World, receiver: Receiver, subscription: Subscription
) -> None:
    await world.create()
    world.emulator.webhooks.unsubscribe(subscription)
    assert await told(world, receiver) == []


def a_random_deed(world: World, chance: random.Random) -> None:
    """Do one thing that people do, to something that is there."""
    hands, source = world.workspace, world.database.data_source_id
    rows = [row.id for row in hands.rows(source)] or [hands.add_row(source, {"Name": "A"})]
    row, number = chance.choice(rows), chance.randrange(10**6)
    deeds: list[Callable[[], object]] = [
        lambda: hands.add_row(source, {"Name": f"Row {number}"}),
        lambda: hands.edit(row, {"Name": f"Title {number}", "Points": number}),
        lambda: hands.trash(row),
        lambda: hands.restore(row),
        lambda: hands.delete_for_good(row),
        lambda: hands.archive(row),
        lambda: hands.lock(row),
        lambda: hands.unlock(row),
        lambda: hands.write_text(row, "Hello"),
        lambda: hands.comment(row, "Hello"),
        lambda: hands.delete_comment(hands.comment(row, "Oh")),
        lambda: hands.move(row, hands.root_page_id),
        lambda: hands.add_column(source, f"Column {number}", {"date": {}}),
        lambda: hands.remove_column(source, f"Column {number}"),
        lambda: hands.add_data_source(
            world.database.database_id, f"More {number}", {"Name": {"title": {}}}
        ),
        lambda: hands.unshare(row),
        lambda: hands.share(row),
    ]
    # What cannot be done to that thing is refused, as in Notion, and is no change.
    with suppress(Refusal):
        chance.choice(deeds)()


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_people_do_is_told_in_the_official_shape_of_every_version(
    world: World, receiver: Receiver, seed: int
) -> None:
    versions: tuple[SubscriptionVersion, ...] = ("2022-06-28", "2025-09-03", "2026-03-11")
    for version in versions:
        subscribed(world, receiver, version)
    chance = random.Random(seed)  # noqa: S311 - a repeatable choice
    for number in range(20):
        world.workspace.add_row(world.database.data_source_id, {"Name": str(number)})
    for _ in range(150):
        a_random_deed(world, chance)
        await world.clock.sleep(3 * chance.random())
    await world.emulator.webhooks.settle()
    kinds = {event["type"] for event in receiver.events}
    assert {event["api_version"] for event in receiver.events} == set(versions)
    assert {"page.created", "page.deleted", "comment.created", "page.locked"} <= kinds
    # The receiver holds every payload to the types, where they are at hand.
    assert receiver.faults == []
