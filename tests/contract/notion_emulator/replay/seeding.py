"""Seeding: recorded objects put back into an emulator's state, under their recorded ids."""

from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import unquote

from playground.notion.rendering import origin
from playground.notion.state import (
    Block,
    Column,
    Comment,
    Database,
    DataSource,
    Page,
    Parent,
    Trace,
    User,
)
from playground.notion.workspace import Workspace

_COMPUTED = frozenset(
    {"created_time", "last_edited_time", "created_by", "last_edited_by", "rollup", "button"}
)
_WITH_OPTIONS = frozenset({"select", "multi_select", "status"})


class Seeder:
    """Puts recorded objects into a workspace; `stubs` are those it had to make up."""

    def __init__(self, workspace: Workspace, known: dict[str, dict[str, Any]]) -> None:
        self._workspace = workspace
        self._known = known
        self.stubs: set[str] = set()
        self._open: set[str] = set()
        self._unseen: list[Block] = []
        self._rolled: list[tuple[Page, str, list[dict[str, Any]]]] = []

    def seed(self, thing: dict[str, Any]) -> None:
        """Seed an object, and what it hangs on first."""
        if self._workspace.find(thing["id"]) is not None or thing["id"] in self._open:
            return
        self._open.add(thing["id"])
        match thing["object"]:
            case "page":
                self._page(thing)
            case "database":
                self._database(thing)
            case "data_source":
                self._data_source(thing)
            case "block":
                self._block(thing)
            case "comment":
                self._comment(thing)
            case _:
                self.user(thing)
        self._open.discard(thing["id"])

    def user(self, thing: dict[str, Any]) -> None:
        """Seed a person or bot, more of it than is known already."""
        known = self._workspace.users.get(thing["id"])
        if "type" not in thing or (known is not None and known.name is not None):
            return
        self._workspace.users[thing["id"]] = User(
            id=thing["id"],
            name=thing["name"],
            kind=thing["type"],
            email=thing.get("person", {}).get("email"),
            email_verified=thing.get("person", {}).get("email_verified"),
            avatar_url=thing["avatar_url"],
        )

    def stub_page(self, page_id: str, *, row_of: str | None = None) -> None:
        """Make up a page nothing is known of."""
        self.stubs.add(page_id)
        parent = Parent(kind="workspace")
        if row_of is not None:
            parent = Parent(kind="data_source_id", id=row_of)
            self._workspace.rows.setdefault(row_of, []).append(page_id)
        self._workspace.pages[page_id] = Page(
            id=page_id, parent=parent, trace=_trace({}), order=self._workspace.next_order()
        )

    def stub_parent(self, parent: dict[str, Any]) -> None:
        """Make up the page or block that something was appended to."""
        parent_id = parent[parent["type"]]
        if parent["type"] == "page_id":
            self.stub_page(parent_id)
            return
        self._workspace.blocks[parent_id] = Block(
            id=parent_id,
            parent=Parent(kind="workspace"),
            trace=_trace({}),
            type="toggle",
            content={"rich_text": [], "color": "default"},
        )

    def stub_discussion(self, reply: dict[str, Any]) -> None:
        """Make up the comment that somebody replied to."""
        self.seed({**reply, "id": self._workspace.ids.uuid(), "rich_text": []})

    def table_of_row(self, row: dict[str, Any], *, has_template: bool) -> None:
        """Make up the table a row was made in, and the default template it was made from."""
        if row["parent"]["data_source_id"] in self._workspace.data_sources:
            return
        self._table_of_row(row)
        if has_template:
            template_id = self._workspace.ids.uuid()
            self.stub_page(template_id)
            table = self._workspace.data_sources[row["parent"]["data_source_id"]]
            table.templates.append((template_id, "", True))

    def _need(self, object_id: str) -> None:
        if self._workspace.find(object_id) is None and object_id in self._known:
            self.seed(self._known[object_id])

    def _parent(self, given: dict[str, Any], child_id: str) -> Parent:
        kind = given["type"]
        if kind == "workspace":
            return Parent(kind="workspace")
        parent_id = given[kind]
        self._need(parent_id)
        if self._workspace.find(parent_id) is None and kind in ("page_id", "block_id"):
            self.stub_page(parent_id)
        parent = Parent(kind=kind, id=parent_id)
        if child_id not in self._workspace.children.get(parent_id, []):
            self._workspace.add_child(parent, child_id)
        return parent

    def _database(self, thing: dict[str, Any]) -> None:
        self._workspace.databases[thing["id"]] = Database(
            id=thing["id"],
            parent=self._parent(thing["parent"], thing["id"]),
            trace=_trace(thing),
            title=thing["title"],
            description=thing["description"],
            is_inline=thing["is_inline"],
            is_locked=thing.get("is_locked", False),
            icon=thing["icon"],
            cover=thing["cover"],
        )
        for table in thing.get("data_sources", []):
            self._need(table["id"])
            if table["id"] not in self._workspace.data_sources.keys() | self._open:
                self._listed_table(thing, table)

    def _listed_table(self, database: dict[str, Any], table: dict[str, Any]) -> None:
        """Make up a table of which only its database tells."""
        self.stubs.add(table["id"])
        self._workspace.data_sources[table["id"]] = DataSource(
            id=table["id"],
            database_id=database["id"],
            trace=_trace(database),
            order=self._workspace.next_order(),
            title=[_text(table["name"])],
            columns={"title": Column(id="title", name="Name", type="title")},
        )

    def _data_source(self, thing: dict[str, Any]) -> None:
        database_id = thing["parent"]["database_id"]
        self._need(database_id)
        if database_id not in self._workspace.databases:
            parent = thing["database_parent"]
            self._workspace.databases[database_id] = Database(
                id=database_id,
                parent=self._parent(parent, database_id),
                trace=_trace(thing),
                title=thing["title"],
                description=thing["description"],
                is_inline=thing["is_inline"],
            )
        database = self._workspace.databases[database_id]
        database.in_trash = database.in_trash or thing["in_trash"]
        columns = {}
        for name, config in thing["properties"].items():
            column = _column(name, config)
            columns[column.id] = column
        self._workspace.data_sources[thing["id"]] = DataSource(
            id=thing["id"],
            database_id=database_id,
            trace=_trace(thing),
            order=self._workspace.next_order(),
            title=thing["title"],
            icon=thing["icon"],
            cover=thing["cover"],
            columns=columns,
        )
        for column in columns.values():
            if column.type == "relation":
                self._need(column.config["data_source_id"])

    def _page(self, thing: dict[str, Any]) -> None:
        given = thing["parent"]
        if given["type"] == "data_source_id":
            self._need(given["data_source_id"])
            if given["data_source_id"] not in self._workspace.data_sources:
                self._table_of_row(thing)
            self._workspace.rows.setdefault(given["data_source_id"], []).append(thing["id"])
            parent = Parent(kind="data_source_id", id=given["data_source_id"])
        else:
            parent = self._parent(given, thing["id"])
        page = Page(
            id=thing["id"],
            parent=parent,
            trace=_trace(thing),
            order=self._workspace.next_order(),
            cover=thing["cover"],
            icon=thing["icon"],
            is_locked=thing.get("is_locked", False),
        )
        self._workspace.pages[page.id] = page
        for name, value in thing["properties"].items():
            self._column_of(page, name, value)
            self._value(page, value)

    def _table_of_row(self, row: dict[str, Any]) -> None:
        """Make up a table from a row when its schema is not recorded."""
        parent = row["parent"]
        database_id = parent.get("database_id") or self._workspace.ids.uuid()
        if database_id not in self._workspace.databases:
            self._workspace.databases[database_id] = Database(
                id=database_id, parent=Parent(kind="workspace"), trace=_trace(row), title=[]
            )
        columns = {}
        for name, value in row["properties"].items():
            column = _column_of_value(name, value)
            columns[column.id] = column
        self.stubs.add(parent["data_source_id"])
        self._workspace.data_sources[parent["data_source_id"]] = DataSource(
            id=parent["data_source_id"],
            database_id=database_id,
            trace=_trace(row),
            order=self._workspace.next_order(),
            title=[],
            columns=columns,
        )

    def _column_of(self, page: Page, name: str, value: dict[str, Any]) -> None:
        """Add a column that a row shows and the schema, of another day, does not have."""
        table = self._workspace.data_sources.get(page.parent.id)
        if table is not None and unquote(value["id"]) not in table.columns:
            column = _column_of_value(name, value)
            table.columns[column.id] = column

    def _value(self, page: Page, value: dict[str, Any]) -> None:
        kind = value["type"]
        inner = value[kind]
        column_id = unquote(value["id"])
        if kind == "rollup" and inner.get("array"):
            self._rolled.append((page, column_id, inner["array"]))
        if kind in _COMPUTED or inner is None:
            return
        if kind == "relation":
            page.values[column_id] = [one["id"] for one in inner]
            self._related(page, column_id)
        elif kind in ("select", "status"):
            page.values[column_id] = inner["id"]
        elif kind == "multi_select":
            page.values[column_id] = [one["id"] for one in inner]
        elif kind == "people":
            for one in inner:
                self.user(one)
            page.values[column_id] = [one["id"] for one in inner]
        elif kind == "unique_id":
            page.values[column_id] = inner["number"]
        else:
            page.values[column_id] = inner

    def property_item(self, page_id: str, answer: dict[str, Any]) -> None:
        """Give a row the value that a property item shows."""
        page = self._workspace.pages.get(page_id)
        if page is None:
            return
        if answer["object"] == "property_item":
            self._value(page, answer)
            return
        detail = answer["property_item"]
        kind = detail["type"]
        if kind in ("title", "rich_text", "people", "relation"):
            values = [item[kind] for item in answer["results"]]
            self._value(page, {"id": detail["id"], "type": kind, kind: values})

    def _related(self, page: Page, column_id: str) -> None:
        table = self._workspace.data_sources[page.parent.id]
        column = table.columns.get(column_id)
        target = None if column is None else column.config.get("data_source_id")
        for one in page.values[column_id]:
            self._need(one)
            if one not in self._workspace.pages and one not in self._open:
                self.stub_page(one, row_of=target)

    def _block(self, thing: dict[str, Any]) -> None:
        kind = thing["type"]
        if kind in ("child_page", "child_database"):
            self._child(thing)
            return
        block = Block(
            id=thing["id"],
            parent=self._parent(thing["parent"], thing["id"]),
            trace=_trace(thing),
            type=kind,
            content=_whole(kind, thing[kind]),
        )
        self._workspace.blocks[block.id] = block
        if thing["has_children"]:
            self._unseen.append(block)

    def put_in_order(self, rank: dict[str, int], places: dict[str, int]) -> None:
        """Order rows, tables and blocks as recorded lists show them; `rank` 0 is the newest."""
        unseen = len(rank)
        listed: list[Page | DataSource] = [
            *self._workspace.pages.values(),
            *self._workspace.data_sources.values(),
        ]
        for thing in listed:
            thing.order = -rank.get(thing.id, unseen) - 1
        for children in self._workspace.children.values():
            children.sort(key=lambda child: places.get(child, len(places)))

    def _what_rollups_show(self) -> None:
        """Give related rows, themselves not recorded, the values that rollups show of them."""
        for page, column_id, shown in self._rolled:
            table = self._workspace.data_sources[page.parent.id]
            config = table.columns[column_id].config
            related = page.values.get(config["relation_property_id"], [])
            if len(related) == len(shown):
                for row_id, value in zip(related, shown, strict=True):
                    row = self._workspace.pages[row_id]
                    known = row.values.get(config["rollup_property_id"])
                    if not known:
                        self._value(row, {"id": config["rollup_property_id"], **value})

    def finish(self) -> None:
        """Give blocks and rows what is known of them by others only."""
        self._what_rollups_show()
        for block in self._unseen:
            if not self._workspace.children.get(origin(block)):
                parent = Parent(kind="block_id", id=origin(block))
                child = Block(
                    id=self._workspace.ids.uuid(),
                    parent=parent,
                    trace=block.trace,
                    type="divider",
                    content={},
                )
                self._workspace.blocks[child.id] = child
                self._workspace.add_child(parent, child.id)

    def mentioned_database(self, database_id: str, title: str) -> None:
        """Seed a database of which nothing is recorded but its mention."""
        if self._workspace.find(database_id) is None:
            self._workspace.databases[database_id] = Database(
                id=database_id,
                parent=Parent(kind="workspace"),
                trace=_trace({}),
                title=[_text(title)],
            )

    def _child(self, thing: dict[str, Any]) -> None:
        text = thing[thing["type"]]["title"]
        title = [_text(text)] if text else []
        parent = self._parent(thing["parent"], thing["id"])
        if thing["type"] == "child_database":
            self._workspace.databases[thing["id"]] = Database(
                id=thing["id"], parent=parent, trace=_trace(thing), title=title
            )
            return
        self._workspace.pages[thing["id"]] = Page(
            id=thing["id"],
            parent=parent,
            trace=_trace(thing),
            order=self._workspace.next_order(),
            values={"title": title},
        )

    def _comment(self, thing: dict[str, Any]) -> None:
        parent = thing["parent"]
        self._need(parent[parent["type"]])
        if self._workspace.find(parent[parent["type"]]) is None:
            self.stub_parent(parent)
        shown = thing.get("display_name") or {}
        if shown:
            author = thing["created_by"]["id"]
            kind: Literal["person", "bot"] = "person" if shown["type"] == "user" else "bot"
            self._workspace.users.setdefault(
                author, User(id=author, name=shown["resolved_name"], kind=kind)
            )
        self._workspace.comments[thing["id"]] = Comment(
            id=thing["id"],
            parent=Parent(kind=parent["type"], id=parent[parent["type"]]),
            discussion_id=thing["discussion_id"],
            trace=_trace(thing),
            rich_text=thing["rich_text"],
        )


def _whole(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """Return a block's content with the field that recordings of older days lack."""
    if kind != "paragraph" or "icon" in content:
        return content
    color = {"color": content["color"]} if "color" in content else {}
    rest = {key: value for key, value in content.items() if key != "color"}
    return {**rest, "icon": None, **color}


def _text(content: str) -> dict[str, Any]:
    styles = dict.fromkeys(("bold", "italic", "strikethrough", "underline", "code"), False)
    return {
        "type": "text",
        "text": {"content": content, "link": None},
        "annotations": {**styles, "color": "default"},
        "plain_text": content,
        "href": None,
    }


def _moment(text: str | None) -> datetime:
    return datetime(2020, 1, 1, tzinfo=UTC) if text is None else datetime.fromisoformat(text)


def _trace(thing: dict[str, Any]) -> Trace:
    nobody = {"id": "00000000-0000-0000-0000-000000000000"}
    return Trace(
        created_at=_moment(thing.get("created_time")),
        created_by=thing.get("created_by", nobody)["id"],
        edited_at=_moment(thing.get("last_edited_time")),
        edited_by=thing.get("last_edited_by", nobody)["id"],
    )


def _column(name: str, config: dict[str, Any]) -> Column:
    kind = config["type"]
    inner = dict(config[kind])
    if kind == "relation":
        dual = inner.get("dual_property", {})
        inner = {
            "database_id": inner.get("database_id"),
            "data_source_id": inner["data_source_id"],
        }
        if dual:
            inner["synced_property_id"] = unquote(dual["synced_property_id"])
            inner["synced_property_name"] = dual["synced_property_name"]
    return Column(
        id=unquote(config["id"]),
        name=name,
        type=kind,
        description=config.get("description"),
        config=inner,
    )


def _column_of_value(name: str, value: dict[str, Any]) -> Column:
    kind = value["type"]
    inner = value[kind]
    config: dict[str, Any] = {}
    if kind in _WITH_OPTIONS:
        chosen = inner if isinstance(inner, list) else [inner] if inner else []
        config = {"options": [{**option, "description": None} for option in chosen]}
    if kind == "status":
        config["groups"] = []
    if kind == "relation":
        config = {"data_source_id": "00000000-0000-0000-0000-000000000000"}
    if kind == "unique_id":
        config = {"prefix": inner["prefix"]}
    if kind == "rollup":
        config = {
            "relation_property_id": "",
            "rollup_property_id": "",
            "function": inner.get("function"),
        }
    return Column(id=unquote(value["id"]), name=name, type=kind, config=config)
