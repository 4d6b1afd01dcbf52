"""Templates: pages aside of the rows, whose content reaches a new page after the answer."""

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from playground.notion.blocks import add_paragraph
from playground.notion.calls import Call
from playground.notion.changes import tell
from playground.notion.checks import a_string, an_id, an_object, mismatch, one_of
from playground.notion.errors import validation_error
from playground.notion.plain import written
from playground.notion.state import Block, DataSource, Page, Parent
from playground.notion.values import Write
from playground.notion.workspace import Workspace


def create_template(
    call: Call,
    table: DataSource,
    name: str,
    *,
    is_default: bool,
    values: Mapping[str, Any],
    texts: tuple[str, ...],
) -> Page:
    """Make a template with plain values and paragraphs."""
    workspace = call.workspace
    write = Write(call, table.columns)
    write.read(written(workspace, table.columns, values), "body.properties")
    write.keep_new_options()
    template = Page(
        id=workspace.ids.uuid(),
        parent=Parent(kind="data_source_id", id=table.id),
        trace=workspace.new_trace(call.author),
        order=workspace.next_order(),
        values=write.values,
        is_template=True,
    )
    workspace.pages[template.id] = template
    for text in texts:
        add_paragraph(call, template, text)
    table.templates.append((template.id, name, is_default))
    return template


def read_template(call: Call, value: object, parent: Parent) -> Page | None:
    """Read the `template` of a new page; None: none is wanted."""
    if value is None:
        return None
    given = an_object(value, "body.template")
    kinds = ("none", "default", "template_id")
    kind = one_of(given.get("type"), "body.template.type", kinds)
    if "timezone" in given:
        a_string(given["timezone"], "body.template.timezone")
    if kind == "none":
        return None
    if parent.kind != "data_source_id":
        raise mismatch("body.template", "not present for pages outside of data sources", value)
    table = call.workspace.data_sources[parent.id]
    wanted = (
        an_id(given.get("template_id"), "body.template.template_id")
        if kind == "template_id"
        else next((each for each, _, is_default in table.templates if is_default), None)
    )
    if wanted is None:
        raise validation_error("The data source has no default template.")
    if wanted not in [each for each, _, _ in table.templates]:
        raise validation_error(f"Template with ID {wanted} is not of this data source.")
    return call.workspace.pages[wanted]


def apply_later(call: Call, page: Page, template: Page) -> None:
    """Let the content of a template arrive on a page when its time has come, if it ever does."""
    workspace = call.workspace
    if workspace.templates_fail:
        return
    workspace.later.add(
        workspace.template_seconds, lambda: _apply(workspace, page, template, by=call.author)
    )


def _apply(workspace: Workspace, page: Page, template: Page, *, by: str) -> None:
    if page.id not in workspace.pages:
        return
    fresh = {
        column_id: copy.deepcopy(value)
        for column_id, value in template.values.items()
        if not page.values.get(column_id)
    }
    page.values |= fresh
    copied = _copy_children(workspace, template.id, Parent(kind="page_id", id=page.id), by=by)
    workspace.touch(page.trace, by)
    if copied or fresh:
        tell(workspace, page, "content_updated", by=by, blocks=[(each, "block") for each in copied])


def _copy_children(workspace: Workspace, source_id: str, parent: Parent, *, by: str) -> list[str]:
    copied = []
    for child_id in list(workspace.children.get(source_id, [])):
        original = workspace.blocks.get(child_id)
        if original is None or original.in_trash:
            continue
        block: Block = replace(
            original,
            id=workspace.ids.uuid(),
            parent=parent,
            trace=workspace.new_trace(by),
            content=copy.deepcopy(original.content),
        )
        workspace.blocks[block.id] = block
        workspace.add_child(parent, block.id)
        _copy_children(workspace, original.id, Parent(kind="block_id", id=block.id), by=by)
        copied.append(block.id)
    return copied
