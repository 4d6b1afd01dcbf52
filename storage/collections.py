"""Collections in the few operations that both drivers share, and the guard of the tenants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from pymongo import IndexModel, ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError

from storage.codec import Document
from storage.operations import Operations

Where: TypeAlias = Mapping[str, Any]
Pipeline: TypeAlias = Sequence[Mapping[str, Any]]
Update: TypeAlias = Pipeline | Mapping[str, Any]
Sort: TypeAlias = list[tuple[str, int]]

_DUPLICATE_KEY = 11000


class NoTenant(ValueError):
    """An operation on tenants' data did not say whose."""


class Collection:
    """What can be asked; the first argument names the operation for the metrics."""

    def __init__(self, driven: AsyncCollection[Document], operations: Operations) -> None:
        self._driven = driven
        self._operations = operations

    async def find_one(
        self,
        name: str,
        where: Where,
        *,
        projection: Where | None = None,
        sort: Sort | None = None,
    ) -> Document | None:
        """Return one document that matches, or None."""
        return await self._operations.read(
            name, lambda: self._driven.find_one(where, projection, sort=sort)
        )

    async def find(
        self,
        name: str,
        where: Where,
        *,
        sort: Sort,
        limit: int,
        projection: Where | None = None,
        hint: str | None = None,
    ) -> list[Document]:
        """Return up to `limit` documents that match, in order, by the index named."""

        async def fetch() -> list[Document]:
            cursor = self._driven.find(where, projection, sort=sort, limit=limit, hint=hint)
            return await cursor.to_list(None)

        return await self._operations.read(name, fetch)

    async def aggregate(self, name: str, pipeline: Pipeline) -> list[Document]:
        """Return what a pipeline of stages yields."""

        async def fetch() -> list[Document]:
            cursor = self._driven.aggregate(pipeline)
            # Motor's gives the cursor at once, PyMongo's when it is there.
            ready: Any = cursor if hasattr(cursor, "to_list") else await cursor
            found: list[Document] = await ready.to_list(None)
            return found

        return await self._operations.read(name, fetch)

    async def insert_one(self, name: str, document: Document) -> None:
        """Keep a new document. DuplicateKeyError."""
        await self._operations.write(name, lambda: self._driven.insert_one(document))

    async def insert_missing(self, name: str, documents: Sequence[Document]) -> None:
        """Keep those of the documents that are not there yet."""

        async def insert() -> None:
            try:
                await self._driven.insert_many(documents, ordered=False)
            except BulkWriteError as error:
                details = error.details or {}
                failed = details.get("writeErrors", [])
                others = [one for one in failed if one.get("code") != _DUPLICATE_KEY]
                if others or details.get("writeConcernErrors"):
                    raise

        await self._operations.write(name, insert)

    async def find_one_and_update(
        self,
        name: str,
        where: Where,
        update: Update,
        *,
        upsert: bool = False,
        projection: Where | None = None,
    ) -> Document | None:
        """Update one document that matches and return it as it then is, or None."""
        found: Document | None = await self._operations.write(
            name,
            lambda: self._driven.find_one_and_update(
                where,
                update,
                projection=projection,
                upsert=upsert,
                return_document=ReturnDocument.AFTER,
            ),
        )
        return found

    async def update_one(
        self,
        name: str,
        where: Where,
        update: Update,
        *,
        upsert: bool = False,
    ) -> bool:
        """Update one document; tell whether there was one that matches."""
        result = await self._operations.write(
            name, lambda: self._driven.update_one(where, update, upsert=upsert)
        )
        return result.matched_count > 0

    async def update_all(self, name: str, where: Where, update: Update) -> None:
        """Update every document that matches."""
        await self._operations.write(name, lambda: self._driven.update_many(where, update))

    async def count(self, name: str, where: Where) -> int:
        """Return how many documents match."""
        return await self._operations.read(name, lambda: self._driven.count_documents(where))

    async def replace_one(self, name: str, where: Where, document: Document) -> None:
        """Keep a document in place of the one that matches, if there is one."""
        await self._operations.write(
            name, lambda: self._driven.replace_one(where, document, upsert=True)
        )

    async def delete_one(self, name: str, where: Where) -> None:
        """Forget a document, if there is one."""
        await self._operations.write(name, lambda: self._driven.delete_one(where))

    async def drop_indexes(self, name: str, indexes: Sequence[str]) -> None:
        """Drop those of the indexes that are there."""

        async def drop() -> None:
            there = await self._driven.index_information()
            for index in indexes:
                if index in there:
                    await self._driven.drop_index(index)

        await self._operations.write(name, drop)

    async def delete_all(self, name: str, where: Where) -> int:
        """Forget every document that matches; return how many."""
        result = await self._operations.write(name, lambda: self._driven.delete_many(where))
        return int(result.deleted_count)

    async def create_indexes(self, name: str, indexes: list[IndexModel]) -> None:
        """Create those of the indexes that are not there yet."""
        await self._operations.write(name, lambda: self._driven.create_indexes(indexes))


def of_team(team: str, where: Where) -> Document:
    """Return a filter that matches only what is the team's. NoTenant."""
    if not team:
        raise NoTenant("A team is needed to ask for tenants' data.")
    if where.keys() == {"$or"}:
        # Each branch is planned by itself, and finds its index only with the team in it.
        return {"$or": [of_team(team, branch) for branch in where["$or"]]}
    if "team_id" in where:
        raise NoTenant("The team is said once, to the collection.")
    return {"team_id": team, **where}


class Tenant:
    """What one team has in a collection; nothing here can reach another's."""

    def __init__(self, collection: Collection, team: str) -> None:
        of_team(team, {})
        self._collection = collection
        self._team = team

    def _own(self, where: Where) -> Document:
        return of_team(self._team, where)

    async def find_one(
        self,
        name: str,
        where: Where,
        *,
        projection: Where | None = None,
        sort: Sort | None = None,
    ) -> Document | None:
        """Return one document that matches, or None."""
        return await self._collection.find_one(
            name, self._own(where), projection=projection, sort=sort
        )

    async def find(
        self,
        name: str,
        where: Where,
        *,
        sort: Sort,
        limit: int,
        projection: Where | None = None,
        hint: str | None = None,
    ) -> list[Document]:
        """Return up to `limit` documents that match, in order, by the index named."""
        return await self._collection.find(
            name, self._own(where), sort=sort, limit=limit, projection=projection, hint=hint
        )

    async def insert_one(self, name: str, document: Document) -> None:
        """Keep a new document of this team. DuplicateKeyError."""
        self._check(document)
        await self._collection.insert_one(name, document)

    async def insert_missing(self, name: str, documents: Sequence[Document]) -> None:
        """Keep those of the team's documents that are not there yet."""
        for document in documents:
            self._check(document)
        await self._collection.insert_missing(name, documents)

    async def replace_one(self, name: str, where: Where, document: Document) -> None:
        """Keep a document of this team in place of the one that matches, if there is one."""
        self._check(document)
        await self._collection.replace_one(name, self._own(where), document)

    async def find_one_and_update(
        self,
        name: str,
        where: Where,
        update: Update,
        *,
        upsert: bool = False,
        projection: Where | None = None,
    ) -> Document | None:
        """Update one document that matches and return it as it then is, or None."""
        return await self._collection.find_one_and_update(
            name, self._own(where), update, upsert=upsert, projection=projection
        )

    async def update_one(self, name: str, where: Where, update: Update) -> bool:
        """Update one document; tell whether there was one that matches."""
        return await self._collection.update_one(name, self._own(where), update)

    async def update_all(self, name: str, where: Where, update: Update) -> None:
        """Update every document of this team that matches."""
        await self._collection.update_all(name, self._own(where), update)

    async def count(self, name: str, where: Where) -> int:
        """Return how many documents of this team match."""
        return await self._collection.count(name, self._own(where))

    async def delete_one(self, name: str, where: Where) -> None:
        """Forget a document, if there is one."""
        await self._collection.delete_one(name, self._own(where))

    async def delete_all(self, name: str, where: Where) -> int:
        """Forget every document of this team that matches; return how many."""
        return await self._collection.delete_all(name, self._own(where))

    def _check(self, document: Mapping[str, Any]) -> None:
        if document.get("team_id") != self._team:
            raise NoTenant("The document is not this team's.")


class TenantCollection:
    """A collection of tenants' data: everything in it is asked for with a team."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def of(self, team: str) -> Tenant:
        """Return the part of one team. NoTenant."""
        return Tenant(self._collection, team)
