"""A clock that moves when it is told to."""


class Clock:
    def __init__(self, at: float = 1_700_000_000.0) -> None:
        self.at = at
        self.slept: list[float] = []

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds
