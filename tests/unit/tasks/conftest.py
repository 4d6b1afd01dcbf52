import pytest

from tests.unit.tasks.world import Office


@pytest.fixture
def office() -> Office:
    return Office()
