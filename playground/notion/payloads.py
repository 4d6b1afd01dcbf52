"""Webhook payloads: an event in the shape of its subscription's version."""

from datetime import UTC, datetime

from playground.notion.changes import Change
from playground.notion.json_types import JsonObject
from playground.notion.subscriptions import Subscription, SubscriptionVersion
from playground.notion.workspace import Workspace

_BEFORE_DATA_SOURCES: SubscriptionVersion = "2022-06-28"
# What became `data_source.*` in 2025-09-03; other events of data sources are newer.
_OF_OLD_DATABASES = frozenset({"content_updated", "schema_updated"})


def event_type(change: Change, version: SubscriptionVersion) -> str | None:
    """Return the type of event a version knows the change by, None if it does not know it."""
    if change.kind == "data_source" and version == _BEFORE_DATA_SOURCES:
        return f"database.{change.verb}" if change.verb in _OF_OLD_DATABASES else None
    return f"{change.kind}.{change.verb}"


def payload(
    workspace: Workspace,
    change: Change,
    subscription: Subscription,
    *,
    event_id: str,
    accessible_by: list[JsonObject] | None,
) -> JsonObject:
    """Return the body of an event's first attempt."""
    shown: JsonObject = {
        "id": event_id,
        "timestamp": _stamp(change.at),
        "workspace_id": workspace.id,
        "workspace_name": workspace.name,
        "subscription_id": subscription.id,
        "integration_id": subscription.integration_id,
        "type": event_type(change, subscription.version),
        "authors": [{"id": each, "type": _kind(workspace, each)} for each in change.authors],
    }
    if accessible_by is not None:
        shown["accessible_by"] = accessible_by
    return shown | {
        "attempt_number": 1,
        "api_version": subscription.version,
        "entity": _entity(workspace, change, subscription.version),
        "data": _data(change, subscription.version),
    }


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + (
        f"{moment.microsecond // 1000:03}Z"
    )


def _kind(workspace: Workspace, user_id: str) -> str:
    user = workspace.users.get(user_id)
    return "person" if user is None else user.kind


def _entity(workspace: Workspace, change: Change, version: SubscriptionVersion) -> JsonObject:
    if change.kind == "data_source" and version == _BEFORE_DATA_SOURCES:
        table = workspace.data_sources[change.entity_id]
        return {"id": table.database_id, "type": "database"}
    return {"id": change.entity_id, "type": change.kind}


def _data(change: Change, version: SubscriptionVersion) -> JsonObject:
    parent = dict(change.parent)
    if version == _BEFORE_DATA_SOURCES:
        parent.pop("data_source_id", None)
    data: JsonObject = {"parent": parent}
    match change.verb:
        case "properties_updated":
            data["updated_properties"] = list(change.properties)
        case "content_updated":
            data["updated_blocks"] = [{"id": each, "type": kind} for each, kind in change.blocks]
        case "schema_updated":
            data["updated_properties"] = [
                {"id": column.id, "name": column.name, "action": column.action}
                for column in change.columns
            ]
        case _:
            pass
    if change.kind == "comment":
        data["page_id"] = change.page_id
    return data
