"""Which workspaces have tasks that only the members of a conversation see."""

from storage.confined import MongoConfined
from tests import make
from tests.storage_world import MongoWorld


async def test_it_is_learned_from_all_teams_at_once_and_from_ones_own(mongo: MongoWorld) -> None:
    confined = MongoConfined(mongo.database)
    for team, audience in (("T1", "C7"), ("T1", "C8"), ("T2", None), ("T3", "U_MARIA")):
        await mongo.tasks.add(make.task(team=team, audience=audience), key=make.fresh("k"))
    assert not confined.has_any("T1")
    await confined.refresh()
    assert [team for team in ("T1", "T2", "T3") if confined.has_any(team)] == ["T1"]
    confined.note("T2")
    await confined.refresh()
    assert confined.has_any("T2")


async def test_it_looks_at_one_key_for_each_team(mongo: MongoWorld) -> None:
    for number in range(60):
        audience = "C7" if number % 2 else None
        task = make.task(team=f"T{number % 3}", audience=audience)
        await mongo.tasks.add(task, key=make.fresh("k"))
    explained = mongo.raw.command(
        {
            "explain": {
                "aggregate": "tasks",
                "pipeline": MongoConfined.PIPELINE,
                "cursor": {},
            },
            "verbosity": "executionStats",
        }
    )
    stats = explained.get("executionStats") or explained["stages"][0]["$cursor"]["executionStats"]
    assert (stats["totalDocsExamined"], stats["totalKeysExamined"]) == (0, 3)
