"""Time and ids, handed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

Now: TypeAlias = Callable[[], datetime]
"""The clock, aware, in UTC."""


NewId: TypeAlias = Callable[[], str]
"""A fresh id, never given out before."""
