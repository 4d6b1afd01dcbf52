"""The specification as a page: plain HTML from our own texts, each of them escaped; pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape

from handlers.http.openapi import Json
from handlers.http.operations import BASE
from handlers.http.problems import KINDS

CSS = "/api/docs.css"
_METHODS = ("get", "post", "patch", "delete")
_EXAMPLE = (
    "<h3>Example</h3><pre><code>curl https://taskbridge.example.com/api/v1/tasks \\\n"
    '  -H "Authorization: Bearer $API_KEY" -H "Idempotency-Key: $(uuidgen)" \\\n'
    '  --json \'{"title": "Book the venue", "priority": "high"}\'</code></pre>'
)


def page(specification: Json) -> str:
    """Return the page; every text of the specification is escaped."""
    info = specification["info"]
    operations = [
        (method, path, item[method])
        for path, item in specification["paths"].items()
        for method in _METHODS
        if method in item
    ]
    title = f"{escape(info['title'])} API"
    links = "".join(_link(*one) for one in operations)
    source = f'<a href="{BASE}/openapi.json">openapi.json</a>'
    more = '<a href="#problems">Problems</a> <a href="#schemas">Schemas</a>'
    return "\n".join(
        (
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            f'<title>{title}</title><link rel="stylesheet" href="{CSS}"></head><body>',
            f"<header><h1>{title}</h1>",
            f"<p>Version {escape(info['version'])} · {source}</p></header>",
            f"<nav>{links}{more}</nav>",
            f"<main>{_text(info['description'])}{_EXAMPLE}",
            *(_operation(*one) for one in operations),
            *_problems(),
            *_schemas(specification["components"]["schemas"]),
            "</main></body></html>",
        )
    )


def _link(method: str, path: str, operation: Json) -> str:
    where = escape(operation["operationId"])
    title = escape(f"{method.upper()} {path}")
    return f'<a href="#{where}" title="{title}">{escape(operation["summary"])}</a> '


def _operation(method: str, path: str, operation: Json) -> str:
    body = operation.get("requestBody", {}).get("content", {})
    answers = operation["responses"].items()
    good = "".join(_answer(status, one) for status, one in answers if status < "4")
    problems = "".join(_answer(status, one) for status, one in answers if status >= "4")
    statuses = ", ".join(escape(status) for status, _ in answers if status >= "4")
    return (
        f'<section id="{escape(operation["operationId"])}">'
        f"<h2>{escape(operation['summary'])}</h2>"
        f'<p class="route"><b class="{method}">{method.upper()}</b> <code>{escape(path)}</code></p>'
        f"{_text(operation['description'])}{_parameters(operation['parameters'])}"
        f"{''.join(_content('Body', kind, one) for kind, one in body.items())}"
        f"<h3>Answers</h3><table>{good}</table>"
        f"<details><summary>Problems: {statuses}</summary><table>{problems}</table></details>"
        "</section>"
    )


def _parameters(parameters: Sequence[Json]) -> str:
    if not parameters:
        return ""
    rows = "".join(
        f"<tr><th><code>{escape(one['name'])}</code></th><td>{escape(one['in'])}"
        f"{', required' if one.get('required') else ''}</td>"
        f"<td>{_inline(one['description'])} {_kind(one['schema'])}</td></tr>"
        for one in parameters
    )
    return f"<h3>Parameters</h3><table>{rows}</table>"


def _answer(status: str, answer: Json) -> str:
    contents = "".join(_content("", kind, one) for kind, one in answer.get("content", {}).items())
    headers = ", ".join(f"<code>{escape(name)}</code>" for name in answer.get("headers", {}))
    told = f"<p>Headers: {headers}</p>" if headers else ""
    return (
        f"<tr><th>{escape(status)}</th><td>{_text(answer['description'])}{told}{contents}</td></tr>"
    )


def _content(label: str, kind: str, content: Json) -> str:
    schema: Json = content.get("x-itemSchema") or content["schema"]
    each = " per line" if "x-itemSchema" in content else ""
    title = f"{label}: " if label else ""
    return f"<p>{title}<code>{escape(kind)}</code>, {_kind(schema)}{each}</p>"


def _problems() -> Iterable[str]:
    yield '<section id="problems"><h2>Problems</h2><table>'
    for code, kind in KINDS.items():
        yield (
            f'<tr id="{escape(code)}"><th><code>{escape(code)}</code></th><td>{kind.status.value}'
            f"</td><td>{escape(kind.title)}. {_inline(kind.advice)}</td></tr>"
        )
    yield "</table></section>"


def _schemas(schemas: Json) -> Iterable[str]:
    yield '<section id="schemas"><h2>Schemas</h2>'
    for name, schema in sorted(schemas.items()):
        required = set(schema.get("required", ()))
        rows = "".join(
            f"<tr><th><code>{escape(field)}</code></th>"
            f"<td>{'required' if field in required else ''}</td>"
            f"<td>{_kind(one)} {_inline(one.get('description', ''))}</td></tr>"
            for field, one in schema.get("properties", {}).items()
        )
        values = "" if rows else f"<p>{_kind(schema)}</p>"
        yield (
            f'<h3 id="schema-{escape(name)}">{escape(name)}</h3>'
            f"{_text(schema.get('description', ''))}{values}<table>{rows}</table>"
        )
    yield "</section>"


def _kind(schema: Json) -> str:
    """Return in a few words what a value is."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[1])
        return f'<a href="#schema-{name}">{name}</a>'
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return " | ".join(f"<code>{escape(json.dumps(value))}</code>" for value in values)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(_kind(one) for one in schema[several])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}{_bounds(schema)}"
    return f"{escape(str(schema.get('format', schema.get('type', 'anything'))))}{_bounds(schema)}"


def _bounds(schema: Json) -> str:
    words = {
        "minimum": "at least",
        "maximum": "at most",
        "minLength": "min. length",
        "maxLength": "max. length",
        "maxItems": "max.",
        "pattern": "like",
        "default": "default",
    }
    said = [f"{text} {_value(schema[name])}" for name, text in words.items() if name in schema]
    return f" <small>({escape(', '.join(said))})</small>" if said else ""


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _text(text: str) -> str:
    """Return paragraphs and lists of the little Markdown that our own texts use."""
    blocks = []
    for block in filter(None, text.split("\n\n")):
        if block.startswith("- "):
            items = "".join(f"<li>{_inline(line[2:])}</li>" for line in block.split("\n"))
            blocks.append(f"<ul>{items}</ul>")
        else:
            blocks.append(f"<p>{_inline(block)}</p>")
    return "".join(blocks)


def _inline(text: str) -> str:
    """Escape, then mark what stands between two ** or two backticks."""
    return _marked(_marked(escape(text), "**", "b"), "`", "code")


def _marked(text: str, sign: str, tag: str) -> str:
    parts = text.split(sign)
    return "".join(f"<{tag}>{part}</{tag}>" if at % 2 else part for at, part in enumerate(parts))
