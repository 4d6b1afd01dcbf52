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
    SHARE = "share"
    RESTORE = "restore"
    SHOW = "show"
    PAGE = "page"
    EARLIER = "earlier"
    """Shows what was changed before; the value is `number:rev`."""
    SYNC_RETRY = "sync_retry"
    SYNC_TAKE = "sync_take"
    """Takes Notion's value where both sides had changed a field."""
    SYNC_KEEP = "sync_keep"
    LIST_CONFLICTS = "list_conflicts"
    """Turns to the page of conflicts after the number that is its value."""
    LIST_ASIDE = "list_aside"
    LISTED_TAKE = "listed_take"
    """As on the card, but the list stays; the value is `number:after`."""
    LISTED_KEEP = "listed_keep"
    LISTED_RETRY = "listed_retry"
    ROWS_DELETED = "rows_deleted"
    """Says of rows that are gone that they were deleted."""
    ROWS_KEEP = "rows_keep"
    AGAIN = "again"
    """Repeats a command or an action under its first key."""
    NEW = "new"
    LINK = "link"
    """Opens a page; Slack reports the click all the same."""
    OFFER_TAKE = "offer_take"
    """Makes a task of the message that was reacted to."""
    OFFER_NOT = "offer_not"
    SNOOZE = "snooze"
    """Asks until when; the value is `number:1` where it is put off already."""
    CLAIM = "claim"
    ACCEPT = "accept"
    DECLINE = "decline"
    TICK = "tick"
    """Ticks steps of a checklist; its block says of which task."""
    MORE = "more"
    """Does what was picked: the value is an action, a colon and its value."""
    PERMALINK = "permalink"
    """Shows the address of a task, to be copied."""
    HISTORY = "history"
    DELETE = "delete"
    APPEND = "append"
    """Turns the form of a new task into one that adds the message to a task there is."""


class Form(StrEnum):
    """Callback ids of modals."""

    CREATE = "task_create"
    EDIT = "task_edit"
    APPEND = "task_append"
    SNOOZE = "task_snooze"
    DECLINE = "task_decline"
    SETTINGS = "channel_settings"
    SHARE = "task_share"
    WAIT = "task_wait"
    """Nothing to submit: shown while the task is read, or when it cannot be."""


class Shortcut(StrEnum):
    """Shortcuts; the manifest names the same."""

    NEW = "new_task"
    MESSAGE = "create_task"


class Step(StrEnum):
    """Steps for workflows; the manifest names the same."""

    CREATE = "create_task"


class Event(StrEnum):
    """Events that are acted on; all others are only acknowledged."""

    HOME_OPENED = "app_home_opened"
    UNINSTALLED = "app_uninstalled"
    TOKENS_REVOKED = "tokens_revoked"
    REPLIED = "message.channels"
    """Arrives as `message`, of the channel type `channel`."""
    REPLIED_IN_PRIVATE = "message.groups"
    """The same, of the channel type `group`."""
    MENTIONED = "app_mention"
    WRITTEN = "message.im"
    """Arrives as `message`, of the channel type `im`."""
    REACTED = "reaction_added"
    STEP = "function_executed"
    LINKED = "link_shared"


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
    CHECKLIST = "checklist"
    UNTIL = "until"
    """One of the instants that are offered."""
    REASON = "reason"
    TASK = "task"
    """The task that something is added to, found by search."""
    TEXT = "text"
    """What is added to it."""
    PLACE = "place"
    """The conversation that a task is shown in."""
    WORDS = "words"
    """What is said above it."""
    FEATURES = "features"
    """What a channel has switched on."""
    CHOICE = "choice"
    """Whose value to keep, in a form that clashed; the block id goes on with the field."""
