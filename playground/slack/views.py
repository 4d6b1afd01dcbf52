"""Modals in their stacks, home tabs, hashes and external ids."""

import json
from dataclasses import dataclass, field
from typing import Any

from playground.slack import inputs, normalise, render
from playground.slack.errors import Refused, invalid
from playground.slack.ids import Ids
from playground.slack.state import Team
from playground.slack.validate.views import VIEW_BYTES, problems_of_view
from playground.slack.wire import Json

STACK_LIMIT = 3


@dataclass(slots=True, kw_only=True, eq=False)
class View:
    """A modal or home tab as it stands now; it changes when it is updated."""

    id: str
    team: Team = field(repr=False)
    user_id: str
    given: Json  # as the bot sent it, blocks normalised
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    values: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)  # shown below the fields, by block_id
    failure: str | None = None  # shown above the fields when the bot did not answer well

    @property
    def blocks(self) -> list[Json]:
        """Return its blocks, every id filled in."""
        return list(self.given["blocks"])

    @property
    def is_modal(self) -> bool:
        """Tell a modal from a home tab."""
        return bool(self.given["type"] == "modal")

    @property
    def callback_id(self) -> str:
        """Return the name the bot gave it."""
        return str(self.given.get("callback_id", ""))

    @property
    def title(self) -> str:
        """Return its title, or nothing for a home tab."""
        return str(self.given.get("title", {}).get("text", ""))

    @property
    def plain(self) -> str:
        """Return everything a reader sees, line by line; typed text and errors too."""
        shown = render.flat("", self.blocks, self.team.name_of)
        untouched = inputs.values(self.blocks, {})  # what was in the fields is shown with them
        typed = [
            str(state["value"])
            for block_id, block in self.values.items()
            for action_id, state in block.items()
            if state.get("value") and state != untouched.get(block_id, {}).get(action_id)
        ]
        return "\n".join([self.title, shown, *typed, *self.errors.values()])

    def value(self, wanted: str) -> Any:  # noqa: ANN401 - text, an option, a list of ids…
        """Return what stands in a field now, by action_id, block_id or label."""
        spot = inputs.find(self.blocks, wanted)
        key, _, empty = inputs.KEYS[spot.kind]
        return self.values[spot.block_id][spot.action_id].get(key, empty)


class Views:
    """Keeps every live view; refuses what Slack refuses."""

    def __init__(self, *, ids: Ids) -> None:
        self._ids = ids
        self._stacks: dict[tuple[str, str], list[View]] = {}
        self._homes: dict[tuple[str, str], View] = {}

    def stack(self, team_id: str, user_id: str) -> list[View]:
        """Return a person's open modals, the visible one last."""
        return self._stacks.setdefault((team_id, user_id), [])

    def home(self, team_id: str, user_id: str) -> View | None:
        """Return a person's home tab, if the bot has published one."""
        return self._homes.get((team_id, user_id))

    def check(self, given: object, *, kind: str | None = None) -> Json:
        """Return the view as a dict; Refused with pointers if it is none."""
        problems = problems_of_view(given, kind=kind)
        if problems or not isinstance(given, dict):
            raise invalid("invalid_arguments", problems)
        if len(json.dumps(given).encode()) > VIEW_BYTES:
            raise Refused("view_too_large")
        return given

    def open(self, team: Team, user_id: str, given: object) -> View:
        """Show a modal instead of whatever stack the person had."""
        checked = self.check(given, kind="modal")
        self._unique(checked, team, None)
        view = self._new(team, user_id, checked)
        self._stacks[team.id, user_id] = [view]
        return view

    def push(self, team: Team, user_id: str, given: object) -> View:
        """Show a modal above the one that is open."""
        checked = self.check(given, kind="modal")
        stack = self.stack(team.id, user_id)
        if not stack:
            raise Refused("not_found")
        if len(stack) >= STACK_LIMIT:
            raise Refused("push_limit_reached")
        self._unique(checked, team, None)
        view = self._new(team, user_id, checked, below=stack[-1])
        stack.append(view)
        return view

    def update(self, view: View, given: object, *, expected_hash: object = None) -> View:
        """Change a live view in place; typed values stay where the ids stay."""
        checked = self.check(given, kind=str(view.given["type"]))
        self._unique(checked, view.team, view)
        if expected_hash is not None and expected_hash != view.hash:
            raise Refused("hash_conflict")
        self._put(view, checked)
        return view

    def publish(
        self, team: Team, user_id: str, given: object, *, expected_hash: object = None
    ) -> View:
        """Put a home tab in place of the one before."""
        checked = self.check(given, kind="home")
        old = self.home(team.id, user_id)
        if old is not None:
            return self.update(old, checked, expected_hash=expected_hash)
        self._unique(checked, team, None)
        view = self._homes[team.id, user_id] = self._new(team, user_id, checked)
        return view

    def find(
        self, team_id: str, *, view_id: object = None, external_id: object = None
    ) -> View | None:
        """Return a live view of a workspace."""
        for view in self._live(team_id):
            if view_id is not None and view.id == view_id:
                return view
            if external_id and view.given.get("external_id") == external_id:
                return view
        return None

    def close(self, view: View) -> None:
        """Take one modal off its stack."""
        self.stack(view.team.id, view.user_id).remove(view)

    def clear(self, team_id: str, user_id: str) -> None:
        """Close all of a person's modals."""
        self.stack(team_id, user_id).clear()

    def forget(self, team_id: str) -> None:
        """Drop every view of a workspace the app was removed from."""
        self._stacks = {key: kept for key, kept in self._stacks.items() if key[0] != team_id}
        self._homes = {key: kept for key, kept in self._homes.items() if key[0] != team_id}

    def _live(self, team_id: str) -> list[View]:
        stacks = [stack for (team, _), stack in self._stacks.items() if team == team_id]
        homes = [view for (team, _), view in self._homes.items() if team == team_id]
        return [*(view for stack in stacks for view in stack), *homes]

    def _unique(self, given: Json, team: Team, itself: View | None) -> None:
        taken = self.find(team.id, external_id=given.get("external_id"))
        if taken is not None and taken is not itself:
            raise Refused("duplicate_external_id")

    def _new(self, team: Team, user_id: str, given: Json, below: View | None = None) -> View:
        view_id = self._ids.next("V")
        view = View(
            id=view_id,
            team=team,
            user_id=user_id,
            given=given,
            hash="",
            root_view_id=below.root_view_id if below else view_id,
            previous_view_id=below.id if below else None,
        )
        self._put(view, given)
        return view

    def _put(self, view: View, given: Json) -> None:
        view.given = {**given, "blocks": normalise.stored(given["blocks"], self._ids)}
        view.hash = self._ids.view_hash()
        view.values = inputs.values(view.blocks, view.values)
        view.errors, view.failure = {}, None
