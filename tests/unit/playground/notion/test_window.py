from playground.notion.window import WindowLimit


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_the_budget_may_be_spent_in_one_burst() -> None:
    limit = WindowLimit(3, monotonic=Clock())
    assert [limit.spend("token") for _ in range(4)] == [None, None, None, 60]


def test_the_wait_is_whole_seconds_until_the_window_ends_and_at_least_one() -> None:
    clock = Clock()
    limit = WindowLimit(0, monotonic=clock)
    waits = []
    for clock.seconds in (0.0, 0.1, 48.5, 59.9):
        waits.append(limit.spend("token"))
    assert waits == [60, 60, 12, 1]


def test_two_windows_meet_in_one_minute() -> None:
    clock = Clock()
    limit = WindowLimit(2, monotonic=clock)
    clock.seconds = 59
    before = [limit.spend("token") for _ in range(2)]
    clock.seconds = 60
    after = [limit.spend("token") for _ in range(2)]
    assert before == after == [None, None]
