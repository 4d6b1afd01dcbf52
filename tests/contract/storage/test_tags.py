"""What the tags of a team are, by how they begin."""

from __future__ import annotations

from typing import Any

from tasks.model import Field
from tasks.patch import Patch
from tasks.permissions import Asker, Standing
from tests import make
from tests.storage_world import MongoWorld, World

MARIA = Asker(person="U1", standing=Standing.MEMBER, inside=frozenset({"G1"}))
GUEST = Asker(person="U2", standing=Standing.GUEST, inside=frozenset({"C1"}))


async def kept(world: World, *tags: str, **given: Any) -> None:  # noqa: ANN401  # fields of a task
    await world.tasks.add(make.task(tags=tags, **given), key=make.fresh("key"))


async def test_tags_come_in_their_order_each_once_by_how_they_begin(world: World) -> None:
    await kept(world, "offsite", "travel")
    await kept(world, "office", "offsite", "été")
    await kept(world, "other team's", team="T2")
    every = ("office", "offsite", "travel", "été")
    assert await world.tasks.tags("T1", "", limit=9) == every
    assert await world.tasks.tags("T1", "off", limit=9) == ("office", "offsite")
    assert await world.tasks.tags("T1", "off", limit=1) == ("office",)
    assert await world.tasks.tags("T1", "offx", limit=9) == ()
    assert await world.tasks.tags("T1", "é", limit=9) == ("été",)


async def test_tags_tell_nothing_of_what_somebody_may_not_see(world: World) -> None:
    await kept(world, "public", channel="C1")
    await kept(world, "elsewhere", channel="C2")
    await kept(world, "secret", audience="G1", channel="G1")
    await kept(world, "of-others", audience="G2", channel="G2")
    assert await world.tasks.tags("T1", "", limit=9) == ("elsewhere", "public")
    assert await world.tasks.tags("T1", "", asker=MARIA, limit=9) == (
        *("elsewhere", "public"),
        "secret",
    )
    assert await world.tasks.tags("T1", "", asker=GUEST, limit=9) == ("public",)


async def test_the_tags_of_deleted_tasks_are_gone(world: World) -> None:
    task = (await world.tasks.add(make.task(tags=("old",)), key="k")).task
    await world.tasks.change(make.order(task, Patch.of({Field.DELETED: True})))
    assert await world.tasks.tags("T1", "", limit=9) == ()


async def test_a_tag_costs_one_document_however_many_tasks_have_it(mongo: MongoWorld) -> None:
    for number in range(60):
        await kept(mongo, "offsite", f"tag{number % 3}")
    mongo.raw.command("profile", 2)
    assert await mongo.tasks.tags("T1", "", limit=9) == ("offsite", "tag0", "tag1", "tag2")
    mongo.raw.command("profile", 0)
    asked = list(mongo.raw["system.profile"].find({"ns": f"{mongo.raw.name}.tasks"}))
    assert [one["docsExamined"] for one in asked] == [1, 1, 1, 1, 0]
    assert {one["planSummary"].split()[0] for one in asked} == {"IXSCAN"}
