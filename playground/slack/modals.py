"""Submitting and closing modals."""

from collections.abc import Mapping

from playground.slack import inputs, payloads
from playground.slack.answers import SubmitAnswer
from playground.slack.core import Core
from playground.slack.delivery import Ack, Parcel
from playground.slack.errors import Impossible, Refused
from playground.slack.post import Post
from playground.slack.state import User
from playground.slack.views import View
from playground.slack.wire import Json

TROUBLE = "We had some trouble connecting. Try again?"


class Modals:
    """Fills in and submits modals for people."""

    def __init__(self, *, core: Core, post: Post) -> None:
        self._core = core
        self._post = post

    async def submit(
        self, view: View, values: Mapping[str, object], user: User, *, deliveries: int
    ) -> list[SubmitAnswer]:
        """Type and pick the values over what stands there, then press submit."""
        self._on_top(view, user)
        if "submit" not in view.given:
            raise Impossible("this modal has no submit button")
        self.fill(view, values)
        complaints = _complaints(view)
        if complaints:
            view.errors = complaints
            return [SubmitAnswer(ack=None, view=view, closed=False, errors=complaints)]
        body = self._body(view, user)
        parcel = Parcel(kind="interactive", name="view_submission", body=body)
        acks = await self._post.send(parcel, times=deliveries)
        return [self._outcome(view, ack) for ack in acks]

    def fill(self, view: View, values: Mapping[str, object]) -> None:
        """Type and pick without submitting."""
        for wanted, value in values.items():
            spot = inputs.find(view.blocks, wanted)
            state = inputs.picked(spot.element, value)
            view.values.setdefault(spot.block_id, {})[spot.action_id] = state

    async def close(self, view: View, user: User, *, everything: bool) -> Ack | None:
        """Press the close button, or the cross that closes the whole stack."""
        self._on_top(view, user)
        stack = list(self._core.views.stack(view.team.id, view.user_id))
        cleared = everything or bool(view.given.get("clear_on_close"))
        told = stack[0] if cleared else view
        if cleared:
            self._core.views.clear(view.team.id, view.user_id)
        else:
            self._core.views.close(view)
        if not told.given.get("notify_on_close"):
            return None
        body = payloads.view_closed(self._core, on=told, user=user, is_cleared=cleared)
        parcel = Parcel(kind="interactive", name="view_closed", body=body)
        return (await self._post.send(parcel))[0]

    def _on_top(self, view: View, user: User) -> None:
        stack = self._core.views.stack(view.team.id, user.id)
        if not stack or stack[-1] is not view:
            raise Impossible(f"{user.id} does not see {view.title!r} on top")

    def _body(self, view: View, user: User) -> Json:
        trigger_id = self._core.triggers.issue(
            team_id=view.team.id, user_id=user.id, view_id=view.id
        )
        return payloads.view_submission(
            self._core,
            on=view,
            user=user,
            trigger_id=trigger_id,
            response_urls=self._response_urls(view, user),
        )

    def _response_urls(self, view: View, user: User) -> list[Json]:
        urls = []
        for spot in inputs.spots(view.blocks):
            if not spot.element.get("response_url_enabled"):
                continue
            key, _, _ = inputs.KEYS[spot.kind]
            channel_id = view.values[spot.block_id][spot.action_id].get(key)
            if channel_id:
                path = self._core.response_urls.issue(
                    "app", team=view.team, channel_id=channel_id, user_id=user.id, message=None
                )
                urls.append(
                    {
                        "block_id": spot.block_id,
                        "action_id": spot.action_id,
                        "channel_id": channel_id,
                        "response_url": self._core.base_url + path,
                    }
                )
        return urls

    def _outcome(self, view: View, ack: Ack) -> SubmitAnswer:
        view.errors, view.failure = {}, None
        try:
            self._apply(view, ack)
        except Refused as refused:
            detail = f"{refused.code} {refused.extra.get('errors', '')}".strip()
            self._core.journal.blame("view_submission", detail, ack.text)
            view.failure = TROUBLE
        self._core.journal.changed()
        stack = self._core.views.stack(view.team.id, view.user_id)
        return SubmitAnswer(
            ack=ack,
            view=stack[-1] if stack else None,
            closed=view not in stack,
            errors=dict(view.errors),
            failure=view.failure or "",
        )

    def _apply(self, view: View, ack: Ack) -> None:
        """Do what the answer says; Refused with what is wrong about it."""
        if ack.trouble == "timeout":
            raise Refused("operation_timeout")
        if not ack.ok:
            raise Refused("dispatch_failed")
        live = view in self._core.views.stack(view.team.id, view.user_id)
        if not ack.text:
            if live:
                self._core.views.close(view)
            return
        given = ack.json
        if not isinstance(given, dict) or "response_action" not in given:
            raise Refused("neither empty nor a response_action")
        self._respond(view, given, live=live)

    def _respond(self, view: View, given: Json, *, live: bool) -> None:
        action = given["response_action"]
        if action == "clear":
            self._core.views.clear(view.team.id, view.user_id)
        elif action == "errors":
            view.errors = _field_errors(view, given.get("errors"))
        elif action == "update":
            checked = self._core.views.check(given.get("view"), kind="modal")
            if live:
                self._core.views.update(view, checked)
        elif action == "push":
            self._core.views.push(view.team, view.user_id, given.get("view"))
        else:
            raise Refused(f"unknown response_action {action!r}")


def _complaints(view: View) -> dict[str, str]:
    """Return what the client itself says about the fields, by block_id."""
    found = {}
    for spot in inputs.spots(view.blocks):
        if spot.block.get("type") == "input":
            said = inputs.complaint(spot, view.values[spot.block_id][spot.action_id])
            if said:
                found[spot.block_id] = said
    return found


def _field_errors(view: View, errors: object) -> dict[str, str]:
    fields = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise Refused("errors must name at least one field")
    if not set(errors) <= fields:
        raise Refused(f"errors for {sorted(set(errors) - fields)}, which are no input blocks")
    if not all(isinstance(text, str) and text for text in errors.values()):
        raise Refused("errors must be sentences")
    return errors
