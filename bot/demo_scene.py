"""What is done in the demo as Maria, and what Slack, Notion and a monitor show of it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp

from playground.notion.workbench import NewDatabase, Workbench
from playground.slack.answers import Answer
from playground.slack.errors import Impossible
from playground.slack.inputs import KEYS, spots
from playground.slack.simulator import SlackSimulator
from playground.slack.state import Message
from playground.slack.views import View

ROW_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What the walk and the prompt act on."""

    slack: SlackSimulator
    notion: Workbench
    database: NewDatabase
    address: str
    """Of the bot."""
    session: aiohttp.ClientSession

    async def typed(self, line: str) -> Answer:
        """Type a command as Maria and show the answer."""
        say(f"\nMaria types in #general\n  {line}")
        answer = await self.slack.command(line, user="U1", channel="C1")
        if answer.failure:
            show("Slack shows", answer.failure)
        elif answer.shown is not None:
            show(f"Slack shows, after {answer.ack_seconds * 1000:.0f} ms", answer.plain)
        elif answer.modal is not None:
            _show_form(answer.modal)
        return answer

    async def pressed(self, message: Message, label: str) -> Message:
        """Press a button and show what becomes of the card."""
        say(f"\nMaria presses [{label}]")
        before = message.plain
        answer = await self.slack.click(message, label, user="U1")
        if answer.modal is not None:
            _show_form(answer.modal)
            return message
        shown = await self.slack.until(lambda: _changed(self.slack, message, before))
        if shown is None:  # `until` returns nothing that is false
            return message
        show("Slack shows", shown.plain)
        return shown

    async def sent(self, values: dict[str, str]) -> Message:
        """Fill in the open form and send it; show what it says, or the card that follows."""
        latest = self.slack.messages("C1", user="U1")[-1]
        before = latest.plain
        answer = await self.slack.submit(self._form(), values)
        if not answer.closed:
            show("Slack keeps the form open", "\n".join(answer.errors.values()) or answer.failure)
            return latest
        shown = await self.slack.until(lambda: _changed(self.slack, latest, before))
        show("Slack shows", (shown or latest).plain)
        return shown or latest

    async def put_away(self) -> None:
        """Close the open form, if there is one: behind it nothing can be typed or pressed."""
        if self.slack.modals("U1"):
            await self.slack.close(self._form(), everything=True)

    def _form(self) -> View:
        forms = self.slack.modals("U1")
        if not forms:
            raise Impossible("No form is open: type /task add, or press Edit.")
        return forms[-1]

    async def row(self, ready: Callable[[str], bool]) -> None:
        """Wait for a row in Notion and show it."""
        deadline = asyncio.get_running_loop().time() + ROW_SECONDS
        while not any(ready(line) for line in self.rows()):
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError(f"Notion does not show it after {ROW_SECONDS:g} s")
            await asyncio.sleep(0.05)
        show("Notion shows", "\n".join(self.rows()))

    def rows(self) -> list[str]:
        """Return the rows outside of the trash, a line each."""
        return [
            f"{row.title} | "
            + " · ".join(f"{k}: {_plain(v)}" for k, v in row.properties.items() if v)
            for row in self.notion.live_pages(self.database.data_source_id)
        ]

    async def health(self) -> None:
        """Show what a monitor sees."""
        async with self.session.get(f"{self.address}/health") as response:
            found = await response.json()
        show(f"GET /health → {response.status}", json.dumps(found, indent=2, ensure_ascii=False))


def say(text: str) -> None:
    """Print a line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def show(title: str, text: str) -> None:
    """Print what somebody sees."""
    say(f"\n{title}")
    for line in text.splitlines():
        say(f"  │ {line}")


def _show_form(form: View) -> None:
    show("Slack opens a form", form.plain)
    labels = [spot.label for spot in spots(form.blocks) if spot.kind in KEYS and spot.label]
    if labels:  # else there is nothing to fill in, and nothing to send
        say(f"  fill it in: send {'; '.join(f'{label}=…' for label in labels)}")


def _changed(slack: SlackSimulator, message: Message, before: str) -> Message | None:
    latest = slack.messages("C1", user="U1")[-1]
    if latest is not message:
        return latest
    return message if message.plain != before else None


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
