"""The ids that go to Slack and come back: commands, actions, forms, blocks."""

from enum import StrEnum


class Command(StrEnum):
    """Slash commands; the manifest names the same."""

    TASK = "/task"


class Act(StrEnum):
    """What a button or menu asks for; `act:n` where one row holds several of a kind."""

    DONE = "done"
    REOPEN = "reopen"
    EDIT = "edit"
    ASSIGN = "assign"
    UNDO = "undo"
    RESTORE = "restore"
    SHOW = "show"
    PAGE = "page"
    EARLIER = "earlier"
    """Shows what was changed before; the value is `number:rev`."""
    SYNC_RETRY = "sync_retry"
    SYNC_TAKE = "sync_take"
    """Takes Notion's value where both sides had changed a field."""
    SYNC_KEEP = "sync_keep"
    AGAIN = "again"
    """Repeats a command or an action under its first key."""
    NEW = "new"
    LINK = "link"
    """Opens a page; Slack reports the click all the same."""


class Form(StrEnum):
    """Callback ids of modals."""

    CREATE = "task_create"
    EDIT = "task_edit"
    WAIT = "task_wait"
    """Nothing to submit: shown while the task is read, or when it cannot be."""


class Event(StrEnum):
    """Events that are acted on; all others are only acknowledged."""

    HOME_OPENED = "app_home_opened"
    UNINSTALLED = "app_uninstalled"
    TOKENS_REVOKED = "tokens_revoked"


class Input(StrEnum):
    """Inputs of the forms: the first part of the block id, and the action id in it."""

    TITLE = "title"
    NOTES = "notes"
    STATUS = "status"
    ASSIGNEES = "assignees"
    DUE_DAY = "due_day"
    DUE_TIME = "due_time"
    PRIORITY = "priority"
    TAGS = "tags"
    CHOICE = "choice"
    """Whose value to keep, in a form that clashed; the block id goes on with the field."""
