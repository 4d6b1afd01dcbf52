"""What befalls webhook events on their way: delay, loss, duplicates, another order; by a seed."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """Chances from 0 to 1, times in seconds of the emulator's clock; by default a fair day.

    `reorder` holds an event back by up to `reorder_seconds`, so that later ones overtake it.
    `title_as_content`: a change of the title alone comes as `page.content_updated`.
    """

    aggregate_seconds: float = 1.0
    delay_seconds: tuple[float, float] = (0.0, 0.0)
    duplicate: float = 0.0
    drop: float = 0.0
    reorder: float = 0.0
    reorder_seconds: float = 30.0
    title_as_content: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What happens to one event: after how many seconds it is sent, once for each of them."""

    waits: tuple[float, ...]
    title_as_content: bool


class Dice:
    """Throws the fate of each event; the same seed and events give the same fates."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(f"weather {seed}")  # noqa: S311 - repeatable, no secret

    def throw(self, weather: Weather) -> Fate:
        """Return the fate of the next event; every throw takes as many numbers."""
        dropped, held, how_long, doubled, first, second, as_content = (
            self._random.random() for _ in range(7)
        )
        shortest, longest = weather.delay_seconds
        extra = how_long * weather.reorder_seconds if held < weather.reorder else 0.0
        waits = [shortest + first * (longest - shortest) + extra]
        if doubled < weather.duplicate:
            waits.append(waits[0] + second * (longest - shortest))
        return Fate(
            waits=() if dropped < weather.drop else tuple(waits),
            title_as_content=as_content < weather.title_as_content,
        )
