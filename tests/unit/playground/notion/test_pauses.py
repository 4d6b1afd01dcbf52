from playground.notion.pauses import Pauses, Timing


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_pause_lasts_as_long_as_the_longest_announced() -> None:
    clock = Clock()
    pauses = Pauses(monotonic=clock)
    pauses.announce("bot", 10, line="a")
    pauses.announce("bot", 5, line="a")
    clock.seconds = 9.9
    assert pauses.timing("a", "bot", "workspace") is Timing.INSIDE
    assert pauses.timing("a", "another") is Timing.FREE
    clock.seconds = 10
    assert pauses.timing("a", "bot") is Timing.FREE


def test_a_call_on_the_line_that_carried_the_announcement_knew_of_it() -> None:
    pauses = Pauses(monotonic=Clock())
    pauses.announce("bot", 10, line="a")
    assert pauses.timing("a", "bot") is Timing.INSIDE


def test_one_call_of_every_other_line_may_have_been_on_its_way() -> None:
    pauses = Pauses(monotonic=Clock())
    pauses.announce("bot", 10, line="a")
    timings = [pauses.timing(line, "bot") for line in ("b", "c", "b")]
    assert timings == [Timing.CROSSING, Timing.CROSSING, Timing.INSIDE]


def test_no_call_is_on_its_way_for_longer_than_a_moment() -> None:
    clock = Clock()
    pauses = Pauses(monotonic=clock, moment_seconds=0.5)
    pauses.announce("bot", 10, line="a")
    clock.seconds = 0.5
    first = pauses.timing("b", "bot")
    clock.seconds = 0.6
    assert (first, pauses.timing("c", "bot")) == (Timing.CROSSING, Timing.INSIDE)


def test_who_was_told_itself_knows_whatever_else_it_crosses() -> None:
    pauses = Pauses(monotonic=Clock())
    pauses.announce("bot", 10, line="a")
    pauses.announce("workspace", 10, line="b")
    assert pauses.timing("b", "bot", "workspace") is Timing.INSIDE
    assert pauses.timing("c", "bot", "workspace") is Timing.CROSSING
