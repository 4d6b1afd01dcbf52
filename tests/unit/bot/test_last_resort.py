"""A process that was asked to stop ends, whatever hangs in it."""

import threading

from bot.last_resort import STUCK, last_resort


def test_what_does_not_end_by_itself_is_ended() -> None:
    ended, codes = threading.Event(), list[int]()

    def end(code: int) -> None:
        codes.append(code)
        ended.set()

    with last_resort(seconds=0, end=end) as count_down:
        count_down()
        assert ended.wait(timeout=30)
    assert codes == [STUCK]


def test_what_ends_in_time_is_left_alone() -> None:
    codes = list[int]()
    with last_resort(seconds=3600, end=codes.append) as count_down:
        count_down()
    assert codes == []


def test_without_a_countdown_nothing_is_ended() -> None:
    codes = list[int]()
    with last_resort(seconds=0, end=codes.append):
        pass
    assert codes == []
