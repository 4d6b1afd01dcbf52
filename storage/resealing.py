"""Moves stored secrets under the newest key, so that older keys can be taken away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from storage.client import Database
from storage.codec import Document
from storage.collections import Collection
from storage.installations import token_binding
from storage.operations import Patience, within
from storage.sealing import KeyRing, SealBroken
from storage.webhooks import BOUND_TO

PAGE = 200
EACH = Patience(each_seconds=10.0, whole_seconds=10.0, tries=3)
"""For one question: an operator waits, and knows that it can be called again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A field that holds a sealed secret, and what it is bound to, by the document's id."""

    collection: str
    field: str
    bound_to: Callable[[str], str]


def _webhook(_id: str) -> str:
    return BOUND_TO


SEALED = (
    Sealed(collection="installations", field="bot_token", bound_to=token_binding),
    Sealed(collection="webhooks", field="token", bound_to=_webhook),
)
"""All there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resealed:
    """How many secrets were found under which key, by key id, and what became of them."""

    newest: str
    current: int = 0
    """Under the newest key already."""
    moved: Mapping[str, int] = field(default_factory=dict)
    broken: Mapping[str, int] = field(default_factory=dict)
    """Left as they are: their key is not in the ring, or they were tampered with."""


async def reseal(database: Database, keys: KeyRing) -> Resealed:
    """Seal everything anew that is not under the newest key. Safe to run beside a bot, and again.

    StoreError: the database does not answer; what was moved is moved.
    """
    moved, broken, current = Counter[str](), Counter[str](), 0
    for sealed in SEALED:
        collection = database.across_tenants(sealed.collection)
        last = ""
        while documents := await _page(collection, sealed, last):
            last = documents[-1]["_id"]
            for document in documents:
                kid = document[sealed.field]["kid"]
                if kid == keys.newest:
                    current += 1
                elif await _moved(collection, sealed, document, keys):
                    moved[kid] += 1
                else:
                    broken[kid] += 1
    return Resealed(newest=keys.newest, current=current, moved=moved, broken=broken)


async def _page(collection: Collection, sealed: Sealed, after: str) -> list[Document]:
    where = {"_id": {"$gt": after}, f"{sealed.field}.kid": {"$exists": True}}
    with within(EACH):
        return await collection.find("keys.rotate", where, sort=[("_id", 1)], limit=PAGE)


async def _moved(collection: Collection, sealed: Sealed, document: Document, keys: KeyRing) -> bool:
    owner, old = document["_id"], document[sealed.field]
    binding = sealed.bound_to(owner)
    try:
        new = keys.seal(keys.open(old, bound_to=binding), bound_to=binding)
    except SealBroken:
        return False
    # Only over what was read: a secret that was saved meanwhile is newer than ours.
    where = {"_id": owner, f"{sealed.field}.nonce": old["nonce"]}
    with within(EACH):
        await collection.update_one(
            "keys.rotate", where, [{"$set": {sealed.field: {"$literal": new}}}]
        )
    return True
