"""How far long work is, on one line that is written over, or on a line every so often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TextIO

WIDTH = 30
TERMINAL_EVERY = 0.2
ELSEWHERE_EVERY = 15.0
CLEAR_LINE = "\r\x1b[K"


def bar(done: int, total: int, *, seconds: float, begun_with: int = 0) -> str:
    """Return a bar with rate and time left; the rate is of what was done since the beginning."""
    part = min(1.0, done / total) if total else 0.0
    filled = round(part * WIDTH)
    drawn = "█" * filled + "░" * (WIDTH - filled)
    said = f"{drawn} {part:4.0%} · {done:,} of {total:,} rows"
    rate = (done - begun_with) / seconds if seconds > 0 else 0.0
    if rate <= 0:
        return said
    left = timedelta(seconds=round(max(0, total - done) / rate))
    return f"{said} · {rate:,.0f} rows/s · {left} left"


class Line:
    """One line of a terminal, or a log of lines where the stream is none."""

    def __init__(self, stream: TextIO, *, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._clock = clock
        self._is_terminal = stream.isatty()
        self._every = TERMINAL_EVERY if self._is_terminal else ELSEWHERE_EVERY
        self._next = clock()
        self._shown = False

    def show(self, text: str) -> None:
        """Show it, unless something was shown a moment ago."""
        now = self._clock()
        if now < self._next:
            return
        self._next = now + self._every
        self._shown = True
        self._stream.write(f"{CLEAR_LINE}{text}" if self._is_terminal else f"{text}\n")
        self._stream.flush()

    def end(self, text: str) -> None:
        """Show the last of it, whatever was shown before."""
        self._stream.write(f"{CLEAR_LINE}{text}\n" if self._is_terminal else f"{text}\n")
        self._stream.flush()

    def leave(self) -> None:
        """Let what follows begin on a line of its own."""
        if self._is_terminal and self._shown:
            self._stream.write("\n")
            self._stream.flush()
