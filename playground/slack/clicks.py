"""Clicks and picks in messages and views, shortcuts, and typing into external selects."""

from playground.slack import inputs, payloads
from playground.slack.answers import Answer, Suggestions
from playground.slack.core import Core
from playground.slack.delivery import Ack, Parcel
from playground.slack.errors import Impossible
from playground.slack.inputs import Spot
from playground.slack.panes import Pane
from playground.slack.post import Post
from playground.slack.state import Message, User
from playground.slack.validate.messages import problems_of_suggestions
from playground.slack.views import View
from playground.slack.who import Who
from playground.slack.wire import Json

_DEFAULT_MIN_QUERY = 3
_ECHOED = ("placeholder", "style", "url", "value", "text")


class Clicks:
    """Uses interactive elements for people."""

    def __init__(self, *, core: Core, post: Post) -> None:
        self._core = core
        self._post = post

    async def click(
        self,
        on: Message | View | Pane,
        wanted: str,
        user: User,
        *,
        value: object,
        block_id: str | None,
        deliveries: int,
    ) -> list[Answer]:
        """Press or pick one thing; the same click so many times at once."""
        self._still_there(on, user)
        if self._core.manifest is not None:
            self._core.manifest.check_interactive()
        spot = inputs.find(_blocks(on), wanted, block_id=block_id)
        action = self._action(spot, on, value)
        body = self._body(on, user, action)
        parcel = Parcel(kind="interactive", name="block_actions", body=body)
        acks = await self._post.send(parcel, times=deliveries)
        return [self._answer(ack, on, user) for ack in acks]

    def _still_there(self, on: Message | View | Pane, user: User) -> None:
        if isinstance(on, Pane) and on.user is not user:
            raise Impossible(f"only {on.user.id} sees these details")
        if isinstance(on, Message) and on.deleted:
            raise Impossible("the message has been deleted")
        if isinstance(on, Message) and on.ephemeral_to not in (None, user.id):
            raise Impossible(f"only {on.ephemeral_to} sees the message")
        if isinstance(on, View) and on.is_modal:
            stack = self._core.views.stack(on.team.id, user.id)
            if not stack or stack[-1] is not on:
                raise Impossible(f"{user.id} does not see {on.title!r} on top")

    def _action(self, spot: Spot, on: Message | View | Pane, value: object) -> Json:
        element = spot.element
        action: Json = {
            "type": spot.kind,
            "action_id": spot.action_id,
            "block_id": spot.block_id,
            "action_ts": self._core.ids.ts(),
        }
        action |= {key: element[key] for key in _ECHOED if key in element}
        if spot.kind == "overflow":
            return action | {"selected_option": inputs.option(element, value)}
        if spot.kind not in inputs.KEYS:
            if value is not None:
                raise Impossible(f"a {spot.kind} takes no value")
            return action
        if isinstance(on, Pane):
            raise Impossible("the details of an object hold buttons only")
        state = inputs.picked(element, value)
        on.values.setdefault(spot.block_id, {})[spot.action_id] = state
        initial_key = inputs.KEYS[spot.kind][1]
        if initial_key in element:
            action[initial_key] = element[initial_key]
        return action | state

    def _body(self, on: Message | View | Pane, user: User, action: Json) -> Json:
        core = self._core
        if isinstance(on, Pane):
            trigger_id = core.triggers.issue(team_id=on.team.id, user_id=user.id)
            core.panes[trigger_id] = on
            return payloads.pane_actions(
                core, on=on, user=user, action=action, trigger_id=trigger_id
            )
        if isinstance(on, View):
            trigger_id = core.triggers.issue(
                team_id=on.team.id, user_id=user.id, view_id=on.id if on.is_modal else None
            )
            return payloads.view_actions(
                core, on=on, user=user, action=action, trigger_id=trigger_id
            )
        return payloads.message_actions(
            core,
            on=on,
            user=user,
            channel=on.team.channels[on.channel_id],
            action=action,
            trigger_id=core.triggers.issue(team_id=on.team.id, user_id=user.id),
            response_url=self._response_url(on, user),
            unfurled=_unfurled(on, action["block_id"]),
        )

    def _response_url(self, on: Message, user: User) -> str:
        path = self._core.response_urls.issue(
            "actions", team=on.team, channel_id=on.channel_id, user_id=user.id, message=on
        )
        return self._core.base_url + path

    def _answer(self, ack: Ack, on: Message | View | Pane, user: User) -> Answer:
        failure = "" if ack.ok else _failure(ack)
        if failure:
            self._core.journal.blame(failure, f"an interaction was answered with {ack}", ack.text)
        stack = self._core.views.stack(on.team.id, user.id)
        seen = on if isinstance(on, Message) and not on.deleted else None
        now = seen or (on if isinstance(on, View | Pane) else None)
        return Answer(
            ack=ack,
            failure=failure,
            text=seen.text if seen else "",
            blocks=tuple(now.blocks) if now else (),
            plain=now.plain if now else "",
            shown=seen,
            modal=stack[-1] if stack else None,
        )

    async def shortcut(self, callback_id: str, who: Who) -> Answer:
        """Use a global shortcut."""
        core = self._core
        if core.manifest is not None:
            core.manifest.check_shortcut(callback_id, "global")
        body = payloads.shortcut(
            core,
            team=who.team,
            user=who.user,
            callback_id=callback_id,
            trigger_id=core.triggers.issue(team_id=who.team.id, user_id=who.user.id),
        )
        parcel = Parcel(kind="interactive", name="shortcut", body=body)
        ack = (await self._post.send(parcel))[0]
        return self._shortcut_answer(ack, who.team.id, who.user)

    async def message_shortcut(self, on: Message, callback_id: str, user: User) -> Answer:
        """Use a shortcut from a message's menu."""
        core = self._core
        if core.manifest is not None:
            core.manifest.check_shortcut(callback_id, "message")
        body = payloads.message_shortcut(
            core,
            on=on,
            user=user,
            channel=on.team.channels[on.channel_id],
            callback_id=callback_id,
            trigger_id=core.triggers.issue(team_id=on.team.id, user_id=user.id),
            response_url=self._response_url(on, user),
        )
        parcel = Parcel(kind="interactive", name="message_action", body=body)
        ack = (await self._post.send(parcel))[0]
        return self._shortcut_answer(ack, on.team.id, user)

    def _shortcut_answer(self, ack: Ack, team_id: str, user: User) -> Answer:
        failure = "" if ack.ok else _failure(ack)
        if failure:
            self._core.journal.blame(failure, f"a shortcut was answered with {ack}", ack.text)
        stack = self._core.views.stack(team_id, user.id)
        return Answer(ack=ack, failure=failure, modal=stack[-1] if stack else None)

    async def suggest(self, on: Message | View, wanted: str, typed: str, user: User) -> Suggestions:
        """Type into an external select; too short a query asks nobody."""
        self._still_there(on, user)
        spot = inputs.find(_blocks(on), wanted)
        if len(typed) < spot.element.get("min_query_length", _DEFAULT_MIN_QUERY):
            raise Impossible(f"{typed!r} is too short: Slack asks nobody yet")
        body = payloads.suggestion(
            self._core,
            on=on,
            user=user,
            block_id=spot.block_id,
            action_id=spot.action_id,
            value=typed,
        )
        parcel = Parcel(kind="interactive", name="block_suggestion", body=body)
        ack = (await self._post.send(parcel))[0]
        return self._suggestions(ack)

    def _suggestions(self, ack: Ack) -> Suggestions:
        given = ack.json
        problems = problems_of_suggestions(given) if ack.ok else [_failure(ack)]
        if problems or not isinstance(given, dict):
            self._core.journal.blame("invalid_options", "; ".join(problems), ack.text)
            return Suggestions(ack=ack, options=(), failure="; ".join(problems))
        grouped = [o for group in given.get("option_groups") or [] for o in group["options"]]
        return Suggestions(ack=ack, options=(*(given.get("options") or []), *grouped))


def _unfurled(on: Message, block_id: str) -> str | None:
    """Return the link below which a block stands."""
    for link, attachment in on.unfurls.items():
        if any(block["block_id"] == block_id for block in attachment.get("blocks", [])):
            return link
    return None


def _failure(ack: Ack) -> str:
    return "operation_timeout" if ack.trouble == "timeout" else "dispatch_failed"


def _blocks(on: Message | View | Pane) -> list[Json]:
    if isinstance(on, Pane):
        return on.blocks
    attached = [] if isinstance(on, View) else [*on.attachments, *on.unfurls.values()]
    return [*on.blocks, *(block for a in attached for block in a.get("blocks", []))]
