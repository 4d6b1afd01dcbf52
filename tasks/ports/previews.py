"""What is shown below links that people post."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Previews(Protocol):
    """Shows previews, or other ones in their place, in the platform's own pace."""

    async def show(
        self,
        team: str,
        below: Mapping[str, str],
        previews: Mapping[str, Mapping[str, Any]],
        *,
        objects: Sequence[Mapping[str, Any]] = (),
    ) -> bool:
        """Show previews by link; `below` names the message in the platform's words.

        `objects` are the same in the platform's own form for things of other systems: where there
        are any, and it takes them, they are shown instead.
        False: it is not to be done, or not in time. Nobody waits for it. StoreError.
        """
