"""How many connections are in use, as both drivers tell it."""

import pytest

from storage.client import Driver, connect


@pytest.mark.parametrize("driver", list(Driver))
async def test_a_connection_is_in_use_while_something_is_asked_and_no_longer(
    mongo_uri: str, mongo_database: str, driver: Driver
) -> None:
    steps: list[float] = []
    async with connect(
        mongo_uri, database=mongo_database, driver=driver, in_use=steps.append
    ) as database:
        await database.ping()
        await database.ping()
    assert len(steps) >= 4
    assert sum(steps) == 0
    assert max(sum(steps[:end]) for end in range(len(steps))) >= 1
