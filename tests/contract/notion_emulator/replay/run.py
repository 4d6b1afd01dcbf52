"""Replaying one recorded file against a fresh emulator."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientSession

from playground.notion import serving
from tests.contract.notion_emulator.replay import facts
from tests.contract.notion_emulator.replay.compare import Comparison, wrong_property_order
from tests.contract.notion_emulator.replay.recordings import Interaction, ids_in, objects_in
from tests.contract.notion_emulator.replay.seeds import Thing, made_in
from tests.contract.notion_emulator.replay.sending import Sender
from tests.contract.notion_emulator.replay.stage import set_stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one interaction went: equal, different (where), or skipped (why)."""

    interaction: Interaction
    difference: str | None = None
    skipped: str | None = None
    answer: Any = None


@dataclass(slots=True)
class _Clock:
    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def follow(self, interaction: Interaction) -> None:
        """Be at the time at which a recorded write happened."""
        times = [self.moment]
        if interaction.writes and interaction.status == 200:
            times += [
                datetime.fromisoformat(thing["last_edited_time"])
                for thing in objects_in(interaction.answer)
                if "last_edited_time" in thing
            ]
        self.moment = max(times) + timedelta(milliseconds=10)


@dataclass(slots=True, kw_only=True)
class Replay:
    """One file against one emulator."""

    interactions: list[Interaction]
    known: dict[str, Thing]
    lenient: bool = False
    _unknown: set[str] = field(default_factory=set)

    async def run(self) -> list[Outcome]:
        """Seed, then send every interaction and compare."""
        clock = _Clock(facts.beginning(self.interactions))
        stage = set_stage(self.interactions, self.known, clock.now)
        self._unknown = stage.unknown
        comparison = Comparison(
            ids=stage.ids,
            lenient=self.lenient,
            chosen_colors=facts.colors_asked(self.interactions),
            ignored_results=stage.stubs,
            made=made_in(self.interactions),
            late=facts.found_sometime(self.interactions),
        )
        outcomes = []
        async with serving(stage.emulator) as url, ClientSession() as session:
            sender = Sender(session=session, url=url, token=stage.connection.token, ids=stage.ids)
            for interaction in self.interactions:
                clock.follow(interaction)
                reason = self._reason_to_skip(interaction, sender)
                if reason is not None:
                    outcomes.append(Outcome(interaction=interaction, skipped=reason))
                else:
                    outcomes.append(await self._outcome(interaction, sender, comparison))
        return outcomes

    def _reason_to_skip(self, interaction: Interaction, sender: Sender) -> str | None:
        reasons = {
            "not emulated": not interaction.is_emulated,
            "an older shape": interaction.is_of_an_older_shape,
            "of what it asks for nothing is recorded": interaction.status == 200
            and not self._unknown.isdisjoint(ids_in(interaction.path)),
            "the page before was not recorded": sender.lacks_the_page_before(interaction),
            "the recording gives two users one id": _holds_an_id_twice(interaction),
        }
        return next((reason for reason, applies in reasons.items() if applies), None)

    async def _outcome(
        self, interaction: Interaction, sender: Sender, comparison: Comparison
    ) -> Outcome:
        status, answer = await sender.send(interaction)
        if status == 404 != interaction.status and not self._unknown.isdisjoint(
            ids_in(interaction.body)
        ):
            return Outcome(interaction=interaction, skipped="it names what is nowhere shown")
        if status != interaction.status:
            difference = f"status {interaction.status} != {status}: {answer.get('message')}"
            return Outcome(interaction=interaction, difference=difference, answer=answer)
        if interaction.path == "/v1/search":
            comparison.leave_out_of_search(interaction.answer, answer, json.dumps(interaction.body))
        return Outcome(
            interaction=interaction,
            difference=_difference(interaction, answer, comparison),
            answer=answer,
        )


def _difference(
    interaction: Interaction, answer: dict[str, Any], comparison: Comparison
) -> str | None:
    if interaction.status != 200:
        same = answer.get("code") == interaction.answer.get("code")
        return None if same else f"code {answer.get('code')}"
    return comparison.difference(interaction.answer, answer) or wrong_property_order(answer)


def _holds_an_id_twice(interaction: Interaction) -> bool:
    if interaction.path != "/v1/users" or interaction.status != 200:
        return False
    listed = [user["id"] for user in interaction.answer["results"]]
    return len(listed) != len(set(listed))
