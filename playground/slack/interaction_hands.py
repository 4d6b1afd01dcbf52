"""What people do with what the bot shows: commands, buttons, forms, shortcuts."""

from collections.abc import Mapping
from typing import overload

from playground.slack.answers import Answer, SubmitAnswer, Suggestions
from playground.slack.clicks import Clicks
from playground.slack.commands import Commands
from playground.slack.core import Core
from playground.slack.delivery import Ack
from playground.slack.modals import Modals
from playground.slack.panes import Pane
from playground.slack.state import Message
from playground.slack.views import View
from playground.slack.who import person_at, resolve


class InteractionHands:
    """The part of the simulator where people type commands, press, pick and fill in."""

    core: Core
    _commands: Commands
    _clicks: Clicks
    _modals: Modals

    @overload
    async def command(
        self,
        typed: str,
        *,
        user: str | None = None,
        channel: str | None = None,
        team: str | None = None,
        deliveries: None = None,
    ) -> Answer: ...

    @overload
    async def command(
        self,
        typed: str,
        *,
        user: str | None = None,
        channel: str | None = None,
        team: str | None = None,
        deliveries: int,
    ) -> list[Answer]: ...

    async def command(
        self,
        typed: str,
        *,
        user: str | None = None,
        channel: str | None = None,
        team: str | None = None,
        deliveries: int | None = None,
    ) -> Answer | list[Answer]:
        """Type a slash command; with `deliveries` the same one so many times, all at once."""
        who = resolve(self.core.state, team=team, user=user, channel=channel)
        answers = await self._commands.run(typed, who, deliveries=deliveries or 1)
        return answers[0] if deliveries is None else answers

    @overload
    async def click(
        self,
        on: Message | View | Pane,
        wanted: str,
        *,
        user: str | None = None,
        value: object = None,
        block_id: str | None = None,
        deliveries: None = None,
    ) -> Answer: ...

    @overload
    async def click(
        self,
        on: Message | View | Pane,
        wanted: str,
        *,
        user: str | None = None,
        value: object = None,
        block_id: str | None = None,
        deliveries: int,
    ) -> list[Answer]: ...

    async def click(
        self,
        on: Message | View | Pane,
        wanted: str,
        *,
        user: str | None = None,
        value: object = None,
        block_id: str | None = None,
        deliveries: int | None = None,
    ) -> Answer | list[Answer]:
        """Press or pick an element by its action_id, block_id or label."""
        answers = await self._clicks.click(
            on,
            wanted,
            person_at(on, user),
            value=value,
            block_id=block_id,
            deliveries=deliveries or 1,
        )
        return answers[0] if deliveries is None else answers

    @overload
    async def submit(
        self,
        view: View,
        values: Mapping[str, object] | None = None,
        *,
        user: str | None = None,
        deliveries: None = None,
    ) -> SubmitAnswer: ...

    @overload
    async def submit(
        self,
        view: View,
        values: Mapping[str, object] | None = None,
        *,
        user: str | None = None,
        deliveries: int,
    ) -> list[SubmitAnswer]: ...

    async def submit(
        self,
        view: View,
        values: Mapping[str, object] | None = None,
        *,
        user: str | None = None,
        deliveries: int | None = None,
    ) -> SubmitAnswer | list[SubmitAnswer]:
        """Fill in fields by block_id, action_id or label, and submit; `None` empties a field."""
        answers = await self._modals.submit(
            view, values or {}, person_at(view, user), deliveries=deliveries or 1
        )
        return answers[0] if deliveries is None else answers

    def fill(self, view: View, values: Mapping[str, object]) -> None:
        """Type and pick in a modal without submitting it."""
        self._modals.fill(view, values)

    async def close(
        self, view: View, *, user: str | None = None, everything: bool = False
    ) -> Ack | None:
        """Close the topmost modal, or with the cross all of them; None: nobody was told."""
        return await self._modals.close(view, person_at(view, user), everything=everything)

    async def suggest(
        self, on: Message | View, wanted: str, typed: str, *, user: str | None = None
    ) -> Suggestions:
        """Type into an external select."""
        return await self._clicks.suggest(on, wanted, typed, person_at(on, user))

    async def shortcut(
        self, callback_id: str, *, user: str | None = None, team: str | None = None
    ) -> Answer:
        """Use a global shortcut."""
        who = resolve(self.core.state, team=team, user=user, channel=None)
        return await self._clicks.shortcut(callback_id, who)

    async def message_shortcut(
        self, on: Message, callback_id: str, *, user: str | None = None
    ) -> Answer:
        """Use a shortcut from a message's menu."""
        return await self._clicks.message_shortcut(on, callback_id, person_at(on, user))
