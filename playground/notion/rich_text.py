"""Rich text: what is written, made whole as Notion gives it back."""

from collections.abc import Iterable

from playground.notion.calls import Call
from playground.notion.checks import a_boolean, a_list, a_string, an_id, an_object, mismatch, one_of
from playground.notion.errors import validation_error
from playground.notion.ids import compact
from playground.notion.json_types import JsonObject
from playground.notion.times import stored_text
from playground.notion.users import full_user

MOST_CHARACTERS = 2000
MOST_EXPRESSION = 1000
MOST_ELEMENTS = 100
# Of text and of blocks; options have their own.
COLORS = tuple(
    name + ground
    for name in [
        "default",
        "gray",
        "brown",
        "orange",
        "yellow",
        "green",
        "blue",
        "purple",
        "pink",
        "red",
    ]
    for ground in ("", "_background")
)
_STYLES = ("bold", "italic", "strikethrough", "underline", "code")


def plain_text(texts: Iterable[JsonObject]) -> str:
    """Return the text without its formatting."""
    return "".join(text["plain_text"] for text in texts)


def literal(content: str) -> list[JsonObject]:
    """Return a plain text as rich text, for what Notion itself writes."""
    if not content:
        return []
    return [_whole("text", {"content": content, "link": None}, {}, content, None)]


def read_rich_text(call: Call, value: object, path: str) -> list[JsonObject]:
    """Check an array of rich text and return it as stored and shown."""
    items = a_list(value, path, most=MOST_ELEMENTS)
    texts = [_read_item(call, item, f"{path}[{index}]") for index, item in enumerate(items)]
    return [text for text in texts if text["type"] != "text" or text["text"]["content"]]


def _read_item(call: Call, value: object, path: str) -> JsonObject:
    item = an_object(value, path)
    kind = item.get("type") or next(
        (name for name in ("text", "mention", "equation") if name in item), None
    )
    annotations = _annotations(item.get("annotations"), f"{path}.annotations")
    if kind == "text":
        return _text(item.get("text"), annotations, f"{path}.text")
    if kind == "equation":
        equation = an_object(item.get("equation"), f"{path}.equation")
        expression = a_string(
            equation.get("expression"), f"{path}.equation.expression", most=MOST_EXPRESSION
        )
        return _whole("equation", {"expression": expression}, annotations, expression, None)
    if kind == "mention":
        mention = an_object(item.get("mention"), f"{path}.mention")
        return _mention(call, mention, annotations, f"{path}.mention")
    raise mismatch(f"{path}.text", "defined", item.get("text"))


def _whole(
    kind: str, inner: JsonObject, annotations: JsonObject, plain: str, href: str | None
) -> JsonObject:
    return {
        "type": kind,
        kind: inner,
        "annotations": annotations or _annotations(None, ""),
        "plain_text": plain,
        "href": href,
    }


def _annotations(value: object, path: str) -> JsonObject:
    given = {} if value is None else an_object(value, path)
    styles: JsonObject = {
        style: a_boolean(given.get(style, False), f"{path}.{style}") for style in _STYLES
    }
    styles["color"] = one_of(given.get("color", "default"), f"{path}.color", COLORS)
    return styles


def _text(value: object, annotations: JsonObject, path: str) -> JsonObject:
    text = an_object(value, path)
    content = a_string(text.get("content"), f"{path}.content", most=MOST_CHARACTERS)
    link = text.get("link")
    url: str | None = None
    if link is not None:
        url = a_string(
            an_object(link, f"{path}.link").get("url"), f"{path}.link.url", most=MOST_CHARACTERS
        )
    shown = {"content": content, "link": None if url is None else {"url": url}}
    return _whole("text", shown, annotations, content, url)


def _mention(call: Call, mention: JsonObject, annotations: JsonObject, path: str) -> JsonObject:
    kind = mention.get("type") or next(iter(mention), None)
    inner = an_object(mention.get(str(kind)), f"{path}.{kind}")
    reader = _MENTIONS.get(str(kind))
    if reader is None:
        raise mismatch(f"{path}.type", "a known kind of mention", kind)
    shown, plain, href = reader(call, inner, f"{path}.{kind}")
    return _whole("mention", {"type": kind, str(kind): shown}, annotations, plain, href)


def _mention_user(call: Call, inner: JsonObject, path: str) -> tuple[JsonObject, str, str | None]:
    user_id = an_id(inner.get("id"), f"{path}.id")
    if user_id not in call.workspace.users:
        raise validation_error(f"Could not find user with ID: {user_id}.")
    user = full_user(call.workspace, user_id)
    return user, f"@{user['name']}", None


def _mention_page(call: Call, inner: JsonObject, path: str) -> tuple[JsonObject, str, str | None]:
    page = call.page(an_id(inner.get("id"), f"{path}.id"))
    title = plain_text(page.values.get("title", [])) or "Untitled"
    return {"id": page.id}, title, f"https://www.notion.so/{compact(page.id)}"


def _mention_database(
    call: Call, inner: JsonObject, path: str
) -> tuple[JsonObject, str, str | None]:
    database = call.database(an_id(inner.get("id"), f"{path}.id"))
    tables = call.workspace.data_sources_of(database.id)
    named = database.title or (tables[0].title if tables else [])
    title = plain_text(named) or "Untitled"
    return {"id": database.id}, title, f"https://www.notion.so/{compact(database.id)}"


def read_date(value: object, path: str) -> JsonObject:
    """Check a date and return it as Notion gives it back."""
    given = an_object(value, path)
    zone = given.get("time_zone")
    if zone is not None:
        a_string(zone, f"{path}.time_zone")
    start = _stored(given.get("start"), zone, f"{path}.start")
    end = given.get("end")
    return {
        "start": start,
        "end": None if end is None else _stored(end, zone, f"{path}.end"),
        "time_zone": None,
    }


def _stored(value: object, zone: object, path: str) -> str:
    text = a_string(value, path)
    try:
        return stored_text(text, zone if isinstance(zone, str) else None)
    except ValueError:
        raise mismatch(path, "a valid ISO 8601 date string", value) from None


def _mention_date(_: Call, inner: JsonObject, path: str) -> tuple[JsonObject, str, str | None]:
    date = read_date(inner, path)
    plain = date["start"] if date["end"] is None else f"{date['start']} → {date['end']}"
    return date, plain, None


def _mention_emoji(_: Call, inner: JsonObject, path: str) -> tuple[JsonObject, str, str | None]:
    an_id(inner.get("id"), f"{path}.id")
    return dict(inner), f":{inner.get('name')}:", None


_MENTIONS = {
    "user": _mention_user,
    "page": _mention_page,
    "database": _mention_database,
    "date": _mention_date,
    "custom_emoji": _mention_emoji,
}
