"""The tags of a team, by how they begin: one key of the index for each, however many tasks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from storage.codec import Document
from storage.collections import Tenant
from tasks.permissions import Asker

_AFTER_ANY_LETTER = "\U0010ffff"


async def beginning(tasks: Tenant, prefix: str, *, asker: Asker, limit: int) -> tuple[str, ...]:
    """Return the first tags on tasks that the asker may see in lists, in their order.

    The next one is always where the index goes on behind the last: nothing is sorted, and no tag
    is met twice. So many questions as there are tags, each of one document; the index has to be
    there.
    """
    found: list[str] = []
    while len(found) < limit:
        bounds: Document = {"$lt": prefix + _AFTER_ANY_LETTER}
        bounds |= {"$gt": found[-1]} if found else {"$gte": prefix}
        where: Document = {
            "tags": {"$elemMatch": bounds},
            "state": {"$in": ["done", "open"]},
            "audience": {"$in": [None, *sorted(asker.audiences)]},
        }
        if asker.is_confined:
            where["channel"] = {"$in": sorted(asker.inside)}
        met = await tasks.find(
            "tasks.tags", where, sort=[], limit=1, projection={"tags": 1}, hint="tag_seen"
        )
        following = min(_within(met, prefix, found), default=None)
        if following is None:
            break
        found.append(following)
    return tuple(found)


def _within(met: list[dict[str, Any]], prefix: str, found: list[str]) -> Iterator[str]:
    for document in met:
        for tag in document["tags"]:
            if tag.startswith(prefix) and (not found or tag > found[-1]):
                yield tag
