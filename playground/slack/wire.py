"""The few types that everything on the wire is made of."""

from collections.abc import Awaitable, Callable
from typing import Any

Json = dict[str, Any]
Now = Callable[[], float]  # seconds since the epoch
Sleep = Callable[[float], Awaitable[None]]
