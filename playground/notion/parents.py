"""Reading the parent of a new or moved object."""

from playground.notion.calls import Call
from playground.notion.checks import an_id, an_object, mismatch
from playground.notion.errors import archived_block, validation_error
from playground.notion.json_types import JsonObject
from playground.notion.state import Database, Page, Parent


def _kind(given: JsonObject, path: str) -> str:
    kinds = ("data_source_id", "database_id", "page_id", "block_id", "workspace")
    named = given.get("type") or next((kind for kind in kinds if kind in given), None)
    if named not in kinds:
        raise mismatch(f"{path}.page_id", "defined", None)
    return str(named)


def read_page_parent(call: Call, value: object, path: str = "body.parent") -> Parent:
    """Read where a page goes: a page, or a data source (a database that has a single one)."""
    given = an_object(value, path)
    kind = _kind(given, path)
    if kind == "workspace":
        raise validation_error(
            "Internal integrations aren't owned by a single user, so creating workspace-level "
            "private pages is not supported."
        )
    wanted = an_id(given.get(kind), f"{path}.{kind}")
    match kind:
        case "page_id":
            return _under_page(call, wanted)
        case "data_source_id":
            table = call.data_source(wanted)
            _refuse_trashed(call, call.workspace.databases[table.database_id])
            return Parent(kind="data_source_id", id=table.id)
        case "database_id":
            return _only_table(call, wanted)
        case _:
            raise mismatch(f"{path}.type", "a kind of parent of pages", kind)


def read_database_parent(call: Call, value: object, path: str = "body.parent") -> Parent:
    """Read where a database goes: onto a page."""
    given = an_object(value, path)
    kind = _kind(given, path)
    if kind != "page_id":
        raise mismatch(f"{path}.page_id", "defined", None)
    return _under_page(call, an_id(given.get(kind), f"{path}.{kind}"))


def _under_page(call: Call, page_id: str) -> Parent:
    page = call.page(page_id)
    _refuse_trashed(call, page)
    return Parent(kind="page_id", id=page.id)


def _only_table(call: Call, database_id: str) -> Parent:
    database = call.database(database_id)
    _refuse_trashed(call, database)
    tables = call.workspace.data_sources_of(database.id)
    if len(tables) != 1:
        raise validation_error(
            f"Databases with {len(tables)} data sources are not supported in this API version."
        )
    return Parent(kind="data_source_id", id=tables[0].id)


def _refuse_trashed(call: Call, thing: Page | Database) -> None:
    if call.workspace.is_trashed(thing):
        raise archived_block()
