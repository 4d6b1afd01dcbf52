"""Into the trash and out of it, whatever the thing and whoever does it."""

from playground.notion.changes import tell, tell_holder
from playground.notion.state import Block, DataSource, Page
from playground.notion.workspace import Anything, Workspace


def set_in_trash(workspace: Workspace, thing: Anything, *, in_trash: bool, by: str) -> None:
    """Move a thing; nothing happens, and nobody is told, if it is there already."""
    if thing.in_trash is in_trash:
        return
    thing.in_trash = in_trash
    workspace.touch(thing.trace, by)
    if not isinstance(thing, Block):
        tell(workspace, thing, "deleted" if in_trash else "undeleted", by=by)
    above = workspace.find(thing.parent.id) if not isinstance(thing, DataSource) else None
    if isinstance(above, Page) and not isinstance(thing, Block):
        # Recorded: what is taken from a page, or given back to it, counts as its edit.
        workspace.touch(above.trace, by)
    if not isinstance(thing, DataSource):
        tell_holder(workspace, thing, by=by)
