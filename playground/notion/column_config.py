"""What each type of column is configured by."""

from playground.notion import formulas
from playground.notion.calls import Call
from playground.notion.checks import a_string, an_id, an_object, mismatch, one_of
from playground.notion.columns import known_column
from playground.notion.json_types import JsonObject
from playground.notion.options import default_status, read_options, read_status
from playground.notion.state import Column, DataSource

PLAIN_TYPES = frozenset(
    {
        "title",
        "rich_text",
        "date",
        "people",
        "files",
        "checkbox",
        "url",
        "email",
        "phone_number",
        "created_time",
        "created_by",
        "last_edited_time",
        "last_edited_by",
        "button",
        "place",
        "verification",
    }
)
_CONFIGURED_TYPES = frozenset(
    {"number", "select", "multi_select", "status", "relation", "rollup", "formula", "unique_id"}
)
TYPES = PLAIN_TYPES | _CONFIGURED_TYPES
ROLLUP_FUNCTIONS = (
    "average",
    "checked",
    "count",
    "count_per_group",
    "count_values",
    "date_range",
    "earliest_date",
    "empty",
    "latest_date",
    "max",
    "median",
    "min",
    "not_empty",
    "percent_checked",
    "percent_empty",
    "percent_not_empty",
    "percent_per_group",
    "percent_unchecked",
    "range",
    "show_original",
    "show_unique",
    "sum",
    "unchecked",
    "unique",
)


def read_config(  # noqa: PLR0911 - one case per type
    call: Call, table: DataSource, column: Column, given: JsonObject, path: str
) -> JsonObject:
    """Read `{type: …}` of a column whose type is settled; ids inside are kept decoded."""
    kind = column.type
    inner = an_object(given.get(kind), f"{path}.{kind}")
    inside = f"{path}.{kind}"
    ids = call.workspace.ids
    match kind:
        case "number":
            current = column.config.get("format", "number")
            return {"format": a_string(inner.get("format", current), f"{inside}.format")}
        case "select" | "multi_select":
            existing = column.config.get("options", [])
            if "options" not in inner:
                return {"options": existing}
            options = read_options(ids, inner["options"], f"{inside}.options", existing=existing)
            return {"options": options}
        case "status":
            config = column.config or default_status(ids)
            return read_status(ids, inner, inside, config=config)
        case "unique_id":
            prefix = inner.get("prefix", column.config.get("prefix"))
            return {"prefix": None if prefix is None else a_string(prefix, f"{inside}.prefix")}
        case "relation":
            return _relation(call, table, column, inner, inside)
        case "rollup":
            return _rollup(call, table, inner, inside)
        case "formula":
            expression = a_string(inner.get("expression"), f"{inside}.expression")
            return {"expression": formulas.rewritten(expression, table, call.workspace.id)}
        case _:
            return {}


def _relation(
    call: Call, table: DataSource, column: Column, inner: JsonObject, path: str
) -> JsonObject:
    target_id = an_id(inner.get("data_source_id"), f"{path}.data_source_id")
    target = table if target_id == table.id else call.data_source(target_id)
    kind = inner.get("type") or ("dual_property" if "dual_property" in inner else "single_property")
    one_of(kind, f"{path}.type", ("single_property", "dual_property"))
    config: JsonObject = {"data_source_id": target.id}
    if kind == "dual_property":
        dual = an_object(inner.get("dual_property") or {}, f"{path}.dual_property")
        config["synced_property_id"] = column.config.get("synced_property_id")
        wanted = dual.get("synced_property_name")
        if wanted is not None:
            config["wanted_name"] = a_string(wanted, f"{path}.dual_property.synced_property_name")
        config["dual"] = True
    return config


def _rollup(call: Call, table: DataSource, inner: JsonObject, path: str) -> JsonObject:
    relation = known_column(
        table.columns,
        str(inner.get("relation_property_id") or inner.get("relation_property_name")),
    )
    if relation.type != "relation":
        raise mismatch(f"{path}.relation_property_name", "a relation", relation.name)
    target = call.workspace.data_sources[relation.config["data_source_id"]]
    source = known_column(
        target.columns,
        str(inner.get("rollup_property_id") or inner.get("rollup_property_name")),
    )
    function = one_of(inner.get("function"), f"{path}.function", ROLLUP_FUNCTIONS)
    return {
        "relation_property_id": relation.id,
        "rollup_property_id": source.id,
        "function": function,
    }
