"""People and bots: partial, full and as the bot itself, and the calls about them."""

from playground.notion.access import Capability
from playground.notion.calls import Call
from playground.notion.ids import path_id
from playground.notion.json_types import JsonObject
from playground.notion.paging import page_of
from playground.notion.state import User
from playground.notion.workspace import Workspace

_MOST_BYTES_OF_AN_UPLOAD = 5_242_880


def partial_user(user_id: str) -> JsonObject:
    """Render the author of an object."""
    return {"object": "user", "id": user_id}


def full_user(workspace: Workspace, user_id: str) -> JsonObject:
    """Render a user as properties and mentions show it; of a stranger only the id is known."""
    user = workspace.users.get(user_id)
    if user is None:
        return partial_user(user_id)
    detail: JsonObject = {}
    if user.kind == "person" and user.email:
        detail["email"] = user.email
        # Only some recorded workspaces show it.
        if user.email_verified is not None:
            detail["email_verified"] = user.email_verified
    return {
        "object": "user",
        "id": user.id,
        "name": user.name,
        "avatar_url": user.avatar_url,
        "type": user.kind,
        user.kind: detail,
    }


def _own_bot(call: Call, user: User) -> JsonObject:
    workspace = call.workspace
    owner = None if call.connection is None else call.connection.owner
    rendered = full_user(workspace, user.id)
    rendered["bot"] = {
        "owner": {"type": "workspace", "workspace": True}
        if owner is None
        else {"type": "user", "user": full_user(workspace, owner.id)},
        "workspace_name": workspace.name,
        "workspace_id": workspace.id,
        "workspace_limits": {"max_file_upload_size_in_bytes": _MOST_BYTES_OF_AN_UPLOAD},
    }
    return rendered


def _shown(call: Call, user: User) -> JsonObject:
    if user.id == call.author:
        return _own_bot(call, user)
    rendered = full_user(call.workspace, user.id)
    connection = call.connection
    if connection is not None and Capability.READ_EMAILS not in connection.capabilities:
        rendered[user.kind] = {}
    return rendered


def me(call: Call) -> JsonObject:
    """Answer GET /users/me: the bot of the token."""
    return _own_bot(call, call.workspace.users[call.author])


def retrieve(call: Call) -> JsonObject:
    """Answer GET /users/{user_id}."""
    user_id = path_id(call.path["user_id"], "user_id")
    user = call.workspace.users.get(user_id)
    if user is None:
        raise call.missing("user", user_id)
    return _shown(call, user)


def list_all(call: Call) -> JsonObject:
    """Answer GET /users: people first, then bots; guests are never listed."""
    members = [user for user in call.workspace.users.values() if not user.is_guest]
    users = sorted(members, key=lambda user: user.kind != "person")
    rendered = [(user.id, _shown(call, user)) for user in users]
    return page_of(call, rendered, kind="user")
