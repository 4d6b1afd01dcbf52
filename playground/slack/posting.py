"""Putting messages into channels, whichever way they came."""

import copy
from typing import Any

from playground.slack import inputs, normalise
from playground.slack.core import Core
from playground.slack.escape import for_message, parts
from playground.slack.ids import Ids
from playground.slack.state import Channel, Message, Team
from playground.slack.wire import Json

TEXT_LIMIT = 40_000  # Slack cuts there


def from_bot(
    core: Core, team: Team, channel: Channel, given: Json, *, ephemeral_to: str | None = None
) -> Message:
    """Show a message of the bot, already validated; the journal wakes who waits for it."""
    installation = team.installation
    message = Message(
        team=team,
        channel_id=channel.id,
        ts=core.ids.ts(),
        text="",
        user_id=installation.bot_user_id if installation else "",
        bot_id=installation.bot_id if installation else None,
        app_id=core.app_id,
        ephemeral_to=ephemeral_to,
        thread_ts=given.get("thread_ts"),
        metadata=given.get("metadata"),
        mrkdwn=given.get("mrkdwn") is not False,
    )
    fill(message, given, core.ids)
    channel.messages.append(message)
    core.journal.changed()
    return message


def fill(message: Message, given: Json, ids: Ids) -> None:
    """Put text, blocks and attachments into a message; picks stay where the ids stay."""
    message.text = str(given.get("text") or given.get("markdown_text") or "")[:TEXT_LIMIT]
    message.blocks = normalise.stored(given.get("blocks") or [], ids)
    message.attachments = _attachments(given.get("attachments") or [], ids)
    message.values = inputs.values(message.blocks, message.values)


def replace(message: Message, given: Json, ids: Ids) -> None:
    """Change a message in place; who sees it never changes."""
    fill(message, given, ids)
    message.mrkdwn = given.get("mrkdwn") is not False
    message.edited_ts = ids.ts()


def _attachments(given: list[Any], ids: Ids) -> list[Json]:
    kept: list[Json] = copy.deepcopy(given)
    for attachment in kept:
        if "blocks" in attachment:
            attachment["blocks"] = normalise.stored(attachment["blocks"], ids)
    return kept


def from_person(
    core: Core,
    team: Team,
    channel: Channel,
    user_id: str,
    text: str,
    *,
    thread_ts: str | None = None,
) -> Message:
    """Show what somebody typed."""
    message = Message(
        team=team,
        channel_id=channel.id,
        ts=core.ids.ts(),
        text=for_message(text, team),
        user_id=user_id,
        blocks=_typed(core, team, text),
        thread_ts=thread_ts,
    )
    channel.messages.append(message)
    core.journal.changed()
    return message


def retyped(core: Core, message: Message, text: str) -> None:
    """Show what somebody made of a message of theirs."""
    message.text = for_message(text, message.team)
    message.blocks = _typed(core, message.team, text)
    message.edited_ts = core.ids.ts()
    core.journal.changed()


def _typed(core: Core, team: Team, text: str) -> list[Json]:
    section = {"type": "rich_text_section", "elements": parts(text, team)}
    return normalise.stored([{"type": "rich_text", "elements": [section]}], core.ids)


def empty(given: Json) -> bool:
    """Tell whether there is nothing to show."""
    return not (
        given.get("text")
        or given.get("blocks")
        or given.get("attachments")
        or given.get("markdown_text")
    )
