"""Tasks, schemas and layouts to test with."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from notion_sync.layout import Layout, lay_out
from notion_sync.schema import Column, Option, Schema
from notion_sync.wire import JsonObject
from tasks.model import Due, Priority, Status, Task

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def options(*names: str) -> tuple[Option, ...]:
    return tuple(Option(id=f"id-{name}", name=name) for name in names)


STATUS = Column(
    id="stat",
    name="Status",
    type="status",
    options=options("Not started", "Blocked", "In progress", "Done", "Dropped"),
    groups={
        "To-do": ("id-Not started", "id-Blocked"),
        "In progress": ("id-In progress",),
        "Complete": ("id-Done", "id-Dropped"),
    },
)
COLUMNS = (
    Column(id="title", name="Name", type="title"),
    STATUS,
    Column(id="assi", name="Assignees", type="people"),
    Column(id="due%", name="Due", type="date"),
    Column(id="prio", name="Priority", type="select", options=options("✹ High", "low")),
    Column(id="tags", name="Tags", type="multi_select", options=options("Offsite")),
    Column(id="note", name="Notes", type="rich_text"),
    Column(id="slac", name="Slack", type="url"),
    Column(id="task", name="Task ID", type="rich_text"),
    Column(id="othe", name="Other assignees", type="rich_text"),
)
SCHEMA = Schema(id="ds", title="Tasks", columns=COLUMNS)


def layout(*columns: Column) -> Layout:
    """Return the usual layout, with these columns in place of those of the same name."""
    named = {column.name: column for column in (*COLUMNS, *columns)}
    return lay_out(Schema(id="ds", title="Tasks", columns=tuple(named.values())), None)


def task(**values: object) -> Task:
    given: dict[str, object] = {
        "id": "key-1",
        "team": "T1",
        "number": 1,
        "title": "Book the venue",
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Task(**(given | values))  # type: ignore[arg-type]  # the test names them


texts = st.text(max_size=300)
dues = st.none() | st.one_of(
    st.dates().map(Due.on),
    st.builds(
        Due.local,
        st.datetimes(
            min_value=datetime(1971, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone
            max_value=datetime(2099, 1, 1),  # noqa: DTZ001  # the same
            timezones=st.just(UTC),
        ),
        st.sampled_from(["Europe/Berlin", "UTC", "America/St_Johns", "Asia/Kathmandu"]),
    ),
)
tasks = st.builds(
    task,
    title=texts,
    notes=st.text(max_size=6000) | st.text(alphabet="🎉a\ud800", max_size=6000),
    status=st.sampled_from(Status),
    due=dues,
    priority=st.none() | st.sampled_from(Priority),
    tags=st.lists(texts, max_size=30).map(tuple),
    source=st.none() | texts,
)


def answer(properties: JsonObject, columns: tuple[Column, ...] = COLUMNS) -> JsonObject:
    """Return the page that Notion would answer: normalised as the recorded traffic shows."""
    given = {column.id: column for column in columns}
    return {
        "properties": {
            given[key].name: {
                "id": key,
                "type": given[key].type,
                given[key].type: _stored(given[key].type, payload[given[key].type]),
            }
            for key, payload in properties.items()
        }
    }


def _stored(kind: str, value: object) -> object:
    if kind in {"title", "rich_text"} and isinstance(value, list):
        return [{"plain_text": piece["text"]["content"]} for piece in value]
    if kind == "date" and isinstance(value, dict) and "T" in value["start"]:
        start = datetime.fromisoformat(value["start"]).replace(second=0, microsecond=0)
        return {"start": start.isoformat(timespec="milliseconds"), "end": None, "time_zone": None}
    if kind in {"select", "status"} and isinstance(value, dict):
        return _option(value)
    if kind == "multi_select" and isinstance(value, list):
        return [_option(option) for option in value]
    return value


def _option(value: JsonObject) -> JsonObject:
    return {"id": value.get("id") or f"id-{value['name']}", "name": value.get("name", "")}
