"""Work Objects as people see them: below links, and in the pane with their details."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from playground.slack.ids import Ids
from playground.slack.normalise import stored
from playground.slack.render import NameOf, flat
from playground.slack.state import Message, Team, User
from playground.slack.wire import Json


@dataclass(slots=True, kw_only=True, eq=False)
class Pane:
    """What one person sees beside a conversation, of one object."""

    team: Team = field(repr=False)
    user: User = field(repr=False)
    on: Message | None
    """The message below whose link it was opened; None: found by a search."""
    link: str
    """As it was posted."""
    url: str
    """As the app names it."""
    reference: Json | None
    """The app's own name for it; Slack does not have that everywhere."""
    entity: Json | None = None
    error: Json | None = None
    blocks: list[Json] = field(default_factory=list)

    @property
    def plain(self) -> str:
        """Return what is read there; nothing while the app has not answered."""
        if self.error is not None:
            words = [self.error.get("custom_title"), self.error.get("custom_message")]
            return "\n".join(word for word in words if word) or f"({self.error['status']})"
        return flat("", self.blocks, self.team.name_of)

    def show(self, entity: Json, ids: Ids) -> None:
        """Show the object's details."""
        self.entity, self.error = entity, None
        self.blocks = as_blocks(entity, ids, self.team.name_of)

    def fail(self, error: Json) -> None:
        """Show why there are none."""
        self.entity, self.error, self.blocks = None, error, []


def as_blocks(entity: Json, ids: Ids, name_of: NameOf) -> list[Json]:
    """Return an object as the text and buttons that are seen of it."""
    payload = entity["entity_payload"]
    attributes = payload["attributes"]
    title = "  ".join(filter(None, (attributes["title"]["text"], attributes.get("display_id"))))
    found: list[Json] = [_words("\n".join([title, *_lines(payload, name_of)]))]
    actions = payload.get("actions", {})
    rows = filter(None, (actions.get(name) for name in ("primary_actions", "overflow_actions")))
    found += [{"type": "actions", "elements": [_button(one) for one in row]} for row in rows]
    return stored(found, ids)


def fallback(entity: Json, name_of: NameOf) -> Json:
    """Return what an interaction says of an object below a link."""
    payload = entity["entity_payload"]
    title = payload["attributes"]["title"]["text"]
    return {
        "fallback": title,
        "title": title,
        "title_link": entity["url"],
        "fields": [
            {"title": label, "value": value, "short": True}
            for label, value in _read(payload, name_of)
        ],
    }


def _lines(payload: Json, name_of: NameOf) -> Iterator[str]:
    for label, value in _read(payload, name_of):
        yield f"{label}: {value}"


def _read(payload: Json, name_of: NameOf) -> Iterator[tuple[str, str]]:
    """Yield label and value of each field, in the order in which they are shown."""
    fields = payload.get("fields", {})
    custom = {one["key"]: one for one in payload.get("custom_fields", [])}
    for name in payload.get("display_order") or [*fields, *custom]:
        one = custom.get(name) or fields[name]
        yield one.get("label") or name.replace("_", " ").capitalize(), _value(name, one, name_of)


def _value(name: str, one: Json, name_of: NameOf) -> str:
    if one.get("type") == "array":
        kind = one["item_type"]
        return ", ".join(_value(name, {"type": kind, **each}, name_of) for each in one["value"])
    if "user" in one:
        return one["user"].get("text") or name_of(one["user"]["user_id"])
    if one.get("type") == "slack#/types/channel_id":
        return f"#{name_of(one['value'])}"
    if one.get("type") == "slack#/types/timestamp" or name in ("date_created", "date_updated"):
        return f"{datetime.fromtimestamp(one['value'], UTC):%Y-%m-%d %H:%M} UTC"
    return str(one["value"])


def _words(text: str) -> Json:
    return {"type": "section", "text": {"type": "plain_text", "text": text, "emoji": False}}


def _button(given: Json) -> Json:
    found: Json = {"type": "button"}
    found["text"] = {"type": "plain_text", "text": given["text"], "emoji": True}
    names = ("action_id", "value", "style", "url")
    return found | {name: given[name] for name in names if name in given}
