"""Slack as those see it who tell people something, and a wire at which their process can die."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from notifications.posts import NotPosted
from tasks.model import PersonId
from tests.fakes.clock import FakeClock

Port = TypeVar("Port")


class Killed(BaseException):
    """The process is no more: nothing of ours may catch it."""


@dataclass
class Slack:
    """Takes messages, or fails as it was told to, before the effect or after it."""

    clock: FakeClock
    failures: list[Exception] = field(default_factory=list)
    lost: list[Exception] = field(default_factory=list)
    may_read: bool = True
    sent: list[tuple[str, Mapping[str, Any], float]] = field(default_factory=list)
    tried: int = 0
    looks: int = 0

    @property
    def posted(self) -> list[tuple[str, dict[str, Any]]]:
        """What was posted where, without what people do not see."""
        return [
            (to, {name: value for name, value in body.items() if name != "metadata"})
            for to, body, _ in self.sent
        ]

    async def token(self, team: str) -> str:
        assert team == "T1"
        return "xoxb"

    async def post(self, team: str, channel: str, body: Mapping[str, Any]) -> str:
        assert team == "T1"
        self.tried += 1
        if self.failures:
            raise self.failures.pop(0)
        at = self.clock.at.timestamp() + len(self.sent) / 1000
        self.sent.append((channel, body, at))
        if self.lost:
            raise self.lost.pop(0)
        return f"{at:.6f}"

    async def call(self, method: str, token: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
        assert token == "xoxb"  # noqa: S105  # no secret
        if not self.may_read:
            raise NotPosted("missing_scope")
        if method == "conversations.open":
            return {"channel": {"id": f"D{given['users']}"}}
        assert method == "conversations.history"
        self.looks += 1
        channel = str(given["channel"]).removeprefix("D")
        return {
            "messages": [
                {"ts": f"{at:.6f}", "metadata": body["metadata"]}
                for to, body, at in reversed(self.sent)
                if to == channel and at > float(given["oldest"])
            ]
        }


@dataclass
class Wire:
    """Counts calls to the outside; at the one numbered `at` the process dies, for good."""

    at: int = 0
    has_effect: bool = False
    count: int = 0

    @property
    def fired(self) -> bool:
        return 0 < self.at <= self.count

    def around(self, port: Port) -> Port:
        """Return the port with every method going through the wire."""
        return cast("Port", _Wired(port, self))


class _Wired:
    def __init__(self, port: object, wire: Wire) -> None:
        self._port = port
        self._wire = wire

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method, wire = getattr(self._port, name), self._wire

        async def called(*args: object, **kwargs: object) -> object:
            wire.count += 1
            if wire.count == wire.at and wire.has_effect:
                await method(*args, **kwargs)
            if wire.fired:
                raise Killed
            return await method(*args, **kwargs)

        return called


@dataclass
class Known:
    """Admins that are known."""

    people: tuple[PersonId, ...]

    async def of(self, team: str) -> tuple[PersonId, ...]:
        assert team == "T1"
        return self.people
